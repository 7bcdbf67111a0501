// The form: checks while one writes, sends, and gives everything back when it could not be sent.

import { postEntry } from "./api.js";
import { byId, h, icon } from "./dom.js";
import { country } from "./format.js";
import { MOODS } from "./moods.js";

const LIMITS = { name: 60, message: 2000, tags: 3 };
const KEY = "heron-point-visitor";
const COUNTRIES =
  "AD AE AL AM AR AT AU AZ BA BD BE BG BH BO BR BT BW BY CA CD CH CI CL CM CN CO CR CU CV CY CZ DE DK DO DZ EC EE EG ES ET FI FJ FR GB GE GH GL GR GT HK HN HR HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KR KW KZ LA LB LI LK LT LU LV MA MC MD ME MG MK ML MM MN MT MU MV MX MY MZ NA NG NI NL NO NP NZ OM PA PE PG PH PK PL PS PT PY QA RO RS RU RW SA SE SG SI SK SM SN SV SY TH TN TR TT TW TZ UA UG US UY UZ VA VE VN ZA ZM ZW";

const form = byId("sign-form");
const submit = byId("submit");
const counter = byId("message-count");

/** @param {(draft: object) => {confirm: Function, withdraw: Function}} addPending */
export function startForm({ addPending, onSigned }) {
  fillCountries();
  fillMoods();
  form.elements.message.addEventListener("input", countDown);
  for (const name of ["name", "message"]) {
    // While typing, not on leaving the field: a vanishing line would move the thing being clicked.
    form.elements[name].addEventListener("input", () => {
      if (form.elements[name].getAttribute("aria-invalid") === "true") show(problems(read()), [name]);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sign({ addPending, onSigned });
  });
  foldOnSmallScreens();
}

export function showTagChoices(tags) {
  const row = byId("tag-choices");
  const choices = [...tags]
    .sort((one, other) => one.label.localeCompare(other.label))
    .map(({ slug, label, tone }) => choice({ type: "checkbox", name: "tags", value: slug, tone }, label));
  row.replaceChildren(...choices);
  row.addEventListener("change", () => limitTags(row));
}

export function closeBook() {
  byId("form-error").textContent = "The book is closed at the moment. Please come back later.";
  submit.disabled = true;
}

async function sign({ addPending, onSigned }) {
  const entry = read();
  const found = problems(entry);
  show(found);
  if (Object.keys(found).length > 0) {
    form.querySelector("[aria-invalid=true]")?.focus();
    return;
  }
  busy(true);
  const pending = addPending(draft(entry));
  try {
    const { entry: stored } = await postEntry({ ...entry, key: visitorKey() });
    form.elements.message.value = "";
    form.querySelectorAll("[name=tags]").forEach((box) => {
      box.checked = false;
      box.disabled = false;
    });
    countDown();
    await pending.confirm(stored);
    onSigned();
  } catch (error) {
    await pending.withdraw();
    const { fields = {} } = error;
    show(fields);
    const unplaced = Object.keys(fields).every((name) => !byId(`${name}-error`));
    if (unplaced) byId("form-error").textContent = `${error.message} Your words are still here.`;
    (form.querySelector("[aria-invalid=true]") ?? submit).focus();
  } finally {
    busy(false);
  }
}

function read() {
  const data = new FormData(form);
  return {
    name: data.get("name").trim(),
    message: data.get("message").trim(),
    country: data.get("country") || null,
    mood: data.get("mood"),
    tags: data.getAll("tags"),
  };
}

function problems({ name, message }) {
  const found = {};
  const tooLong = (text, limit) => `That is ${[...text].length} characters; ${limit} fit.`;
  if (!message) found.message = "An empty page? Please write a few words.";
  else if ([...message].length > LIMITS.message) found.message = tooLong(message, LIMITS.message);
  if (!name) found.name = "Please tell us your name.";
  else if ([...name].length > LIMITS.name) found.name = tooLong(name, LIMITS.name);
  return found;
}

function show(found, only = ["message", "name", "country", "mood", "tags"]) {
  for (const name of only) {
    byId(`${name}-error`).textContent = found[name] ?? "";
    const input = form.elements[name];
    if (input instanceof HTMLElement) input.setAttribute("aria-invalid", String(name in found));
  }
  byId("form-error").textContent = "";
}

/** The entry as the server will most likely give it back. */
function draft(entry) {
  const tags = [...form.querySelectorAll("[name=tags]:checked")].map((box) => ({
    slug: box.value,
    label: box.dataset.label,
    tone: box.dataset.tone,
  }));
  return {
    id: "pending",
    ...entry,
    tags,
    pinned: false,
    rating: null,
    edited: false,
    createdAt: new Date().toISOString(),
    visitor: { id: "pending", name: entry.name, country: entry.country, avatar: null },
    replies: [],
    reactions: {},
  };
}

function busy(state) {
  submit.disabled = state;
  submit.textContent = state ? "Writing…" : "Put it in the book";
}

function countDown() {
  const left = LIMITS.message - [...form.elements.message.value.trim()].length;
  counter.textContent = left >= 0 ? `${left} characters left` : `${-left} characters too many`;
  counter.classList.toggle("over", left < 0);
}

function limitTags(row) {
  const full = row.querySelectorAll(":checked").length >= LIMITS.tags;
  for (const box of row.querySelectorAll("input:not(:checked)")) box.disabled = full;
}

function fillCountries() {
  const names = COUNTRIES.split(" ").map((code) => ({ code, name: country(code) }));
  names.sort((one, other) => one.name.localeCompare(other.name, "en"));
  form.elements.country.append(...names.map(({ code, name }) => h("option", { value: code }, name)));
}

function fillMoods() {
  const choices = MOODS.map(({ slug, label, tone }, index) =>
    choice({ type: "radio", name: "mood", value: slug, checked: index === 0, tone }, icon(slug), label),
  );
  byId("moods").append(...choices);
}

function choice({ tone, ...input }, ...content) {
  const label = content.at(-1);
  return h(
    `label.choice.tone-${tone}`,
    {},
    h("input", { ...input, "data-label": label, "data-tone": tone }),
    h("span", {}, ...content),
  );
}

/** A random key by which the server knows this browser again. Without storage each entry is a new visitor's. */
function visitorKey() {
  try {
    let key = localStorage.getItem(KEY);
    if (!/^[0-9a-f]{32}$/.test(key ?? "")) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      localStorage.setItem(KEY, key);
    }
    return key;
  } catch {
    return null;
  }
}

function foldOnSmallScreens() {
  const details = byId("sign");
  const wide = matchMedia("(min-width: 64.01rem)");
  const fold = () => {
    details.open = wide.matches || location.hash === "#sign";
  };
  wide.addEventListener("change", fold);
  fold();
  for (const link of document.querySelectorAll('a[href="#sign"]')) {
    link.addEventListener("click", () => {
      details.open = true;
      // After the jump, which would take the focus away again.
      setTimeout(() => form.elements.message.focus({ preventScroll: true }));
    });
  }
}
