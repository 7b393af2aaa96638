// Says when mail has come in since the page was made, and asks before the mailbox is emptied.
"use strict";

const news = document.getElementById("news");
const before = Number(document.body.dataset.mails);

async function look() {
  try {
    const { mails } = await (await fetch("/_ctl/overview")).json();
    if (mails !== before) {
      const more = mails - before;
      const text = more > 0 ? `${more.toLocaleString("en")} new` : "The mailbox has changed";
      news.firstElementChild.textContent = `${text} – show`;
      news.hidden = false;
    }
  } catch {
    // The emulator has stopped: nothing new will come.
  }
}

if (news) {
  setInterval(() => document.hidden || look(), 2000);
}

for (const button of document.querySelectorAll("button[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}
