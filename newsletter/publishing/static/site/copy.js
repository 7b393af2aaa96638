// The sign beside a headline leads to it; with this script it also copies the address.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.anchor");
  const text = link?.closest("[data-copied]");
  if (!text || !navigator.clipboard) return;
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    return; // The link works as any other.
  }
  let note = text.querySelector(".copied");
  if (!note) {
    note = document.createElement("p");
    note.className = "copied";
    note.setAttribute("role", "status");
    text.append(note);
  }
  note.textContent = text.dataset.copied;
  clearTimeout(note.timer);
  note.timer = setTimeout(() => { note.textContent = ""; }, 3000);
});
