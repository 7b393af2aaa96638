"""Make a parsed_issue the draft of an issue, or bring the draft up to date with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected, InvalidTransition
from newsletter.publishing import starting
from newsletter.publishing.content import pictures
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import PICTURES, SIZES
from newsletter.publishing.content.relative_links import SITE_URL, SOURCE
from newsletter.publishing.importing import identity, replacing
from newsletter.publishing.importing.bodies import Block, text_blocks
from newsletter.publishing.importing.image_files import find_stopped, gather_pictures
from newsletter.publishing.importing.parsed_issue import ParsedIssue, Picture
from newsletter.publishing.importing.reading import read_issue
from newsletter.publishing.importing.remote_pictures import ALL, picture_addresses, sizes_of
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.naming import slug_of
from newsletter.rendering.preflight.addresses import Web

Outcome = Literal["created", "updated", "unchanged"]

#: Where the metadata keep which file an issue came from that has neither title nor number.
FINGERPRINT = "_file"
#: What a file replaces if it says it; volume and number say which issue it is.
REPLACED = ("title", "date", "subject", "preheader", "language", "boilerplate", "pdf_url")


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of a file; `issue` is its draft, `unknown_keys` are kept in its metadata.

    `notes` are sentences on how the file was understood; what is to be fixed, the check of the
    draft says, see `file_lines`.
    """

    issue: Issue
    outcome: Outcome
    unknown_keys: tuple[str, ...]
    notes: tuple[str, ...]
    parsed_issue: ParsedIssue


def import_issue(
    path: Path,
    publication: Publication,
    update: Issue | None = None,
    *,
    web: Web | None = None,
    site_root: Path | None = None,
    site_url: str = "",
) -> Imported:
    """Make a draft from a file, or update that of the same issue; say which, and what to know.

    `update` is the issue that the file replaces, whatever its number and title are; without it,
    another issue is never overwritten.  With a `web`, pictures there are asked for their sizes;
    `site_root` is the folder in which `/img/quay.jpg` lies, `site_url` the address of the site
    that links such as `/about/` lead to.
    Raises `ImportRejected` with the file, the line and the fix; then nothing is saved.
    """
    parsed_issue = read_issue(path)
    files = gather_pictures(parsed_issue, path, site_root)
    parsed_issue = measured(parsed_issue, files, web)
    source = "/".join(path.resolve().parts[-2:])
    try:
        return save(
            parsed_issue, publication, files, source=source, site_url=site_url, update=update
        )
    except ValidationError as error:
        raise ImportRejected("; ".join(error.messages), path=str(path)) from None


def measured(
    parsed_issue: ParsedIssue, files: Mapping[str, bytes], web: Web | None, *, seconds: float = ALL
) -> ParsedIssue:
    """Return an issue with the sizes of its pictures on the web, and notes on what is not so."""
    addresses = picture_addresses(parsed_issue)
    known, unknown = sizes_of(addresses, web, seconds=seconds) if web else ({}, ())
    notes = (*parsed_issue.notes, *find_stopped(files, pictures.WIDEST), *unknown)
    return replace(parsed_issue, sizes=known, notes=notes)


@transaction.atomic
def save(
    parsed_issue: ParsedIssue,
    publication: Publication,
    files: Mapping[str, bytes],
    *,
    source: str,
    site_url: str = "",
    update: Issue | None = None,
    fresh: bool = False,
    user: Any = None,
) -> Imported:
    """Make a draft, or update that of the same issue; `files` are the pictures it names.

    With `fresh` it is a new issue, whatever is here already; `user` is who did it at the desk.
    """
    # One import at a time: the next one must see the numbers that this one takes.
    Publication.objects.select_for_update().get(pk=publication.pk)
    found = (
        # The row as it is now: what the caller has may be older.
        publication.issues.get(pk=update.pk)
        if update
        else (None if fresh else find_existing(parsed_issue, publication, source))
    )
    if fresh:
        parsed_issue = with_free_number(parsed_issue, publication)
    draft = draft_of(found) if found else begin_issue(parsed_issue, publication)
    before, site_before = comparable_fields(draft), draft.metadata.get(SITE_URL, "")
    followed = replacing.follow_file(draft, parsed_issue) if update else []
    fill(draft, parsed_issue, files)
    kept = replacing.describe_kept(draft, parsed_issue) if update else ()
    parsed_issue = replace(parsed_issue, notes=(*parsed_issue.notes, *followed, *kept))
    draft.metadata[SOURCE] = source
    if address := site_url or site_before:
        draft.metadata[SITE_URL] = address
    if found and comparable_fields(draft) == before:
        return build_result(draft, "unchanged", parsed_issue)
    if found:
        store(draft, user)
        return build_result(draft, "updated", parsed_issue)
    starting.store_issue(draft, user)
    return build_result(draft, "created", parsed_issue)


def with_free_number(parsed_issue: ParsedIssue, publication: Publication) -> ParsedIssue:
    """Return an issue without its number where another has that, with a sentence on it."""
    if parsed_issue.number is None:
        return parsed_issue
    volume = volume_of(parsed_issue, publication)
    taken = publication.issues.filter(volume=volume, number=parsed_issue.number).first()
    if not taken:
        return parsed_issue
    note = _("The number {number} belongs to “{title}”: this is a new issue with the next one.")
    told = note.format(number=taken.ref, title=taken.draft_title or taken.title)
    return replace(parsed_issue, volume=None, number=None, notes=(*parsed_issue.notes, told))


def find_existing(parsed_issue: ParsedIssue, publication: Publication, source: str) -> Issue | None:
    """Return the issue that a file is about, if it is here; `identity` says how it is known.

    Raises `ImportRejected` where its number belongs to another issue.
    """
    issues = publication.issues.order_by("-pk")
    if parsed_issue.number is not None:
        volume = volume_of(parsed_issue, publication)
        taken = issues.filter(volume=volume, number=parsed_issue.number).first()
        if taken and not identity.is_same(parsed_issue, source, draft_of(taken)):
            raise identity.taken_by(draft_of(taken), source)
        return taken
    if parsed_issue.volume is not None:
        issues = issues.filter(volume=parsed_issue.volume)
    if title := parsed_issue.title:
        titled = issues.filter(Q(slug=slug_of(title)) | Q(draft_title=title))
        return identity.only_one(parsed_issue, source, [draft_of(each) for each in titled])
    return issues.filter(**{f"metadata__{FINGERPRINT}": parsed_issue.fingerprint}).first()


def volume_of(parsed_issue: ParsedIssue, publication: Publication) -> int:
    """Return the volume; where the file does not say it, the newest of the publication."""
    if parsed_issue.volume is not None:
        return parsed_issue.volume
    newest: int | None = publication.issues.aggregate(newest=Max("volume"))["newest"]
    return newest or 0


def begin_issue(parsed_issue: ParsedIssue, publication: Publication) -> Issue:
    """Return a new issue, not stored yet, with a number and a title."""
    issue = Issue(live=False)
    issue.begin(publication)
    if parsed_issue.number is not None:
        issue.volume, issue.number = volume_of(parsed_issue, publication), parsed_issue.number
    elif parsed_issue.volume is not None:
        issue.volume = parsed_issue.volume
        taken = publication.issues.filter(volume=issue.volume).aggregate(last=Max("number"))
        issue.number = (taken["last"] or 0) + 1
    issue.title = issue.numbered_title
    issue.slug = slug_of(parsed_issue.title or issue.title)
    return issue


def store(draft: Issue, user: Any = None) -> None:
    """Store the draft of an issue that is here as a new revision.

    Raises `InvalidTransition` if somebody has locked it.
    """
    if draft.locked:
        raise InvalidTransition(
            _("{title} is locked").format(title=draft.title),
            hint=_("Unlock it in the desk, then try again."),
        )
    if not draft.live:
        # As the desk does: the row of an issue that is not on the web is its draft.
        draft.save()
    draft.save_revision(user=user, log_action=True)


def build_result(draft: Issue, outcome: Outcome, parsed_issue: ParsedIssue) -> Imported:
    """Return what became of a file."""
    return Imported(
        issue=draft,
        outcome=outcome,
        unknown_keys=tuple(parsed_issue.metadata),
        notes=(*parsed_issue.notes, *list_remarks(draft, outcome, parsed_issue)),
        parsed_issue=parsed_issue,
    )


def list_remarks(draft: Issue, outcome: Outcome, parsed_issue: ParsedIssue) -> Iterator[str]:
    """Say what a person should know of a draft that was imported."""
    if outcome == "created" and parsed_issue.number is None and draft.number:
        yield _("The file gives no number: it is {number}, the next one.").format(number=draft.ref)
    elif parsed_issue.number is not None and parsed_issue.volume is None and draft.volume:
        yield _("The file gives no volume: it is {volume}, that of the newest issue.").format(
            volume=draft.volume
        )
    wanted = slug_of(parsed_issue.title or draft.numbered_title)
    if outcome == "created" and wanted and draft.slug != wanted:
        yield _("The web address {wanted} is taken: the issue has {address}.").format(
            wanted=wanted, address=draft.slug
        )
    if outcome == "updated":
        yield _("What the draft said before is in its history.")
    if outcome == "updated" and draft.sends.exclude(state="cancelled").exists():
        yield _("It is queued or sent already: that edition stays as it was.")
    lead = lead_of(draft)
    if lead and not (lead["image"] or lead["address"]):
        yield _("There is a credit but no picture: choose it in the desk.")


def fill(draft: Issue, parsed_issue: ParsedIssue, files: Mapping[str, bytes]) -> None:
    """Put a parsed_issue into a draft; what it does not say stays as it was."""
    for name in REPLACED:
        setattr(draft, name, getattr(parsed_issue, name) or getattr(draft, name))
    known = draft.metadata.get(SIZES, {}) | dict(parsed_issue.sizes)
    draft.metadata = dict(parsed_issue.metadata)
    if known:
        draft.metadata[SIZES] = known
    if not parsed_issue.title and parsed_issue.number is None:
        draft.metadata[FINGERPRINT] = parsed_issue.fingerprint
    if parsed_issue.pictures:
        draft.metadata[PICTURES] = {
            named.address: store_picture(named, files, "").pk for named in parsed_issue.pictures
        }
    draft.body = [*lead_block(draft, parsed_issue, files), *text_blocks(parsed_issue)]


def lead_of(draft: Issue) -> Any:
    """Return the value of the lead picture of a draft, or None."""
    return next((each.value for each in draft.body if each.block_type == "lead_image"), None)


def lead_block(draft: Issue, parsed_issue: ParsedIssue, files: Mapping[str, bytes]) -> list[Block]:
    """Return the lead picture.

    A file without a picture of its own, such as a page's text, does not take away the one
    that an editor chose.
    """
    empty: dict[str, Any] = dict.fromkeys(("address", "alt", "credit", "shape"), "")
    empty |= {"image": None, "decorative": False}
    chosen = dict(lead_of(draft) or empty)
    if named := parsed_issue.image:
        chosen["image"] = store_picture(named, files, parsed_issue.alt) if named.file else None
        chosen["address"] = "" if named.file else named.address
    chosen["alt"] = parsed_issue.alt or chosen["alt"]
    if parsed_issue.decorative:
        chosen["alt"] = ""
    chosen["decorative"] = parsed_issue.decorative or (
        bool(chosen["decorative"]) and not parsed_issue.alt
    )
    chosen["credit"] = parsed_issue.credit or chosen["credit"]
    return [("lead_image", chosen)] if any(chosen.values()) else []


def store_picture(named: Picture, files: Mapping[str, bytes], description: str) -> Any:
    """Return the stored picture of a file."""
    name = PurePath(named.file).name
    return pictures.store_picture(files[named.file], name=name, description=description)


def comparable_fields(issue: Issue) -> dict[str, Any]:
    """Return everything of an issue that an import may change, for comparing."""
    names = (*REPLACED, "volume", "number", "slug")
    values = {name: getattr(issue, name) for name in names}
    metadata = {key: value for key, value in issue.metadata.items() if key != SOURCE}
    return values | {"metadata": metadata, "body": normalise_blocks(issue.body.get_prep_value())}


def normalise_blocks(value: Any) -> Any:
    """Return stored blocks without what is made again at every save, in one spelling."""
    if isinstance(value, dict):
        return {key: normalise_blocks(each) for key, each in value.items() if key != "id"}
    if isinstance(value, list):
        return [normalise_blocks(each) for each in value]
    return value
