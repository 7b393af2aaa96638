// The form in a page of another site, in that page's own style.  `FORM` says what it needs.
// Nothing is loaded from elsewhere, nothing is stored, and nothing is sent before it is submitted.

const script = document.currentScript;
const words = FORM.words;

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
};

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

// Finds the key that begins as the challenge wants (ALTCHA, proof of work, version 2).
const solve = async (challenge) => {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const start = bytes(nonce);
  for (let counter = 0; ; counter += 1) {
    const password = new Uint8Array(start.length + 4);
    password.set(start);
    new DataView(password.buffer).setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const rule = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    const derived = hex(new Uint8Array(await crypto.subtle.deriveBits(rule, key, keyLength * 8)));
    if (derived.startsWith(keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey: derived } }));
    }
  }
};

const field = (label, attributes) => make("p", {}, make("label", {}, label, " ", make("input", attributes)));

const form = make("form", { action: FORM.url, method: "post", lang: FORM.language, class: "newsletter-form" });
form.append(field(words.email, { name: "email", type: "email", maxlength: "254", required: "", autocomplete: "email" }));
if (FORM.asksName) {
  form.append(field(words.name, { name: "name", maxlength: "200", autocomplete: "name" }));
}
const trap = make("div", { "aria-hidden": "true" }, make("input", { name: FORM.trap, tabindex: "-1", autocomplete: "off" }));
trap.style.cssText = "position:absolute;left:-9999px";
const button = make("button", { type: "submit" }, words.subscribe);
const status = make("p", { role: "status" });
const consent = make("p", {}, FORM.consent, " ", make("a", { href: FORM.privacy }, words.privacy));
form.append(trap, make("input", { type: "hidden", name: "source", value: "script" }), consent, button, status);

const say = (text) => status.replaceChildren(text);

const ask = (answer) => {
  const email = form.elements.namedItem("email");
  const typed = email.value;
  const choose = (address, label) => {
    const choice = make("button", { type: "button" }, label);
    choice.addEventListener("click", () => {
      email.value = address;
      send(typed);
    });
    return choice;
  };
  status.replaceChildren(answer.message, " ", choose(answer.suggestion, words.use), " ", choose(typed, words.keep));
};

const send = async (sure = "") => {
  button.disabled = true;
  say(words.wait);
  try {
    const challenge = await (await fetch(FORM.challenge, { credentials: "omit" })).json();
    const data = new URLSearchParams(new FormData(form));
    data.set("altcha", await solve(challenge));
    data.set("sure", sure);
    const headers = { Accept: "application/json" };
    const response = await fetch(FORM.url, { method: "POST", body: data, headers, credentials: "omit" });
    const answer = await response.json();
    if (answer.answer === "ask_address") {
      ask(answer);
    } else {
      say(answer.message);
      if (answer.answer === "taken") {
        form.reset();
      }
    }
  } catch {
    say(words.failed);
  } finally {
    button.disabled = false;
  }
};

form.addEventListener("submit", (event) => {
  // Without it (a page that is not at https) the form leads to the page of the newsletter.
  if (globalThis.crypto?.subtle) {
    event.preventDefault();
    send();
  }
});
script.after(form);
