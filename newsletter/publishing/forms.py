"""The form behind the composer."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from wagtail.admin.forms import WagtailAdminPageForm

from newsletter.publishing.naming import is_slug_of, slug_of, title_of
from newsletter.publishing.page_hooks import page_hooks
from newsletter.publishing.site_paths import free_address, taken_problem
from newsletter.rendering.preflight.addresses import Web

#: The fields that make the number of an issue.
NUMBER = ("volume", "number")


class IssueForm(WagtailAdminPageForm):
    """Begins a new issue as the next of the publication whose archive it stands in."""

    #: Where pictures are asked for their size.
    web: ClassVar[Web] = Web()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        issue, archive = kwargs.get("instance"), kwargs.get("parent_page")
        if issue is not None and issue.publication_id is None and archive is not None:
            issue.begin(archive.publication)
        super().__init__(*args, **kwargs)
        self.tell_names()
        self.allow_unfinished()
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def allow_unfinished(self) -> None:
        """Leave it to the check what an issue lacks, also when it is put on the web."""
        if "body" in self.fields:
            self.fields["body"].is_deferred_validation = True

    def restore_required_fields(self) -> None:
        """Demand the fields again, but not what may be unfinished."""
        super().restore_required_fields()
        self.allow_unfinished()

    def tell_names(self) -> None:
        """Give the page what it needs to let title and address follow (desk/issue-naming.js)."""
        if "title" in self.fields and self.instance.publication_id:
            self.fields["title"].widget.attrs |= {
                "data-publication": self.instance.publication.name,
                "data-keeps-address": "true" if self.instance.live else "false",
            }

    def clean(self) -> dict[str, Any]:
        """Let title and address follow the number, where nobody gave them words of their own.

        The page does the same while one types; this is for whoever has no scripts.
        """
        self.follow_number()
        self.straighten_lines()
        self.fill_address()
        self.refuse_taken_address()
        cleaned: dict[str, Any] = super().clean()
        return cleaned

    def follow_number(self) -> None:
        """Replace the title that followed from the old number, and the address from the title."""
        old = [self.initial.get(name) or 0 for name in NUMBER]
        new = [self.cleaned_data.get(name) or 0 for name in NUMBER]
        name, title = self.instance.publication.name, self.initial.get("title", "")
        untouched = self.cleaned_data.get("title") == title == title_of(name, *old)
        if old == new or not untouched:
            return
        self.cleaned_data["title"] = title_of(name, *new)
        slug = self.cleaned_data.get("slug", "")
        if slug == self.initial.get("slug") and is_slug_of(slug, title) and not self.instance.live:
            self.cleaned_data["slug"] = slug_of(self.cleaned_data["title"])

    def straighten_lines(self) -> None:
        """Make one line of a subject and a preheader: mail has no second one for them."""
        for name in ("title", "subject", "preheader"):
            if text := self.cleaned_data.get(name):
                self.cleaned_data[name] = " ".join(text.split())

    def fill_address(self) -> None:
        """Give an issue an address whose title makes none: one of emoji, or none at all."""
        if "slug" in self.cleaned_data and not self.cleaned_data["slug"]:
            taken = self.parent_page.get_children().exclude(pk=self.instance.pk)
            slug = slug_of(self.cleaned_data.get("title", "")) or self.slug_of_number()
            slugs = set(taken.values_list("slug", flat=True))
            self.cleaned_data["slug"] = free_address(slug, slugs)

    def refuse_taken_address(self) -> None:
        """Say whose an address is that another page of the archive has."""
        slug = self.cleaned_data.get("slug", "")
        if problem := taken_problem(slug, self.parent_page, self.instance):
            self.add_error("slug", problem)

    def slug_of_number(self) -> str:
        """Return the address that follows from its number, or one for an issue without number."""
        number = [self.cleaned_data.get(name) or 0 for name in NUMBER]
        return slug_of(title_of(self.instance.publication.name, *number)) or "issue"

    def save(self, commit: bool = True) -> Any:
        """Store the draft, with the sizes of its pictures on the web."""
        page_hooks().measure_pictures(self.instance, self.web, time.time())
        return super().save(commit=commit)
