// Shows the mail as the template makes it now, and again whenever a file of it is saved.
"use strict";

const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const GMAIL_CLIPS = 102 * 1024;

// What is chosen stands in the address, so that it outlives a reload.
const asked = new URLSearchParams(location.search);
const chosen = {
  issue: asked.get("issue") ?? "",
  scheme: asked.get("scheme") === "dark" ? "dark" : "light",
  tab: ["text", "subject"].includes(asked.get("tab")) ? asked.get("tab") : "mail",
};
let shown = {};
let latest = 0;
let seen = false;

function choose(change) {
  Object.assign(chosen, change);
  history.replaceState(null, "", `?${new URLSearchParams(chosen)}`);
  for (const button of all("[data-scheme][type=button]")) {
    button.setAttribute("aria-pressed", button.dataset.scheme === chosen.scheme);
  }
  for (const tab of all("[role=tab]")) {
    const selected = tab.dataset.tab === chosen.tab;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
    find(`#panel-${tab.dataset.tab}`).hidden = !selected;
  }
  find("#panel-mail").dataset.scheme = chosen.scheme;
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The mail in its frames

function showMail() {
  const address = `/mail?${new URLSearchParams({ ...chosen, changes: shown.changes })}`;
  for (const frame of all("iframe")) {
    const before = frame.contentWindow?.scrollY ?? 0;
    frame.onload = () => {
      frame.contentWindow.scrollTo(0, before);
      frame.contentDocument.addEventListener("click", follow);
    };
    frame.contentWindow.location.replace(address);
  }
}

// Links within the mail scroll its frame; all others open a tab of their own.
function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link) return;
  event.preventDefault();
  const target = link.getAttribute("href");
  if (target.startsWith("#")) {
    link.ownerDocument.getElementById(target.slice(1))?.scrollIntoView();
  } else {
    window.open(link.href, "_blank", "noopener");
  }
}

// A frame is as wide as it says; where there is less room, it is drawn smaller.
const fitting = new ResizeObserver((boxes) => {
  for (const { target, contentRect } of boxes) {
    const frame = target.firstElementChild;
    const scale = Math.min(1, contentRect.width / Number(target.dataset.width));
    frame.style.transform = scale < 1 ? `scale(${scale})` : "";
    target.style.height = scale < 1 ? `${frame.offsetHeight * scale}px` : "";
  }
});

// The rest

function kilobytes(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

function showProof(preview) {
  const text = find("#text");
  text.textContent = preview.text;
  text.lang = preview.language;
  text.dir = preview.direction;
  for (const [part, words] of Object.entries({
    sender: preview.sender, subject: preview.subject, preheader: preview.preheader,
  })) {
    for (const place of all(`.inbox .${part}`)) place.textContent = words;
  }
  for (const inbox of all(".inbox")) Object.assign(inbox, { lang: preview.language, dir: preview.direction });
  showSizes(preview);
  showFindings(preview.findings);
}

function showSizes({ sizes, variants, subject }) {
  const facts = [
    ["HTML", kilobytes(sizes.html), sizes.html > GMAIL_CLIPS],
    ["Text", kilobytes(sizes.text)],
    ["Subject", `${[...subject].length} characters`],
    ["Variants", String(variants)],
  ];
  find("#sizes").replaceChildren(...facts.map(([name, value, bad]) => {
    const pair = element("div", "", { class: bad ? "bad" : "" });
    pair.append(element("dt", name), element("dd", value));
    return pair;
  }));
}

function row(finding) {
  const made = element("li", "", { class: finding.severity });
  const words = element("div");
  if (finding.where) words.append(element("span", finding.where, { class: "where" }));
  words.append(element("span", finding.message), " ", element("code", `[${finding.code}]`));
  if (finding.severity !== "info") words.append(element("div", finding.fix, { class: "more" }));
  made.append(element("span", finding.severity, { class: "chip" }), words);
  return made;
}

function counted(findings) {
  return ["error", "warning"].flatMap((severity) => {
    const number = findings.filter((each) => each.severity === severity).length;
    return number ? [`${number} ${severity}${number > 1 ? "s" : ""}`] : [];
  }).join(", ");
}

function showFindings(findings) {
  const grave = findings.filter((each) => each.severity !== "info");
  const news = findings.filter((each) => each.severity === "info");
  find("#findings").replaceChildren(...grave.map(row));
  find("#news ul").replaceChildren(...news.map(row));
  find("#news").hidden = !news.length;
  const count = find("#count");
  count.className = `count ${grave[0]?.severity ?? ""}`;
  count.textContent = counted(grave) || "Nothing found";
  find("#resolution").textContent = grave.length
    ? "By the linter and by preflight, the worst first." : "Nothing stands in the way.";
}

function showFault(fault) {
  find("#fault-where").textContent = fault.where;
  find("#fault-message").textContent = fault.message;
  find("#fault-hint").textContent = fault.hint;
  find("#fault-lines").replaceChildren(...fault.lines.map(([number, line]) => element(
    "span", line || " ", { "data-line": number, class: number === fault.line ? "here" : "" },
  )));
}

function say(state, text) {
  const status = find("#status");
  status.dataset.state = state;
  status.textContent = text;
}

function show(state) {
  shown = state;
  find("#name").textContent = state.template;
  document.title = `${state.fault ? "✗ " : ""}${state.template} · Template preview`;
  if (!find("#issue").options.length) {
    find("#issue").append(...state.issues.map((name) => new Option(name, name)));
  }
  find("#issue").value = state.issues.includes(chosen.issue) ? chosen.issue : state.issues[0];
  find("#fault").hidden = !state.fault;
  find("#stage").classList.toggle("stale", Boolean(state.fault));
  find("#stage").hidden = !seen && Boolean(state.fault);
  find(".findings").hidden = Boolean(state.fault);
  if (state.fault) {
    showFault(state.fault);
    say("broken", "Broken");
  } else {
    seen = true;
    showProof(state.preview);
    showMail();
    say("live", `Live, made at ${new Date().toLocaleTimeString()}`);
  }
}

// Only the newest answer counts: saving twice in a row asks twice.
async function refresh() {
  const mine = ++latest;
  try {
    const answer = await fetch(`/state?${new URLSearchParams({ issue: chosen.issue })}`);
    if (!answer.ok) throw new Error(answer.statusText);
    const state = await answer.json();
    if (mine === latest) show(state);
  } catch {
    if (mine === latest) say("gone", "No answer: see the terminal");
  }
}

for (const button of all("[data-scheme][type=button]")) {
  button.addEventListener("click", () => {
    choose({ scheme: button.dataset.scheme });
    if (!shown.fault) showMail();
  });
}
const tabs = all("[role=tab]");
for (const [place, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose({ tab: tab.dataset.tab }));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs[(place + step + tabs.length) % tabs.length];
    choose({ tab: next.dataset.tab });
    next.focus();
  });
}
find("#issue").addEventListener("change", ({ target }) => {
  choose({ issue: target.value });
  refresh();
});
for (const frame of all(".frame")) fitting.observe(frame);

choose({});
const changes = new EventSource("/changes");
changes.addEventListener("message", refresh);
changes.addEventListener("error", () => say("gone", "The preview has ended"));
