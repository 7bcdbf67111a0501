// GET /api/health: can this deployment reach its database?

import { json } from "../http.js";

export async function showHealth({ database }) {
  const started = Date.now();
  try {
    const [[alive], [rows]] = await database().read([
      { sql: "SELECT 1 AS one" },
      { sql: "SELECT (SELECT count(*) FROM entries) AS entries, (SELECT count(*) FROM visitors) AS visitors" },
    ]);
    return json({ ok: alive.one === 1, database: "ok", rows, milliseconds: Date.now() - started });
  } catch (error) {
    console.error(`health: ${error.code ?? error.name}: ${error.message}`);
    const state = error.code === "NOT_CONFIGURED" ? "not configured" : "unavailable";
    return json({ ok: false, database: state, code: error.code ?? "UNKNOWN" }, { status: 503 });
  }
}
