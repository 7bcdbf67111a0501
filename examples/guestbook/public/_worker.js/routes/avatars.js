// GET /api/avatars/:id: a visitor's picture, out of a Bytes column.

import { HttpError, secured } from "../http.js";
import { isCuid } from "../ids.js";

// Anything else in the column, such as SVG with a script in it, is not served.
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp"]);

export async function showAvatar({ request, params: [id], database }) {
  const rows = isCuid(id)
    ? (await database().read([{ sql: "SELECT media_type, image FROM avatars WHERE visitor_id = ?", args: [id] }]))[0]
    : [];
  const [avatar] = rows;
  if (!avatar || !PICTURES.has(avatar.media_type) || !(avatar.image instanceof Uint8Array)) {
    throw new HttpError(404, "no_avatar", "There is no such picture.");
  }
  const headers = { "Cache-Control": "public, max-age=3600", ETag: await etagOf(avatar.image) };
  if (request.headers.get("If-None-Match") === headers.ETag) return secured(null, { status: 304, headers });
  return secured(avatar.image, { headers: { ...headers, "Content-Type": avatar.media_type } });
}

async function etagOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `"${Array.from(digest.slice(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}
