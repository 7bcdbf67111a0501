// GET /api/stats: the numbers above the book, its topics and its settings.

import { json } from "../http.js";
import { readSettings, settingsFrom } from "../settings.js";

const COUNTS = `SELECT
  (SELECT count(*) FROM entries WHERE status = 'published') AS entries,
  (SELECT count(*) FROM visitors) AS visitors,
  (SELECT count(DISTINCT country) FROM visitors) AS countries,
  (SELECT count(*) FROM replies) AS replies,
  (SELECT count(*) FROM reactions) AS reactions,
  (SELECT coalesce(sum(amount), 0) FROM donations WHERE currency = 'EUR') AS raised`;

const TAGS = `SELECT t.slug, t.label, t.tone, count(e.id) AS entries
  FROM tags AS t
  LEFT JOIN "_EntryToTag" AS j ON j."B" = t.id
  LEFT JOIN entries AS e ON e.id = j."A" AND e.status = 'published'
  GROUP BY t.id ORDER BY entries DESC, t.slug`;

export async function showStats({ database }) {
  const [[counts], tags, rows] = await database().read([{ sql: COUNTS }, { sql: TAGS }, readSettings]);
  const { raised, ...numbers } = counts;
  const settings = settingsFrom(rows);
  return json({
    ...numbers,
    lamp: {
      steps: settings["lamp.steps"] ?? null,
      raised: Number(raised).toFixed(2),
      goal: settings["lamp.goal"] ?? null,
    },
    site: {
      title: settings["site.title"] ?? null,
      welcome: settings["site.welcome"] ?? null,
      banner: settings["site.banner"] ?? null,
      open: settings["guestbook.open"] !== false,
    },
    tags,
  });
}
