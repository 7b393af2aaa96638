/* What scripts of the composer share: asking the desk, and knowing that the answer is an answer. */

/** The desk asks to log in instead of answering. */
export class LoggedOut extends Error {}

/** Asks the desk for JSON; a login page in its place raises `LoggedOut`. */
export async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });
  if (answer.redirected || answer.status === 401 || answer.status === 403) {
    document.dispatchEvent(new CustomEvent("desk:logged-out"));
    throw new LoggedOut();
  }
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

export const editForm = () => document.querySelector("form[data-edit-form]");

/* Nobody types these: they say what was saved. */
const UNWRITTEN = new Set(["csrfmiddlewaretoken", "loaded_revision_id", "loaded_revision_created_at", "next", "desk-base", "desk-choices"]);

/** What stands in the form, as it is sent; what it began from is only for saving. */
export function fieldsOf(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("desk-"));
  return new URLSearchParams(fields);
}

/** Has Wagtail save the form once more. */
export function saveAgain() {
  const form = editForm();
  form?.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
}

/** The same without what nobody types, to compare. */
export function writtenIn(form) {
  const fields = fieldsOf(form);
  for (const name of UNWRITTEN) fields.delete(name);
  return fields.toString();
}

/** The number of the issue that the form edits; nothing while it is new. */
export const issueOf = (form) => form.action.match(/\/pages\/(\d+)\/edit\//)?.[1];

/** The number of the archive in which a new issue begins. */
export const archiveOf = (form) => form.action.match(/\/publishing\/issue\/(\d+)\//)?.[1];
