// Has the widget compute its proof when the form is submitted.  The worker comes from this site.
// Without a script, or where it fails, the form is submitted as it is; stricter limits hold then.

const form = document.querySelector("form.sign-up");
const widget = form?.querySelector("altcha-widget");

if (form && widget && globalThis.$altcha) {
  const status = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  const start = () => new Worker(form.dataset.worker);
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", start);

  const show = (text) => {
    status.textContent = text;
    button.disabled = Boolean(text);
  };

  widget.addEventListener("statechange", ({ detail }) => {
    if (detail.state === "verifying") {
      show(form.dataset.wait);
    } else if (detail.state === "error" || detail.state === "expired") {
      show("");
      // What the widget holds back goes on without it.
      if (detail.state === "error") {
        widget.remove();
      }
    } else if (detail.state === "verified") {
      show("");
      if ("goesOn" in form.dataset) {
        delete form.dataset.goesOn;
        // The hidden field is written after this event.
        setTimeout(() => form.requestSubmit());
      }
    }
  });
}
