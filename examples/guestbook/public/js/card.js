// One message of the book as a card.

import { h, icon } from "./dom.js";
import { country, initials, moment, number, toneOf, when } from "./format.js";
import { moodOf } from "./moods.js";

const LONG = 520;
const REACTIONS = {
  heart: { label: "hearts", tone: "coral" },
  wave: { label: "waves", tone: "sky" },
  star: { label: "stars", tone: "amber" },
  cheer: { label: "cheers", tone: "plum" },
};

/** @param {{onTag: (slug: string) => void}} actions */
export function card(entry, { onTag }) {
  const mood = moodOf(entry.mood);
  const heading = `entry-${entry.id}`;
  const article = h(
    "article.card",
    { "aria-labelledby": heading },
    entry.pinned && h("p.ribbon", {}, icon("pin"), "Pinned by the keeper"),
    h(
      "header",
      {},
      avatar(entry.visitor),
      h("div", {}, h("h3", { id: heading, dir: "auto" }, entry.visitor.name), byline(entry)),
      h(`span.mood.tone-${mood.tone}`, { title: mood.label }, icon(mood.slug), h("span.hidden", {}, mood.label)),
    ),
    ...message(entry.message),
    entry.tags.length > 0 && h("p.tags", {}, ...entry.tags.map((tag) => tagButton(tag, onTag))),
    entry.replies.length > 0 && h("ol.replies", { "aria-label": "Replies" }, ...entry.replies.map(reply)),
    footer(entry),
  );
  article.classList.toggle("pinned", entry.pinned);
  return article;
}

function byline({ visitor, createdAt, edited }) {
  return h(
    "p.byline",
    {},
    visitor.country && `${country(visitor.country)} · `,
    h("time", { datetime: createdAt, title: moment(createdAt) }, when(createdAt)),
    edited && " · edited",
  );
}

function avatar(visitor) {
  if (visitor?.avatar) {
    return h("img.avatar", { src: visitor.avatar, alt: "", width: 44, height: 44, decoding: "async" });
  }
  if (!visitor) return h("span.avatar.tone-none", { "aria-hidden": "true" }, "?");
  return h(`span.avatar.tone-${toneOf(visitor.id)}`, { "aria-hidden": "true" }, initials(visitor.name));
}

function message(text) {
  const paragraph = h("p.message", { dir: "auto" }, text);
  if (text.length <= LONG) return [paragraph];
  paragraph.classList.add("long");
  const toggle = h("button.link", { type: "button", "aria-expanded": "false" }, "Read on");
  toggle.addEventListener("click", () => {
    const open = !paragraph.classList.toggle("long");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "Show less" : "Read on";
  });
  return [paragraph, toggle];
}

function tagButton({ slug, label, tone }, onTag) {
  const title = `Show messages about ${label}`;
  return h(`button.tag.tone-${tone}`, { type: "button", title, click: () => onTag(slug) }, label);
}

function reply({ body, author, byKeeper }) {
  return h(
    "li.reply",
    {},
    avatar(author),
    h(
      "div",
      {},
      h("p.reply-name", { dir: "auto" }, author?.name ?? "Somebody", byKeeper && h("span.badge", {}, "Keeper")),
      h("p.reply-body", { dir: "auto" }, body),
    ),
  );
}

function footer({ reactions, rating }) {
  const shown = Object.entries(REACTIONS).filter(([kind]) => reactions[kind] > 0);
  if (shown.length === 0 && rating === null) return null;
  return h(
    "footer",
    {},
    ...shown.map(([kind, { label, tone }]) =>
      h(
        `span.reaction.tone-${tone}`,
        {},
        icon(kind),
        number.format(reactions[kind]),
        h("span.hidden", {}, label),
      ),
    ),
    rating !== null && h("span.lamps", { title: `${rating} of 5 lamps` }, icon("lamp"), `${rating} / 5`),
  );
}
