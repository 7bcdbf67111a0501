// Brings the page to life: the numbers, the book, the form.

import { getHealth, getStats } from "./api.js";
import { byId } from "./dom.js";
import { addPending, showTopics, startFeed } from "./feed.js";
import { money, number } from "./format.js";
import { closeBook, showTagChoices, startForm } from "./sign.js";

const RETRY_AFTER_MS = 8000;

async function showStats({ first = false } = {}) {
  const box = byId("stats");
  try {
    const stats = await getStats();
    for (const name of ["entries", "visitors", "countries"]) put(name, number.format(stats[name]));
    showFund(stats.lamp);
    showTopics(stats.tags);
    if (first) {
      showSite(stats.site);
      showTagChoices(stats.tags);
    }
  } catch {
    // The book itself says when the server is away; the numbers and topics come when it is back.
    setTimeout(() => showStats({ first }), RETRY_AFTER_MS);
  }
  box.setAttribute("aria-busy", "false");
}

function showFund({ raised, goal }) {
  const currency = goal?.currency ?? "EUR";
  put("raised", money(Number(raised), currency));
  if (!goal) return;
  const bar = byId("fund");
  bar.max = goal.amount;
  bar.value = Math.min(Number(raised), goal.amount);
  byId("fund-goal").textContent = `of ${money(goal.amount, currency)}`;
}

function showSite({ title, welcome, open }) {
  if (title) {
    byId("title").textContent = title;
    document.title = `${title} · Guestbook`;
  }
  if (welcome) byId("welcome").textContent = welcome;
  if (!open) closeBook();
}

async function showHealth() {
  const line = byId("health");
  const text = byId("health-text");
  try {
    const { rows, milliseconds } = await getHealth();
    line.dataset.state = "ok";
    text.textContent = `The database answers in ${milliseconds} ms: ${number.format(rows.entries)} entries on file.`;
  } catch {
    line.dataset.state = "bad";
    text.textContent = "The database does not answer.";
  }
}

const put = (name, text) => {
  document.querySelector(`[data-stat="${name}"]`).textContent = text;
};

startForm({ addPending, onSigned: showStats });
await Promise.all([startFeed(), showStats({ first: true }), showHealth()]);
