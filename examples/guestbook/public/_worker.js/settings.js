// What the keeper may change without a new release: the table "settings".

const PUBLIC = ["site.title", "site.welcome", "site.banner", "guestbook.open", "lamp.steps", "lamp.goal"];

export const readSettings = {
  sql: "SELECT key, value FROM settings WHERE key IN (SELECT value FROM json_each(?))",
  args: [JSON.stringify(PUBLIC)],
};

/** A Json column has numeric affinity in SQLite: a bare number comes back as one, the rest as text. */
export function settingsFrom(rows) {
  return Object.fromEntries(
    rows.map(({ key, value }) => [key, typeof value === "string" ? JSON.parse(value) : value]),
  );
}

export const openToSign = (rows) => settingsFrom(rows)["guestbook.open"] !== false;
