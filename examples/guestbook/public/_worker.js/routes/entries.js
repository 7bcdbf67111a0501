// GET /api/entries: the pages of the book. POST /api/entries: sign it.

import { HttpError, json, readJson } from "../http.js";
import { cuid, sha256 } from "../ids.js";
import { openToSign, readSettings } from "../settings.js";
import { instant } from "../sql.js";
import { LIMITS, cleanLine, validateEntry } from "../validate.js";

const PAGE = 12;
const BODY_LIMIT = 32 * 1024;

const MATCHING = `
  FROM entries AS e JOIN visitors AS v ON v.id = e.visitor_id
  WHERE e.status = 'published'
    AND (?1 IS NULL OR EXISTS (
      SELECT 1 FROM "_EntryToTag" AS j JOIN tags AS t ON t.id = j."B" WHERE j."A" = e.id AND t.slug = ?1))
    AND (?2 IS NULL OR e.message LIKE ?2 ESCAPE '\\' OR v.name LIKE ?2 ESCAPE '\\')`;

const ENTRY = `
  p.id, p.message, p.mood, p.pinned, p.rating, p.edited, p.at, v.id AS visitor, v.name, v.country,
  EXISTS (SELECT 1 FROM avatars WHERE visitor_id = v.id) AS has_avatar,
  (SELECT json_group_array(json(tag)) FROM (
    SELECT json_object('slug', t.slug, 'label', t.label, 'tone', t.tone) AS tag
    FROM "_EntryToTag" AS j JOIN tags AS t ON t.id = j."B" WHERE j."A" = p.id ORDER BY t.id)) AS tags,
  (SELECT json_group_array(json(reply)) FROM (
    SELECT json_object('id', r.id, 'body', r.body, 'byKeeper', r.by_keeper, 'at', ${instant("r.created_at")},
      'visitor', w.id, 'name', w.name,
      'hasAvatar', EXISTS (SELECT 1 FROM avatars WHERE visitor_id = w.id)) AS reply
    FROM replies AS r LEFT JOIN visitors AS w ON w.id = r.author_id
    WHERE r.entry_id = p.id ORDER BY ${instant("r.created_at")}, r.id)) AS replies,
  (SELECT json_group_object(kind, number) FROM (
    SELECT kind, count(*) AS number FROM reactions WHERE entry_id = p.id GROUP BY kind)) AS reactions`;

const COLUMNS = `e.id, e.message, e.mood, e.pinned, e.rating, e.visitor_id,
  e.edited_at IS NOT NULL AS edited, ${instant("e.created_at")} AS at`;

const LIST = `
  WITH p AS (SELECT ${COLUMNS} ${MATCHING})
  SELECT ${ENTRY} FROM p JOIN visitors AS v ON v.id = p.visitor_id
  WHERE ?3 IS NULL OR (p.pinned, p.at, p.id) < (?3, ?4, ?5)
  ORDER BY p.pinned DESC, p.at DESC, p.id DESC LIMIT ?6`;

const ONE = `
  WITH p AS (SELECT ${COLUMNS} FROM entries AS e WHERE e.id = ?1)
  SELECT ${ENTRY} FROM p JOIN visitors AS v ON v.id = p.visitor_id`;

export async function listEntries({ url, database }) {
  const tag = cleanLine(url.searchParams.get("tag")) || null;
  const query = cleanLine(url.searchParams.get("q"));
  if ([...query].length > LIMITS.query) {
    throw new HttpError(400, "query_too_long", `A search may have ${LIMITS.query} characters.`);
  }
  const cursor = parseCursor(url.searchParams.get("cursor"));
  const filter = [tag, query ? containing(query) : null];
  const statements = [{ sql: LIST, args: [...filter, ...(cursor ?? [null, null, null]), PAGE + 1] }];
  if (!cursor) statements.push({ sql: `SELECT count(*) AS total ${MATCHING}`, args: filter });
  const [rows, counted] = await database().read(statements);
  const more = rows.length > PAGE;
  const entries = rows.slice(0, PAGE).map(present);
  return json({
    entries,
    nextCursor: more ? cursorOf(rows[PAGE - 1]) : null,
    ...(counted && { total: counted[0].total }),
  });
}

export async function signBook({ request, database }) {
  const body = await readJson(request, { limit: BODY_LIMIT });
  const db = database();
  const [tags, settings] = await db.read([{ sql: "SELECT slug FROM tags" }, readSettings]);
  if (!openToSign(settings)) {
    throw new HttpError(403, "closed", "The book is closed at the moment. Please come back later.");
  }
  const entry = validateEntry(body, { knownTags: new Set(tags.map((row) => row.slug)) });
  const [stored] = (await db.write(await signing(entry))).at(-1);
  return json({ entry: present(stored) }, { status: 201 });
}

/** The statements of one signature. A known key finds its visitor again, others become new ones. */
async function signing({ name, country, message, mood, tags, key }) {
  const now = Date.now();
  // The form in which Prisma's libSQL adapter stores a DateTime.
  const at = new Date(now).toISOString().replace("Z", "+00:00");
  const visitor = cuid(now);
  const entry = cuid(now);
  const keyHash = key && (await sha256(key));
  return [
    {
      sql: `INSERT INTO visitors (id, name, country, key_hash, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5)
        ON CONFLICT (key_hash) DO UPDATE SET name = excluded.name,
          country = coalesce(excluded.country, country), visits = visits + 1, updated_at = excluded.updated_at`,
      args: [visitor, name, country, keyHash, at],
    },
    {
      sql: `INSERT INTO entries (id, message, mood, created_at, visitor_id)
        VALUES (?1, ?2, ?3, ?4, coalesce((SELECT id FROM visitors WHERE key_hash = ?5), ?6))`,
      args: [entry, message, mood, at, keyHash, visitor],
    },
    {
      sql: `INSERT INTO "_EntryToTag" ("A", "B")
        SELECT ?1, id FROM tags WHERE slug IN (SELECT value FROM json_each(?2))`,
      args: [entry, JSON.stringify(tags)],
    },
    { sql: ONE, args: [entry] },
  ];
}

function present(row) {
  return {
    id: row.id,
    message: row.message,
    mood: row.mood,
    pinned: Boolean(row.pinned),
    rating: row.rating,
    edited: Boolean(row.edited),
    createdAt: new Date(row.at).toISOString(),
    visitor: {
      id: row.visitor,
      name: row.name,
      country: row.country,
      avatar: avatarPath(row.visitor, row.has_avatar),
    },
    tags: JSON.parse(row.tags),
    replies: JSON.parse(row.replies).map((reply) => ({
      id: reply.id,
      body: reply.body,
      byKeeper: Boolean(reply.byKeeper),
      createdAt: new Date(reply.at).toISOString(),
      author: reply.visitor && {
        id: reply.visitor,
        name: reply.name,
        avatar: avatarPath(reply.visitor, reply.hasAvatar),
      },
    })),
    reactions: JSON.parse(row.reactions),
  };
}

const avatarPath = (visitor, exists) => (exists ? `/api/avatars/${visitor}` : null);

/** A pattern for LIKE in which the visitor's % and _ mean themselves. */
const containing = (text) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

const cursorOf = (row) => `${row.pinned}.${row.at}.${row.id}`;

function parseCursor(text) {
  if (!text) return null;
  const parts = /^([01])\.(\d{1,15})\.(c[a-z0-9]{8,40})$/.exec(text);
  if (!parts) throw new HttpError(400, "bad_cursor", "This cursor is not one of ours.");
  return [Number(parts[1]), Number(parts[2]), parts[3]];
}
