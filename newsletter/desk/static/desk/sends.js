/* Keeps the page of a send up to date, and counts down to the time it leaves. */
(() => {
  "use strict";

  const live = document.getElementById("send-live");
  if (!live) return;
  let leaves = null;
  let next = 0;
  let pressing = false;

  const begin = () => {
    const timer = live.querySelector("[data-seconds]");
    leaves = timer ? performance.now() + Number(timer.dataset.seconds) * 1000 : null;
  };

  const tell = () => {
    const timer = live.querySelector("[data-seconds]");
    if (timer && leaves !== null) {
      timer.textContent = `${Math.max(0, Math.ceil((leaves - performance.now()) / 1000))} s`;
    }
  };

  /* What has the keyboard keeps it, and what is unfolded stays so, when all of it is replaced. */
  const replace = (html) => {
    const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
    const unfolded = [...live.querySelectorAll("details[open]")].map((each) => each.id);
    live.innerHTML = html;
    unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    if (focused) document.getElementById(focused)?.focus();
    begin();
    tell();
  };

  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(live.dataset.url, { headers: { "X-Requested-With": "XMLHttpRequest" } });
        const html = await answer.text();
        if (answer.ok && !answer.redirected && !pressing) replace(html);
      } catch {
        /* The next look comes in any case. */
      }
    }
    again();
  };

  const again = () => {
    window.clearTimeout(next);
    next = window.setTimeout(look, Number(live.querySelector("[data-again]")?.dataset.again || 15000));
  };

  /* A button must not be replaced between pressing it and letting it go. */
  live.addEventListener("pointerdown", () => { pressing = true; });
  window.addEventListener("pointerup", () => { pressing = false; });
  window.addEventListener("pointercancel", () => { pressing = false; });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  begin();
  tell();
  window.setInterval(tell, 250);
  again();
})();
