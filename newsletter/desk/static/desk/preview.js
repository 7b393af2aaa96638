/* The mail beside the editor: made of the form after a pause in typing, and shown as it is chosen. */
import { LoggedOut, archiveOf, ask, editForm, fieldsOf, issueOf, writtenIn } from "./session.js";

/* A pause in typing is as long as this. */
const PAUSE_MS = 120;
/* How often the form is looked at while somebody works on it, and how long after that. */
const LOOK_MS = 60;
const ACTIVE_MS = 4000;
/* After a request failed. */
const AGAIN_MS = 3000;
const STORED = "desk:preview";

const windowName = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function remembered() {
  const chosen = { size: "desktop", mode: "mail", dark: false, pictures: true, reader: "", address: "" };
  try {
    Object.assign(chosen, JSON.parse(localStorage.getItem(STORED) ?? "{}"), JSON.parse(sessionStorage.getItem(STORED) ?? "{}"));
  } catch {
    /* Storage is switched off, or holds something else. */
  }
  return chosen;
}

/* Who is looked at is forgotten with the window. */
function remember({ reader, address, ...rest }) {
  try {
    localStorage.setItem(STORED, JSON.stringify(rest));
    sessionStorage.setItem(STORED, JSON.stringify({ reader, address }));
  } catch {
    /* Storage is switched off: the choice holds until the page is left. */
  }
}

class Preview {
  constructor(place) {
    this.place = place;
    this.chosen = remembered();
    this.sent = undefined;
    this.seen = "";
    this.changedAt = 0;
    this.isAsking = false;
    this.notBefore = 0;
    this.shows = 0;
    this.readControls();
    this.stage = this.find(".desk-preview__stage");
    new ResizeObserver(() => this.fit()).observe(this.stage);
  }

  find(selector) {
    return this.place.querySelector(selector);
  }

  control(name) {
    return this.find(`[name=desk-preview-${name}]`);
  }

  readControls() {
    const { size, mode, dark, pictures, address } = this.chosen;
    for (const radio of this.place.querySelectorAll("[name=desk-preview-size]")) radio.checked = radio.value === size;
    this.control("dark").checked = dark;
    this.control("no-pictures").checked = !pictures;
    this.control("mode").value = mode;
    const reader = this.find("#desk-preview-reader");
    if (reader) reader.value = address;
    this.place.addEventListener("change", (event) => this.choose(event));
    reader?.addEventListener("input", () => this.search(reader));
    /* The form around the panels is not to be saved, nor watched, for a choice made here. */
    this.place.addEventListener("keydown", (event) => event.key === "Enter" && event.target === reader && event.preventDefault());
  }

  choose({ target }) {
    const before = `${this.chosen.mode} ${this.chosen.reader}`;
    if (target.name === "desk-preview-size") this.chosen.size = target.value;
    if (target.name === "desk-preview-dark") this.chosen.dark = target.checked;
    if (target.name === "desk-preview-no-pictures") this.chosen.pictures = !target.checked;
    if (target.name === "desk-preview-mode") this.chosen.mode = target.value;
    remember(this.chosen);
    if (before !== `${this.chosen.mode} ${this.chosen.reader}`) this.makeAgain();
    else if (target.name === "desk-preview-size") this.fit();
    else this.show();
  }

  makeAgain() {
    this.sent = undefined;
    wake();
  }

  async search(input) {
    const text = input.value.trim();
    const list = this.find("#desk-preview-people");
    const chosen = [...list.options].find((option) => option.value === text);
    if (chosen || !text) {
      Object.assign(this.chosen, { reader: chosen?.dataset.pk ?? "", address: chosen?.value ?? "" });
      remember(this.chosen);
      this.find(".desk-preview__nobody").textContent = "";
      this.makeAgain();
      return;
    }
    const { people } = await ask(`${this.place.dataset.readersUrl}?${new URLSearchParams({ q: text })}`).catch(() => ({ people: undefined }));
    if (!people || input.value.trim() !== text) return;
    list.replaceChildren(
      ...people.map(({ pk, email, name }) => {
        const option = new Option(name || email, email);
        option.dataset.pk = pk;
        return option;
      }),
    );
    this.find(".desk-preview__nobody").textContent = people.length ? "" : this.place.dataset.nobody;
  }

  /** Looks whether the form was changed, and makes the preview once nobody types. */
  look(now) {
    const form = editForm();
    if (!form || this.isAsking || now < this.notBefore || !this.place.isConnected || !this.place.offsetParent) return;
    const written = writtenIn(form);
    if (written !== this.seen) {
      this.seen = written;
      this.changedAt = now;
    }
    const isFirst = this.sent === undefined;
    if (written !== this.sent && (isFirst || now - this.changedAt >= PAUSE_MS)) this.make(form, written);
  }

  urlOf(form) {
    const issue = issueOf(form);
    const { editUrl, newUrl } = this.place.dataset;
    return issue ? editUrl.replace("/0/", `/${issue}/`) : newUrl.replace("/0/", `/${archiveOf(form)}/`);
  }

  async make(form, written) {
    this.isAsking = true;
    this.sent = written;
    const body = fieldsOf(form);
    body.set("preview-window", windowName);
    body.set("preview-mode", this.chosen.mode);
    body.set("preview-reader", this.find("#desk-preview-reader") ? this.chosen.reader : "");
    try {
      this.take(await ask(this.urlOf(form), { method: "POST", body }));
    } catch (error) {
      this.sent = undefined;
      this.notBefore = performance.now() + AGAIN_MS;
      setTimeout(wake, AGAIN_MS);
      if (!(error instanceof LoggedOut)) this.tell([this.place.dataset.noNetwork]);
    } finally {
      this.isAsking = false;
      wake();
    }
  }

  take({ problems, facts, url }) {
    const said = (problems ?? []).map(({ label, message }) => (label ? `${label}: ${message}` : message));
    document.dispatchEvent(new CustomEvent("desk:problems", { detail: said }));
    if (problems) {
      const { outOfDate } = this.place.dataset;
      this.tell([outOfDate, ...said]);
      return;
    }
    this.tell([]);
    this.url = url;
    this.list(facts);
    this.show();
  }

  tell(sentences) {
    const place = this.find(".desk-preview__problem");
    place.hidden = !sentences.length;
    const said = sentences.join(" ");
    if (place.textContent !== said) place.textContent = said;
  }

  /** Shows the lines of inboxes, and how large the mail is. */
  list({ sender, subject, preheader, size, limit, level }) {
    const inbox = this.find(".desk-inbox");
    inbox.hidden = sender === undefined;
    if (inbox.hidden) return;
    for (const [name, words] of Object.entries({ sender, subject, preheader })) {
      for (const place of inbox.querySelectorAll(`.desk-inbox__${name}`)) {
        place.textContent = words;
        place.dir = "auto";
      }
    }
    const { size: fits, tooLarge } = this.place.dataset;
    const meter = inbox.querySelector("meter");
    Object.assign(meter, { max: Math.max(limit, size), value: size });
    const said = (level === "over" ? tooLarge : fits).replace("{size}", size).replace("{limit}", limit);
    inbox.querySelector(".desk-preview__size span").textContent = said;
    meter.setAttribute("aria-label", said);
    inbox.querySelector(".desk-preview__size").dataset.level = level;
  }

  /** Puts what was made in place of what is shown, scrolled as that is. */
  show() {
    if (!this.url) return;
    const { dark, pictures, mode } = this.chosen;
    this.shows += 1;
    const query = new URLSearchParams({ scheme: dark ? "dark" : "light", pictures: pictures ? "on" : "off", n: this.shows });
    const tab = this.find(".desk-preview__tab");
    tab.href = `${this.url}?${query}`;
    tab.hidden = false;
    const fresh = document.createElement("iframe");
    fresh.title = this.place.dataset.frameTitle;
    fresh.src = tab.href;
    fresh.dataset.mode = mode;
    fresh.style.colorScheme = mode === "pdf" ? "normal" : dark ? "dark" : "light";
    fresh.className = "desk-preview__frame desk-preview__frame--coming";
    fresh.addEventListener("load", () => this.replace(fresh), { once: true });
    this.stage.querySelectorAll(".desk-preview__frame--coming").forEach((late) => late.remove());
    this.stage.append(fresh);
    this.fit();
  }

  replace(fresh) {
    const old = this.stage.querySelector(".desk-preview__frame:not(.desk-preview__frame--coming)");
    if (old && old.dataset.mode === fresh.dataset.mode && fresh.dataset.mode !== "pdf") {
      try {
        fresh.contentWindow.scrollTo({ top: old.contentWindow.scrollY, behavior: "instant" });
      } catch {
        /* The desk did not answer: the frame holds a page of the browser. */
      }
    }
    fresh.classList.remove("desk-preview__frame--coming");
    old?.remove();
    this.place.dataset.shown = this.shows;
    document.dispatchEvent(new CustomEvent("desk:previewed"));
  }

  /** A frame is as wide as the device; where there is less room, it is drawn smaller. */
  fit() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const device = Number(this.find("[name=desk-preview-size]:checked")?.dataset.width ?? width);
    for (const frame of this.stage.querySelectorAll("iframe")) {
      const wanted = frame.dataset.mode === "pdf" ? width : device;
      const scale = Math.min(1, width / wanted) || 1;
      frame.style.width = `${wanted}px`;
      frame.style.height = `${height / scale}px`;
      frame.style.transform = scale < 1 ? `scale(${scale})` : "";
      frame.style.insetInlineStart = `${Math.max(0, (width - wanted) / 2)}px`;
    }
  }
}

let preview;
let activeUntil = 0;
const wake = () => {
  activeUntil = performance.now() + ACTIVE_MS;
};

/* A new issue gets its panels again when it is first saved. */
function begin() {
  const place = document.querySelector("[data-desk-preview]");
  if (place && place !== preview?.place) {
    preview = new Preview(place);
    wake();
  }
}

if (document.querySelector("[data-side-panel=preview]")) {
  begin();
  new MutationObserver(begin).observe(document.querySelector("[data-side-panel=preview]"), { childList: true });
  for (const kind of ["input", "change", "keyup", "click", "drop", "w-unsaved:add", "w-autosave:success"]) {
    document.addEventListener(kind, wake, true);
  }
  document.addEventListener("desk:fresh", wake);
  setInterval(() => {
    const now = performance.now();
    if (now < activeUntil && !document.hidden) preview?.look(now);
  }, LOOK_MS);
}
