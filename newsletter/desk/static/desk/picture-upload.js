/* The form that uploads a picture in the dialog of the chooser: the browser asks for its file and for
 * what it shows before anything is sent, since it cannot put a file back into a form.
 */

document.addEventListener(
  "click",
  (event) => {
    const form = event.target.closest?.("[type=submit]")?.form;
    const shows = form?.elements.namedItem("image-chooser-upload-description");
    if (!shows || !form.matches("[data-chooser-modal-creation-form]")) return;
    shows.required = !form.elements.namedItem("image-chooser-upload-decorative")?.checked;
    /* Before Wagtail looks whether the form will be sent, and shows that it is. */
    form.noValidate = false;
  },
  true,
);
