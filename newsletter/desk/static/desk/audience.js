/* Says whom the issue would go to when another segment is chosen. */
(() => {
  const choice = document.querySelector("[data-audience-from]");
  const place = document.getElementById("audience");
  if (!choice || !place) return;
  let asked = 0;

  async function ask() {
    const mine = (asked += 1);
    const url = `${choice.dataset.audienceFrom}?segment=${encodeURIComponent(choice.value)}`;
    const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    const part = answer?.ok && !answer.redirected ? await answer.text() : "";
    if (mine !== asked) return;
    if (part) place.innerHTML = part;
    else place.textContent = place.dataset.failed;
  }

  choice.addEventListener("change", ask);
  if (choice.value) ask();
})();
