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
    const words = answer?.ok && !answer.redirected ? await answer.text() : place.dataset.failed;
    if (mine === asked) place.textContent = words;
  }

  choice.addEventListener("change", ask);
  if (choice.value) ask();
})();
