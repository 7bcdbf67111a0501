// Runs Turso's official Platform API client against an emulator and prints what it saw as JSON.
// Arguments: the directory of node_modules, the base URL, the organization, a platform token.
import { pathToFileURL } from "node:url";
import path from "node:path";

const [modules, baseUrl, org, token] = process.argv.slice(2);
const entry = path.join(modules, "@tursodatabase/api/dist/index.js");
const { createClient } = await import(pathToFileURL(entry).href);

const turso = createClient({ baseUrl: `${baseUrl}/v1/`, org, token });
const seen = {};

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { failed: error.constructor.name, status: error.status, message: error.message };
  }
}

seen.locations = await attempt(() => turso.locations.list());
seen.group = await attempt(() => turso.groups.create("official", "aws-eu-west-1"));
seen.groups = await attempt(() => turso.groups.list());
seen.created = await attempt(() => turso.databases.create("official-db", { group: "official" }));
seen.again = await attempt(() => turso.databases.create("official-db", { group: "official" }));
seen.listed = await attempt(() => turso.databases.list());
seen.one = await attempt(() => turso.databases.get("official-db"));
seen.missing = await attempt(() => turso.databases.get("absent"));
seen.token = await attempt(() =>
  turso.databases.createToken("official-db", { expiration: "1d", authorization: "read-only" }),
);
seen.usage = await attempt(() => turso.databases.usage("official-db"));
seen.copy = await attempt(() =>
  turso.databases.create("official-copy", {
    group: "official",
    seed: { type: "database", name: "official-db" },
  }),
);
seen.instances = await attempt(() => turso.databases.listInstances("official-db"));
seen.deleted = await attempt(() => turso.databases.delete("official-db"));
seen.deletedCopy = await attempt(() => turso.databases.delete("official-copy"));
seen.deletedGroup = await attempt(() => turso.groups.delete("official"));

console.log(JSON.stringify(seen));
