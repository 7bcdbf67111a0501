// A small client for a libSQL database over HTTP: Hrana 2 as JSON, at POST /v2/pipeline.

const TIMEOUT_MS = 8000;
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/** What the database, or the way to it, reports. `code` is the server's own where it gives one. */
export class LibsqlError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = "LibsqlError";
    this.code = code;
  }
}

/**
 * Opens the database that the environment names. Nothing is sent yet.
 * @param {{TURSO_DATABASE_URL?: string, TURSO_AUTH_TOKEN?: string}} env
 */
export function connect(env) {
  if (!env.TURSO_DATABASE_URL) {
    throw new LibsqlError("NOT_CONFIGURED", "TURSO_DATABASE_URL is not set");
  }
  const endpoint = pipelineUrl(env.TURSO_DATABASE_URL);
  const headers = { "Content-Type": "application/json" };
  if (env.TURSO_AUTH_TOKEN) headers.Authorization = `Bearer ${env.TURSO_AUTH_TOKEN}`;
  const send = (batch) => pipeline(endpoint, headers, batch);
  return {
    /** Runs reads one after the other; gives the rows of each. Safe to repeat, so one retry. */
    async read(statements) {
      const batch = { steps: statements.map((statement) => ({ stmt: encode(statement) })) };
      let result;
      try {
        result = await send(batch);
      } catch (error) {
        if (error.code !== "UNREACHABLE") throw error;
        result = await send(batch);
      }
      failOnStepError(result);
      return result.step_results.map(rowsOf);
    },

    /** Runs statements in one transaction, all or nothing; gives the rows of each. */
    async write(statements) {
      const steps = [{ stmt: { sql: "BEGIN IMMEDIATE" } }];
      for (const statement of statements) {
        steps.push({ condition: ok(steps.length - 1), stmt: encode(statement) });
      }
      const commit = steps.length;
      steps.push({ condition: ok(commit - 1), stmt: { sql: "COMMIT" } });
      steps.push({ condition: { type: "not", cond: ok(commit) }, stmt: { sql: "ROLLBACK" } });
      const result = await send({ steps });
      failOnStepError(result);
      return result.step_results.slice(1, commit).map(rowsOf);
    },
  };
}

/** libsql://host is https on the wire; ?tls=0 and http:// are for a server on one's own machine. */
function pipelineUrl(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new LibsqlError("NOT_CONFIGURED", "TURSO_DATABASE_URL is not a URL");
  }
  const schemes = { "libsql:": "https:", "wss:": "https:", "ws:": "http:", "https:": "https:", "http:": "http:" };
  const scheme = url.searchParams.get("tls") === "0" ? "http:" : schemes[url.protocol];
  if (!scheme || !url.host) {
    throw new LibsqlError("NOT_CONFIGURED", "TURSO_DATABASE_URL must look like libsql://host");
  }
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, "")}/v2/pipeline`;
}

async function pipeline(endpoint, headers, batch) {
  const body = JSON.stringify({ requests: [{ type: "batch", batch }, { type: "close" }] });
  let response;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new LibsqlError("UNREACHABLE", "the database did not answer", { cause });
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // Proxies answer in plain text; the status says enough.
  }
  if (!response.ok) {
    const code = answer?.code ?? (response.status >= 502 ? "UNREACHABLE" : `HTTP_${response.status}`);
    throw new LibsqlError(code, `the database answered with status ${response.status}`);
  }
  const first = answer?.results?.[0];
  if (first?.type === "error") throw new LibsqlError(first.error?.code ?? "UNKNOWN", first.error?.message);
  const result = first?.response?.result;
  if (!Array.isArray(result?.step_results)) {
    throw new LibsqlError("BAD_ANSWER", "the database sent something that is not Hrana");
  }
  return result;
}

const ok = (step) => ({ type: "ok", step });

function failOnStepError({ step_errors: errors }) {
  const error = errors?.find(Boolean);
  if (error) throw new LibsqlError(error.code ?? "UNKNOWN", error.message);
}

const encode = ({ sql, args = [] }) => ({ sql, args: args.map(encodeValue), want_rows: true });

/** A JavaScript value as a Hrana value. Integers travel as decimal strings. */
export function encodeValue(value) {
  if (value === null || value === undefined) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "boolean") return { type: "integer", value: value ? "1" : "0" };
  if (typeof value === "bigint") {
    if (value < MIN_INTEGER || value > MAX_INTEGER) throw new RangeError("integer over 64 bits");
    return { type: "integer", value: value.toString() };
  }
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return { type: "integer", value: String(value) };
    if (Number.isFinite(value)) return { type: "float", value };
    throw new RangeError("SQLite has no such number");
  }
  if (value instanceof ArrayBuffer) value = new Uint8Array(value);
  if (value instanceof Uint8Array) return { type: "blob", base64: toBase64(value) };
  throw new TypeError(`cannot send a ${typeof value} to the database`);
}

/** A Hrana value as a JavaScript value; integers that a number cannot hold become BigInt. */
export function decodeValue(value) {
  switch (value.type) {
    case "null":
      return null;
    case "integer": {
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? number : BigInt(value.value);
    }
    case "blob":
      return fromBase64(value.base64);
    default:
      return value.value;
  }
}

function rowsOf(result) {
  const names = result.cols.map((column) => column.name);
  return result.rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [names[index], decodeValue(value)])),
  );
}

function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/=+$/, "");
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
