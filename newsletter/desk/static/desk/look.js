/* Keeps the mail and the words about contrast in step with the form; nothing is saved by that. */
(() => {
  const DELAY_MS = 200;
  const form = document.getElementById("look-form");
  const contrasts = document.getElementById("look-contrasts");
  const themes = JSON.parse(document.getElementById("look-themes").textContent);
  const colours = [...form.querySelectorAll("input[type=color]")];
  let frame = document.getElementById("look-mail");
  let scheme = "light";
  let timer = 0;
  let asked = 0;

  const chosen = () => form.querySelector("input[name=template]:checked")?.value;
  const ownColour = (input, template) => themes[template]?.[input.dataset.scheme]?.[input.dataset.name];
  let template = chosen();

  function query() {
    const values = new URLSearchParams(new FormData(form));
    values.delete("csrfmiddlewaretoken");
    values.set("scheme", scheme);
    return values.toString();
  }

  /* The new mail is loaded out of sight and takes the old one's place, so that nothing flickers. */
  function showMail(number) {
    const next = frame.cloneNode();
    next.classList.add("look__next");
    next.addEventListener("load", () => {
      if (number !== asked) {
        next.remove();
        return;
      }
      const place = frame.contentWindow?.scrollY ?? 0;
      next.contentWindow?.scrollTo({ top: place, behavior: "instant" });
      next.classList.remove("look__next");
      frame.remove();
      frame = next;
    }, { once: true });
    next.src = `${frame.dataset.mail}?${query()}`;
    frame.after(next);
  }

  async function showContrasts(number) {
    const answer = await fetch(`${frame.dataset.contrast}?${query()}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) return;
    const words = await answer.text();
    if (number === asked) contrasts.innerHTML = words;
  }

  function follow() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      asked += 1;
      showMail(asked);
      /* Without a network the words stay as they are; the form says the same when it is saved. */
      showContrasts(asked).catch(() => {});
    }, DELAY_MS);
  }

  /* A colour that was as in the old template becomes as in the new one. */
  function changeTemplate() {
    const next = chosen();
    for (const input of colours) {
      const own = ownColour(input, next);
      if (own && input.value === ownColour(input, template)?.toLowerCase()) input.value = own.toLowerCase();
    }
    template = next;
  }

  for (const place of form.querySelectorAll("[data-logo-chooser]")) {
    const input = document.getElementById(place.dataset.logoChooser);
    new window.ImageChooser(place.dataset.logoChooser, JSON.parse(place.dataset.options));
    /* The chooser sets the value without telling anybody. */
    new MutationObserver(follow).observe(input, { attributes: true, attributeFilter: ["value"] });
  }
  form.addEventListener("input", (event) => {
    if (event.target.name === "template") changeTemplate();
    follow();
  });
  form.addEventListener("change", follow);
  document.getElementById("look-reset").addEventListener("click", () => {
    for (const input of colours) input.value = ownColour(input, template)?.toLowerCase() ?? input.value;
    follow();
  });
  for (const button of document.querySelectorAll(".look__switch button")) {
    button.addEventListener("click", () => {
      scheme = button.dataset.scheme;
      for (const each of button.parentElement.children) each.setAttribute("aria-pressed", String(each === button));
      follow();
    });
  }
})();
