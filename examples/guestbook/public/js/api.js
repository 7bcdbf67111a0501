// The way to the server.

/** A refusal of the server, or the lack of one. `fields` says which inputs are wrong. */
export class ApiError extends Error {
  constructor(message, { status = 0, code = "offline", fields = {} } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export const getStats = () => call("/api/stats");

export const getHealth = () => call("/api/health");

export function getEntries({ cursor, tag, q }, signal) {
  const query = new URLSearchParams();
  if (cursor) query.set("cursor", cursor);
  if (tag) query.set("tag", tag);
  if (q) query.set("q", q);
  return call(`/api/entries?${query}`, { signal });
}

export const postEntry = (entry) =>
  call("/api/entries", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(entry),
  });

async function call(path, options = {}) {
  let response;
  let body = null;
  try {
    response = await fetch(path, options);
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (!response) throw new ApiError("The lighthouse does not answer. Are you online?");
  }
  if (!response.ok || body === null) {
    const { code, message, fields } = body?.error ?? {};
    throw new ApiError(message ?? "The lighthouse sent something unreadable.", {
      status: response.status,
      code,
      fields,
    });
  }
  return body;
}
