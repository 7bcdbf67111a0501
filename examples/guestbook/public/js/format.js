// Dates, countries and names as a reader expects them.

const DAY = 24 * 60 * 60 * 1000;
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const regions = new Intl.DisplayNames("en", { type: "region" });

export const number = new Intl.NumberFormat("en-GB");

/** The last week in words, everything else as a date. */
export function when(iso, now = Date.now()) {
  const time = new Date(iso);
  const age = now - time;
  if (age >= 0 && age < 60_000) return "just now";
  if (age >= 0 && age < 60 * 60_000) return relative.format(-Math.floor(age / 60_000), "minute");
  if (age >= 0 && age < DAY) return relative.format(-Math.floor(age / (60 * 60_000)), "hour");
  if (age >= 0 && age < 7 * DAY) return relative.format(-Math.floor(age / DAY), "day");
  return date.format(time);
}

export const moment = (iso) => full.format(new Date(iso));

export function country(code) {
  try {
    return regions.of(code);
  } catch {
    return code;
  }
}

export function money(amount, currency) {
  const whole = { style: "currency", currency, maximumFractionDigits: 0 };
  return new Intl.NumberFormat("en-GB", whole).format(amount);
}

export function initials(name) {
  const letters = name.split(/\s+/).map((word) => /\p{L}/u.exec(word)?.[0]).filter(Boolean);
  return letters.filter((_, index) => index === 0 || index === letters.length - 1).join("").toUpperCase() || "?";
}

const TONES = ["amber", "coral", "sea", "sky", "moss", "plum"];

/** Always the same colour for the same visitor. */
export function toneOf(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return TONES[sum % TONES.length];
}
