// What may be written in the book.

import { HttpError } from "./http.js";

export const MOODS = ["happy", "grateful", "curious", "nostalgic", "amazed"];
export const LIMITS = { name: 60, message: 2000, tags: 3, query: 80 };

// Control characters, and marks that turn the direction of the text that follows them.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** A clean entry, or a 422 that names each wrong field. */
export function validateEntry(body, { knownTags }) {
  const fields = {};
  const entry = {
    name: cleanLine(body.name),
    message: cleanText(body.message),
    country: body.country || null,
    mood: body.mood ?? "happy",
    tags: body.tags ?? [],
    key: body.key || null,
  };
  checkLength(fields, "name", entry.name, "Please tell us your name.");
  checkLength(fields, "message", entry.message, "An empty page? Please write a few words.");
  if (entry.country !== null && !matches(/^[A-Z]{2}$/, entry.country)) {
    fields.country = "Use a two-letter country code, like PT.";
  }
  if (!MOODS.includes(entry.mood)) fields.mood = `Choose one of: ${MOODS.join(", ")}.`;
  if (entry.key !== null && !matches(/^[0-9a-f]{32}$/, entry.key)) fields.key = "Not a visitor key.";
  if (!Array.isArray(entry.tags) || entry.tags.some((slug) => !knownTags.has(slug))) {
    fields.tags = "One of these topics does not exist.";
  } else {
    entry.tags = [...new Set(entry.tags)];
    if (entry.tags.length > LIMITS.tags) fields.tags = `Choose ${LIMITS.tags} topics at most.`;
  }
  if (Object.keys(fields).length > 0) {
    throw new HttpError(422, "invalid", "Some of it cannot be written in the book.", { fields });
  }
  return entry;
}

function checkLength(fields, name, text, whenEmpty) {
  const length = [...text].length;
  if (length === 0) fields[name] = whenEmpty;
  else if (length > LIMITS[name]) {
    fields[name] = `That is ${length} characters; ${LIMITS[name]} fit.`;
  }
}

const matches = (pattern, value) => typeof value === "string" && pattern.test(value);

const asText = (value) => (typeof value === "string" ? value.normalize("NFC").toWellFormed() : "");

export const cleanLine = (value) =>
  asText(value).replace(INVISIBLE, "").replace(/\s+/g, " ").trim();

const cleanText = (value) =>
  asText(value)
    .replace(/\r\n?/g, "\n")
    .replace(INVISIBLE, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
