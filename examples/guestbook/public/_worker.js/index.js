// The server side of the guestbook, as a Cloudflare Pages worker: the API is answered here, all
// other paths are files of this site.

import { HttpError } from "./http.js";
import { LibsqlError, connect } from "./libsql.js";
import { showAvatar } from "./routes/avatars.js";
import { listEntries, signBook } from "./routes/entries.js";
import { showHealth } from "./routes/health.js";
import { showStats } from "./routes/stats.js";

const ROUTES = [
  { path: /^\/api\/health$/, GET: showHealth },
  { path: /^\/api\/stats$/, GET: showStats },
  { path: /^\/api\/entries$/, GET: listEntries, POST: signBook },
  { path: /^\/api\/avatars\/([^/]+)$/, GET: showAvatar },
];

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname !== "/api" && !url.pathname.startsWith("/api/")) return env.ASSETS.fetch(request);
    const response = await answer(request, url, env).catch(refusal);
    return request.method === "HEAD" ? new Response(null, response) : response;
  },
};

async function answer(request, url, env) {
  for (const { path, ...methods } of ROUTES) {
    const match = path.exec(url.pathname);
    if (!match) continue;
    const handler = methods[request.method === "HEAD" ? "GET" : request.method];
    if (!handler) {
      const allowed = [...Object.keys(methods), "HEAD"].join(", ");
      throw new HttpError(405, "method", `This path answers ${allowed}.`, { headers: { Allow: allowed } });
    }
    return handler({ request, url, params: match.slice(1), database: () => connect(env) });
  }
  throw new HttpError(404, "not_found", "The API has no such path.");
}

/** What failed, told without anything a stranger could use. The details go to the log. */
function refusal(error) {
  if (error instanceof HttpError) return error.toResponse();
  console.error(`${error.code ?? error.name}: ${error.message}`);
  if (error instanceof LibsqlError) {
    return new HttpError(503, "database", "The book cannot be opened right now. Please try again.", {
      headers: { "Retry-After": "5" },
    }).toResponse();
  }
  return new HttpError(500, "internal", "Something went wrong on our side.").toResponse();
}
