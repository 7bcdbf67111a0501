// The pages of the book: search, topics, turning pages, and new entries on top.

import { getEntries } from "./api.js";
import { card } from "./card.js";
import { byId, h, icon } from "./dom.js";
import { number } from "./format.js";
import { lay, lift } from "./masonry.js";

const list = byId("feed");
const place = byId("feed-state");
const count = byId("count");
const more = byId("more");
const search = byId("search");
const topics = byId("topics");

const filter = readAddress();
let cursor = null;
let total = 0;
let loading = null;

export function startFeed() {
  search.elements.q.value = filter.q;
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    change({ q: search.elements.q.value.trim() });
  });
  search.elements.q.addEventListener("input", debounce(() => change({ q: search.elements.q.value.trim() }), 300));
  more.addEventListener("click", () => load({ append: true }));
  return load();
}

export function showTopics(tags) {
  const all = h("button.topic.tone-amber", { type: "button", "data-slug": "", click: () => change({ tag: "" }) }, "Everything");
  const buttons = tags
    .filter((tag) => tag.entries > 0 || tag.slug === filter.tag)
    .map(({ slug, label, tone, entries }) =>
      h(
        `button.topic.tone-${tone}`,
        { type: "button", "data-slug": slug, click: () => change({ tag: slug === filter.tag ? "" : slug }) },
        label,
        h("span.number", {}, number.format(entries)),
      ),
    );
  topics.replaceChildren(all, ...buttons);
  markTopic();
}

/** Puts an entry on top before the server has it; the answer decides whether it stays. */
export function addPending(entry) {
  if (filter.q || filter.tag) change({ q: "", tag: "" });
  const pending = item(entry);
  pending.firstElementChild.classList.add("pending");
  pending.firstElementChild.setAttribute("aria-busy", "true");
  const put = () => {
    place.replaceChildren();
    const pinned = list.querySelectorAll(".card.pinned");
    if (pinned.length > 0) pinned[pinned.length - 1].parentElement.after(pending);
    else list.prepend(pending);
    lay(pending.firstElementChild);
  };
  const shown = (loading ?? Promise.resolve()).then(put);
  return {
    async confirm(stored) {
      await shown;
      const stays = item(stored);
      stays.firstElementChild.classList.add("fresh");
      list.querySelectorAll(`[data-id="${stored.id}"]`).forEach(remove);
      pending.replaceWith(stays);
      lay(stays.firstElementChild);
      total += 1;
      announce();
      stays.scrollIntoView({ block: "center", behavior: "smooth" });
    },
    async withdraw() {
      await shown;
      remove(pending);
    },
  };
}

function change(wanted) {
  const next = { ...filter, ...wanted };
  if (next.q === filter.q && next.tag === filter.tag) return;
  Object.assign(filter, next);
  search.elements.q.value = filter.q;
  markTopic();
  writeAddress();
  load();
}

function load({ append = false } = {}) {
  loading?.controller.abort();
  const controller = new AbortController();
  const work = fill(append, controller.signal);
  work.controller = controller;
  loading = work;
  return work;
}

async function fill(append, signal) {
  list.setAttribute("aria-busy", "true");
  more.disabled = true;
  if (!append) {
    more.hidden = true;
    place.replaceChildren();
    clear();
    list.append(...skeletons());
  }
  try {
    const page = await getEntries({ ...filter, cursor: append ? cursor : null }, signal);
    if (!append) {
      clear();
      total = page.total;
    }
    cursor = page.nextCursor;
    show(page.entries, append);
    announce();
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!append) clear();
    fail(error, append);
  }
  list.setAttribute("aria-busy", "false");
  more.disabled = false;
}

function show(entries, append) {
  const items = entries.map(item);
  items.forEach((one, index) => {
    one.classList.add("entering");
    one.firstElementChild.style.setProperty("animation-delay", `${Math.min(index, 8) * 45}ms`);
  });
  list.append(...items);
  for (const one of items) lay(one.firstElementChild);
  more.hidden = cursor === null;
  place.replaceChildren();
  if (!append && entries.length === 0) place.append(nothing());
}

function fail(error, append) {
  more.hidden = true;
  count.textContent = "";
  place.replaceChildren(
    h(
      "div.notice",
      { role: "alert" },
      icon("fog"),
      h("strong", {}, "Fog on the line"),
      h("p", {}, error.message),
      h("button.button.quiet", { type: "button", click: () => load({ append }) }, icon("retry"), "Try again"),
    ),
  );
}

function nothing() {
  const filtered = Boolean(filter.q || filter.tag);
  return h(
    "div.notice",
    {},
    icon(filtered ? "search" : "book"),
    h("strong", {}, filtered ? "Nothing on these pages" : "The first page is yours"),
    h("p", {}, filtered ? "No message matches. Try fewer words or another topic." : "Nobody has written anything yet."),
    filtered &&
      h("button.button.quiet", { type: "button", click: () => change({ q: "", tag: "" }) }, "Show everything"),
  );
}

const item = (entry) =>
  h("li", { "data-id": entry.id }, card(entry, { onTag: (slug) => change({ tag: slug, q: "" }) }));

const skeletons = () =>
  Array.from({ length: 6 }, () =>
    h("li", { "aria-hidden": "true" }, h("div.card.skeleton", {}, h("i"), h("i"), h("i"), h("i"), h("i"))),
  );

function clear() {
  [...list.children].forEach(remove);
}

function remove(one) {
  lift(one.firstElementChild);
  one.remove();
}

function announce() {
  const about = filter.q || filter.tag ? "found" : "in the book";
  count.textContent = `${number.format(total)} ${total === 1 ? "message" : "messages"} ${about}`;
}

function markTopic() {
  for (const button of topics.children) {
    button.setAttribute("aria-pressed", String(button.dataset.slug === filter.tag));
  }
}

function readAddress() {
  const query = new URLSearchParams(location.search);
  return { q: (query.get("q") ?? "").slice(0, 80).trim(), tag: query.get("tag") ?? "" };
}

function writeAddress() {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(filter)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  history.replaceState(null, "", url);
}

function debounce(action, delay) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };
}
