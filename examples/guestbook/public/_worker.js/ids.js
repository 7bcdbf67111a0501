// Ids of the shape that Prisma's cuid() has, and the hash of a browser's key.

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH = 16;

export function cuid(now = Date.now()) {
  return "c" + now.toString(36).padStart(8, "0") + randomText(RANDOM_LENGTH);
}

export const isCuid = (text) => /^c[a-z0-9]{8,40}$/.test(text);

export async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function randomText(length) {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 252 is the last multiple of 36: bytes above it would make some letters likelier.
      if (byte < 252 && text.length < length) text += ALPHABET[byte % 36];
    }
  }
  return text;
}
