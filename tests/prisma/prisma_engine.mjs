// Prisma's engines as a server for tests: `node prisma_engine.mjs <directory with node_modules>`.
// Every line of standard input is a question in JSON, every line of standard output its answer:
// {"answer": ...} or {"refused": "..."}, in the order of the questions.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const modules = join(resolve(process.argv[2]), "node_modules");
const require = createRequire(join(modules, "questions.js"));
const everything = { externalTables: [], externalEnums: [] };

let panic = "";
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panic = message) };

// The two engines. A panic leaves their memory in disorder, so they can be loaded anew.

const checkerPath = join(modules, "@prisma/prisma-schema-wasm/src/prisma_schema_build.js");
let checker;
let loadedEngine;
let generation = 0;

function forgetEngines() {
  generation += 1;
  loadedEngine = undefined;
  delete require.cache[checkerPath];
  checker = require(checkerPath);
}

async function schemaEngine() {
  if (!loadedEngine) {
    const folder = join(modules, "@prisma/schema-engine-wasm");
    const glue = `${pathToFileURL(join(folder, "schema_engine_bg.js"))}?${generation}`;
    const engine = await import(glue);
    const code = await WebAssembly.compile(await readFile(join(folder, "schema_engine_bg.wasm")));
    const imports = { "./schema_engine_bg.js": engine };
    const { exports } = await WebAssembly.instantiate(code, imports);
    engine.__wbg_set_wasm(exports);
    exports.__wbindgen_start();
    loadedEngine = engine;
  }
  return loadedEngine;
}

// Adapters: how the engine reaches a database, or believes to.

function nowhere(provider) {
  const adapterName = "@prisma/adapter-nowhere";
  const connection = {
    provider,
    adapterName,
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    executeScript: async () => {},
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: false }),
    startTransaction: async () => {
      throw new Error("there is no database");
    },
    dispose: async () => {},
  };
  const connect = async () => connection;
  const factory = { provider, adapterName, connect, connectToShadowDb: connect };
  return { factory, close: () => {} };
}

function live(url) {
  if (url.startsWith("file:")) {
    const { PrismaLibSql } = require("@prisma/adapter-libsql");
    return { factory: new PrismaLibSql({ url }), close: () => {} };
  }
  const { PrismaPg } = require("@prisma/adapter-pg");
  const pool = poolOfTexts(url);
  return { factory: new PrismaPg(pool), close: () => pool.end() };
}

// The engine reads catalogue columns of the type "char", which adapter-pg 7.10 refuses; as text it
// takes them.
function poolOfTexts(connectionString) {
  const CHAR = 18;
  const TEXT = 25;
  const pool = new (require("pg").Pool)({ connectionString });
  const query = pool.query.bind(pool);
  pool.query = async (...args) => {
    const result = await query(...args);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    }
    return result;
  };
  return pool;
}

async function withEngine({ factory, close }, datamodels, work) {
  const { bindMigrationAwareSqlAdapterFactory } = require("@prisma/driver-adapter-utils");
  const { SchemaEngine } = await schemaEngine();
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  try {
    const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);
    const answer = await work(engine);
    // Only after success: what an engine in disorder does here would hide the panic.
    engine.free();
    return answer;
  } finally {
    await close();
  }
}

const schemaFiles = (files) => files.map(([path, content]) => ({ path, content }));
const side = (files) =>
  files ? { tag: "schemaDatamodel", files: schemaFiles(files) } : { tag: "empty" };

function migrationList({ provider, migrations }) {
  return {
    baseDir: "/migrations",
    lockfile: { path: "migration_lock.toml", content: `provider = "${provider}"\n` },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(([path, script]) => ({
      path,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: script } },
    })),
  };
}

async function difference(engine, from, to) {
  const { stdout } = await engine.diff({
    from,
    to,
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: everything,
  });
  return stdout;
}

const answers = {
  validate: ({ files }) => {
    checker.validate(JSON.stringify({ prismaSchema: files, noColor: true }));
    return null;
  },
  lint: ({ files }) => JSON.parse(checker.lint(JSON.stringify(files))),
  dmmf: ({ files }) =>
    JSON.parse(checker.get_dmmf(JSON.stringify({ prismaSchema: files, noColor: true }))),
  diff: ({ provider, from, to }) =>
    withEngine(nowhere(provider === "postgresql" ? "postgres" : provider), to, (engine) =>
      difference(engine, side(from), side(to)),
    ),
  drift: ({ url, files }) =>
    withEngine(live(url), files, (engine) =>
      difference(
        engine,
        { tag: "schemaDatasource", files: schemaFiles(files), configDir: "/" },
        side(files),
      ),
    ),
  diagnose: ({ url, ...history }) =>
    withEngine(live(url), undefined, (engine) =>
      engine.diagnoseMigrationHistory({
        migrationsList: migrationList(history),
        optInToShadowDatabase: false,
        filters: everything,
      }),
    ),
  apply: ({ url, ...history }) =>
    withEngine(live(url), undefined, async (engine) => {
      const migrationsList = migrationList(history);
      const done = await engine.applyMigrations({ migrationsList, filters: everything });
      return done.appliedMigrationNames;
    }),
};

// A panic inside of a promise ends up here, and its promise never settles.
let interrupt = () => {};
process.on("uncaughtException", (error) => interrupt(error));

async function reply(question) {
  panic = "";
  const interrupted = new Promise((_, reject) => (interrupt = reject));
  try {
    return { answer: await Promise.race([answers[question.ask](question), interrupted]) };
  } catch (error) {
    const message = error?.message ?? String(error);
    if (!panic && !(error instanceof WebAssembly.RuntimeError)) return { refused: message };
    forgetEngines();
    return { refused: `panic: ${panic || message}` };
  }
}

forgetEngines();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await reply(JSON.parse(line)))}\n`);
}
process.exit(0);
