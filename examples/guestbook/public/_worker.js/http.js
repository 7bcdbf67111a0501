// Answers and refusals of the API, all in JSON.

const SECURITY_HEADERS = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** A request that is refused: becomes `{error: {code, message, …details}}` with the status. */
export class HttpError extends Error {
  constructor(status, code, message, { headers = {}, ...details } = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.details = details;
  }

  toResponse() {
    const error = { code: this.code, message: this.message, ...this.details };
    return json({ error }, { status: this.status, headers: this.headers });
  }
}

export function json(body, { status = 200, headers = {} } = {}) {
  return secured(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", ...headers },
  });
}

export function secured(body, { status = 200, headers = {} } = {}) {
  return new Response(body, { status, headers: { ...SECURITY_HEADERS, ...headers } });
}

/** Reads a JSON object from a request of this very site, of at most `limit` bytes. */
export async function readJson(request, { limit }) {
  if (request.headers.get("Sec-Fetch-Site") === "cross-site") {
    throw new HttpError(403, "cross_site", "Other sites cannot write in this guestbook.");
  }
  const type = request.headers.get("Content-Type") ?? "";
  if (type.split(";", 1)[0].trim().toLowerCase() !== "application/json") {
    throw new HttpError(415, "not_json", "Send the entry as application/json.");
  }
  const text = await readText(request, limit);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, "bad_json", "The body is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(400, "bad_json", "The body must be a JSON object.");
  }
  return value;
}

async function readText(request, limit) {
  const tooLarge = () => new HttpError(413, "too_large", `The body may have ${limit} bytes at most.`);
  if (Number(request.headers.get("Content-Length") ?? 0) > limit) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  let text = "";
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > limit) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, "bad_encoding", "The body is not UTF-8.");
  }
}
