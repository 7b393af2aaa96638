/* A picture that is dropped on the lead picture of a draft, or pasted there: a dialog asks what it
 * shows and whose it is, and puts it into the block.
 */

const words = JSON.parse(document.getElementById("desk-picture-words").textContent);
const CHOOSER = "[id$='-value-image-chooser']";

/** The chooser of the block that an event happened in; only a lead picture has a credit. */
function chooserAt(target) {
  const chooser = target.closest?.("[data-streamfield-child]")?.querySelector(CHOOSER);
  return chooser && field(chooser, "credit") ? chooser : null;
}

/** A field of the block that a chooser belongs to. */
function field(chooser, name) {
  return document.getElementById(chooser.id.replace(/image-chooser$/, name));
}

function set(input, value) {
  if (!input) return;
  if (input.type === "checkbox") input.checked = value;
  else input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function make(name, attributes, ...children) {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
}

/** What is wrong with a file before it is sent; nothing for one that may be sent. */
function fault(file) {
  if (!file.type.startsWith("image/") && !/\.(heic|heif|avif)$/i.test(file.name)) return words.no_picture;
  return file.size > words.most ? words.too_large : "";
}

/** The focal point, from 0 to 100 across and down, with what is left around it in three shapes. */
function focusFor(shown) {
  const frames = words.shapes.map(({ name, ratio }) => {
    const picture = make("img", { alt: "", src: shown.src });
    picture.style.aspectRatio = ratio;
    return make("figure", {}, picture, make("figcaption", { textContent: name }));
  });
  const sliders = [words.across, words.down].map((label) => {
    const slider = make("input", { type: "range", min: 0, max: 100, value: 50 });
    return [make("label", {}, `${label} `, slider), slider];
  });
  const place = () => {
    const [x, y] = sliders.map(([, slider]) => slider.value);
    frames.forEach((frame) => (frame.firstChild.style.objectPosition = `${x}% ${y}%`));
  };
  const pick = (event) => {
    const box = shown.getBoundingClientRect();
    sliders[0][1].value = (100 * (event.clientX - box.left)) / box.width;
    sliders[1][1].value = (100 * (event.clientY - box.top)) / box.height;
    place();
  };
  shown.addEventListener("click", pick);
  sliders.forEach(([, slider]) => slider.addEventListener("input", place));
  place();
  const part = make(
    "fieldset",
    { className: "desk-picture__focus" },
    make("legend", { textContent: words.focus }),
    ...sliders.map(([label]) => label),
    make("div", { className: "desk-picture__frames" }, ...frames),
  );
  return { part, values: () => sliders.map(([, slider]) => Number(slider.value) / 100) };
}

/** The fields of the focal point, in pixels of the picture as it is kept; none in the middle. */
function focusFields({ shown, focus }) {
  const [x, y] = focus.values();
  if (!shown.naturalWidth || (x === 0.5 && y === 0.5)) return {};
  const scale = Math.min(1, words.widest / shown.naturalWidth);
  return {
    focal_point_x: Math.round(x * shown.naturalWidth * scale),
    focal_point_y: Math.round(y * shown.naturalHeight * scale),
    focal_point_width: 1,
    focal_point_height: 1,
  };
}

function dialogFor(file) {
  const alt = make("input", { type: "text", id: "desk-picture-alt", maxLength: 255 });
  alt.setAttribute("aria-describedby", "desk-picture-help desk-picture-fault");
  const decorative = make("input", { type: "checkbox" });
  const credit = make("input", { type: "text", id: "desk-picture-credit", maxLength: 200 });
  const problem = make("p", { className: "desk-picture__fault", id: "desk-picture-fault" });
  problem.setAttribute("role", "alert");
  const shown = make("img", { alt: "", src: URL.createObjectURL(file) });
  /* Browsers show no HEIC; the picture is converted once it is sent. */
  const focus = focusFor(shown);
  shown.addEventListener("error", () => {
    shown.remove();
    focus.part.remove();
  });
  const use = make("button", { type: "submit", className: "button", textContent: words.use });
  const cancel = make("button", { type: "button", className: "button button-secondary", textContent: words.cancel });
  const form = make(
    "form",
    { method: "dialog", noValidate: true },
    make("h2", { id: "desk-picture-heading", textContent: words.heading }),
    shown,
    make("label", { htmlFor: alt.id, textContent: words.shows }),
    alt,
    make("p", { id: "desk-picture-help", className: "desk-picture__help", textContent: words.help }),
    make("label", { className: "desk-picture__choice" }, decorative, ` ${words.decorates}`),
    make("label", { htmlFor: credit.id, textContent: words.credit }),
    credit,
    focus.part,
    problem,
    make("p", { className: "desk-picture__ways" }, use, cancel),
  );
  const dialog = make("dialog", { className: "desk-picture" }, form);
  dialog.setAttribute("aria-labelledby", "desk-picture-heading");
  dialog.addEventListener("close", () => {
    URL.revokeObjectURL(shown.src);
    dialog.remove();
  });
  cancel.addEventListener("click", () => dialog.close());
  return { dialog, form, alt, decorative, credit, problem, use, shown, focus };
}

async function send(file, parts) {
  const { alt, decorative } = parts;
  const body = new FormData();
  body.append("file", file, file.name || "picture.png");
  body.append("title", "");
  body.append("description", alt.value);
  if (decorative.checked) body.append("decorative", "on");
  Object.entries(focusFields(parts)).forEach(([name, value]) => body.append(name, value));
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(words.address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  return answer.json();
}

function tell(chooser, said) {
  chooser.parentElement.querySelector(".desk-pasted")?.remove();
  if (!said) return;
  const note = make("p", { className: "desk-pasted", textContent: said });
  note.setAttribute("role", "status");
  chooser.after(note);
}

function put(chooser, { picture, said }, { alt, decorative, credit }) {
  chooser.widget.setState(picture);
  set(field(chooser, "alt"), decorative.checked ? "" : alt.value);
  set(field(chooser, "decorative"), decorative.checked);
  if (credit.value.trim()) set(field(chooser, "credit"), credit.value.trim());
  tell(chooser, said);
}

function ask(chooser, file) {
  const problem = fault(file);
  if (problem) return tell(chooser, problem);
  const parts = dialogFor(file);
  parts.credit.value = field(chooser, "credit").value;
  document.body.append(parts.dialog);
  parts.dialog.showModal();
  parts.alt.focus();
  parts.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    parts.use.disabled = true;
    parts.problem.textContent = "";
    parts.use.textContent = words.sending;
    try {
      const answer = await send(file, parts);
      if (answer.errors) parts.problem.textContent = Object.values(answer.errors).flat().join(" ");
      else {
        put(chooser, answer, parts);
        parts.dialog.close();
      }
    } catch {
      parts.problem.textContent = words.lost;
    }
    parts.use.disabled = false;
    parts.use.textContent = words.use;
  });
  return undefined;
}

function dragged(event) {
  const chooser = event.dataTransfer?.types.includes("Files") && chooserAt(event.target);
  if (!chooser) return;
  event.preventDefault();
  event.stopPropagation();
  const over = event.type === "dragenter" || event.type === "dragover";
  chooser.classList.toggle("desk-picture-over", over);
  const [file] = event.type === "drop" ? event.dataTransfer.files : [];
  if (file) ask(chooser, file);
}

function pasted(event) {
  const [file] = event.clipboardData?.files ?? [];
  const chooser = file && !event.target.closest("dialog") && chooserAt(event.target);
  if (!chooser) return;
  event.preventDefault();
  event.stopPropagation();
  ask(chooser, file);
}

/** Say at each lead picture that this can be done. */
function invite() {
  document.querySelectorAll(CHOOSER).forEach((chooser) => {
    if (!field(chooser, "credit") || chooser.nextElementSibling?.matches(".desk-picture__invite")) return;
    if (chooser.parentElement.querySelector(".desk-picture__invite")) return;
    chooser.after(make("p", { className: "desk-picture__invite", textContent: words.drop }));
  });
}

["dragenter", "dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, dragged, true));
document.addEventListener("paste", pasted, true);
const start = () => {
  invite();
  new MutationObserver(invite).observe(document.body, { childList: true, subtree: true });
  document.documentElement.dataset.pictureDropReady = "";
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
