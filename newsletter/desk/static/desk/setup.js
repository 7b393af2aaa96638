/* Shows the dates of the rhythm as soon as it changes. Without scripts a button does that. */
(() => {
  const dates = document.getElementById("setup-dates");
  const form = dates?.closest("form");
  if (!form) return;
  const section = dates.closest("section");
  const button = form.elements.show_dates;
  let asking = null;

  /* The dates, and what is wrong beside each field of the rhythm. */
  function take(page) {
    const theirs = page.getElementById("setup-dates");
    if (!theirs) return;
    dates.replaceChildren(...theirs.childNodes);
    const places = theirs.closest("section").querySelectorAll("[data-field-errors]");
    section.querySelectorAll("[data-field-errors]").forEach((place, number) => {
      place.replaceChildren(...(places[number]?.childNodes ?? []));
    });
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const data = new FormData(form);
    for (const name of ["password", "password_again"]) data.delete(name);
    data.set("show_dates", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, signal: asking.signal });
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      /* The next change asks again; when it is set up, the server checks all of it. */
      if (error.name !== "AbortError") button.hidden = false;
    }
  }

  button.hidden = true;
  section.addEventListener("change", ask);
})();
