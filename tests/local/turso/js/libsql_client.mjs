// Runs the official libSQL client against a database and prints what it saw as JSON.
// Arguments: the directory of node_modules, the URL of the database, a token.
import { pathToFileURL } from "node:url";
import path from "node:path";

const [modules, url, authToken] = process.argv.slice(2);
const entry = path.join(modules, "@libsql/client/lib-esm/node.js");
const { createClient } = await import(pathToFileURL(entry).href);

const client = createClient({ url, authToken });
const big = createClient({ url, authToken, intMode: "bigint" });
const seen = {};

async function failure(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return { name: error.constructor.name, code: error.code, step: error.statementIndex };
  }
}

// create, read, update, delete
await client.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, at DATETIME)");
const inserted = await client.execute({
  sql: "INSERT INTO notes (body, at) VALUES (?, ?) RETURNING id, at",
  args: ["first", "2026-11-20T10:00:00Z"],
});
seen.inserted = {
  rows: inserted.rows.map((row) => ({ ...row })),
  columns: inserted.columns,
  types: inserted.columnTypes,
  rowsAffected: inserted.rowsAffected,
  lastInsertRowid: String(inserted.lastInsertRowid),
};
await client.execute({ sql: "UPDATE notes SET body = :body WHERE id = $id", args: { body: "changed", id: 1 } });
seen.updated = (await client.execute("SELECT body FROM notes")).rows[0].body;
seen.deleted = (await client.execute("DELETE FROM notes")).rowsAffected;

// values
const bytes = new Uint8Array([0, 1, 254, 255]);
const values = await client.execute({
  sql: "SELECT ? AS n, ? AS f, ? AS t, ? AS b, ? AS empty, ? AS yes",
  args: [42, 1.5, "a\0ü🦊", bytes, null, true],
});
const row = values.rows[0];
seen.values = {
  n: row.n, f: row.f, t: row.t, b: [...new Uint8Array(row.b)], empty: row.empty, yes: row.yes,
};
const exact = await big.execute({
  sql: "SELECT ? AS low, ? AS high, typeof(?1) AS kind",
  args: [-(2n ** 63n), 2n ** 63n - 1n],
});
seen.int64 = { low: String(exact.rows[0].low), high: String(exact.rows[0].high), kind: exact.rows[0].kind };
seen.unsafe = await failure(() => client.execute("SELECT 9223372036854775807"));

// batches
await client.batch(
  [
    { sql: "INSERT INTO notes (body) VALUES (?)", args: ["one"] },
    { sql: "INSERT INTO notes (body) VALUES (?)", args: ["two"] },
  ],
  "write",
);
seen.batchError = await failure(() =>
  client.batch(["INSERT INTO notes (body) VALUES ('three')", "INSERT INTO notes (body) VALUES ('one')"], "write"),
);
seen.afterBatches = (await client.execute("SELECT count(*) AS n FROM notes")).rows[0].n;

// interactive transactions
const transaction = await client.transaction("write");
await transaction.execute("INSERT INTO notes (body) VALUES ('in transaction')");
seen.insideTransaction = (await transaction.execute("SELECT count(*) AS n FROM notes")).rows[0].n;
await transaction.rollback();
seen.afterRollback = (await client.execute("SELECT count(*) AS n FROM notes")).rows[0].n;
const committed = await client.transaction("write");
await committed.batch(["INSERT INTO notes (body) VALUES ('a')", "INSERT INTO notes (body) VALUES ('b')"]);
await committed.executeMultiple("INSERT INTO notes (body) VALUES ('c'); INSERT INTO notes (body) VALUES ('d')");
await committed.commit();
seen.afterCommit = (await client.execute("SELECT count(*) AS n FROM notes")).rows[0].n;

// migrations: one batch with foreign keys off
await client.migrate([
  "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
  "CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id))",
  "INSERT INTO children VALUES (1, 1)",
  "INSERT INTO parents VALUES (1)",
]);
seen.migrated = (await client.execute("SELECT count(*) AS n FROM children")).rows[0].n;
seen.migrationError = await failure(() =>
  client.migrate(["CREATE TABLE later (id)", "INSERT INTO missing VALUES (1)"]),
);
seen.afterFailedMigration = (
  await client.execute("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'later'")
).rows[0].n;
seen.foreignKey = await failure(() => client.execute("INSERT INTO children VALUES (2, 99)"));

// scripts
await client.executeMultiple(`
  CREATE TABLE log (line TEXT); -- a comment; with a semicolon
  CREATE TRIGGER logged AFTER INSERT ON parents BEGIN INSERT INTO log VALUES ('parent; ' || new.id); END;
  INSERT INTO parents VALUES (2);
`);
seen.script = (await client.execute("SELECT line FROM log")).rows[0].line;

// refusals
seen.syntax = await failure(() => client.execute("SELEC"));
seen.unique = await failure(() => client.execute("INSERT INTO notes (body) VALUES ('one')"));
seen.vacuum = await failure(() => client.execute("VACUUM"));
seen.token = await failure(() => createClient({ url, authToken: "x.y.z" }).execute("SELECT 1"));
seen.socket = await failure(() => createClient({ url: url.replace("http:", "ws:"), authToken }).execute("SELECT 1"));

client.close();
big.close();
console.log(JSON.stringify(seen));
// An unanswered WebSocket keeps the program alive.
process.exit(0);
