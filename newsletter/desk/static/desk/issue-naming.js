/* Title and web address follow the number of an issue, until a person writes another. */
(() => {
  const field = (name) => document.getElementById(`id_${name}`);
  const count = (input) => Number.parseInt(input.value, 10) || 0;

  const titleOf = (publication) => {
    const [volume, number] = [count(field("volume")), count(field("number"))];
    if (!number) return publication;
    return `${publication} Vol ${volume ? `${volume}.` : ""}${number}`;
  };

  /* As slug_of in newsletter/publishing/naming.py. */
  const slugOf = (title) =>
    title
      .replaceAll(".", "-")
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\s-]/gu, "")
      .trim()
      .replace(/[-\s]+/g, "-")
      .replace(/^[-_]+|[-_]+$/g, "")
      .slice(0, 200);

  const isSlugOf = (slug, title) => {
    const wanted = slugOf(title);
    return slug === wanted || (slug.startsWith(`${wanted}-`) && /^\d+$/.test(slug.slice(wanted.length + 1)));
  };

  const put = (input, value) => {
    if (input.value === value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  function follow() {
    const title = field("title");
    const slug = field("slug");
    const publication = title?.dataset.publication;
    if (!publication || !slug || !field("number") || !field("volume")) return;
    const keepsAddress = title.dataset.keepsAddress === "true";
    let titleFollows = title.value === titleOf(publication);
    let slugFollows = !keepsAddress && isSlugOf(slug.value, title.value);

    const nameAddress = () => {
      if (slugFollows && title.value.trim()) put(slug, slugOf(title.value));
    };
    for (const input of [field("volume"), field("number")]) {
      input.addEventListener("input", () => {
        if (!titleFollows || !input.value) return;
        put(title, titleOf(publication));
        nameAddress();
      });
    }
    title.addEventListener("input", ({ isTrusted }) => {
      if (!isTrusted) return;
      titleFollows = title.value === titleOf(publication);
      nameAddress();
    });
    slug.addEventListener("input", ({ isTrusted }) => {
      if (isTrusted) slugFollows = !keepsAddress && slug.value === slugOf(title.value);
    });
    title.dataset.followed = "";
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", follow);
  else follow();
})();
