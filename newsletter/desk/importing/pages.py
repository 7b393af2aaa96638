"""The pages on which a text is chosen or pasted, looked at, and made a draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.importing import stash
from newsletter.desk.importing.rows import rows_of, summary_of
from newsletter.errors import BadInput, ImportRejected, NewsletterError, NotFound
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.uploads import SUFFIXES
from newsletter.publishing.importing.chosen_files import Chosen, Wishes, bring_in, read_chosen
from newsletter.publishing.importing.image_files import LARGEST
from newsletter.publishing.importing.office_files import MAX_FILE_BYTES
from newsletter.publishing.importing.parsed_issue import MAX_CHARACTERS, ParsedIssue
from newsletter.publishing.importing.saving import find_existing
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering.pipeline.mail_pictures import mail_picture
from newsletter.rendering.preflight.addresses import Web

#: Drafts that a text may replace: the ones edited last.
MAX_DRAFTS: Final = 50
#: Pictures that may be chosen with a text.
MAX_PICTURES: Final = 50
#: Pixels in width of a picture in the preview.
THUMBNAIL_PIXELS: Final = 320
#: Characters that may be pasted; far more than any issue.
MAX_PASTED: Final = 500_000


class PicturesOnTheWeb:
    """Where pictures of a text are asked for their sizes."""

    web: ClassVar[Web] = Web()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("bring-in/", choose_page, name="desk_bring_in"),
        path("bring-in/<str:token>/", preview_page, name="desk_bring_in_preview"),
        path(
            "bring-in/<str:token>/pictures/<int:number>/",
            picture_page,
            name="desk_bring_in_picture",
        ),
    ]


def publications_of(user: Any) -> list[Publication]:
    """Return the publications of which a person may begin an issue."""
    return [
        each
        for each in Publication.objects.order_by("name")
        if each.archive.permissions_for_user(user).can_add_subpage()
    ]


def choose_page(request: HttpRequest) -> HttpResponse:
    """Ask for a file or a text; on POST read it, and lead to its preview."""
    publications = publications_of(request.user)
    if not publications:
        raise PermissionDenied
    error = ""
    if request.method == "POST":
        try:
            chosen = chosen_of(request)
            read_chosen(chosen)
            token = stash.keep_text(chosen, request.user)
            wanted = request.POST.get("publication", "")
            address = reverse("desk_bring_in_preview", args=[token])
            return redirect(f"{address}?publication={wanted}" if wanted.isdigit() else address)
        except BadInput as found:
            error = explain_error(found)
    shown = {
        "error": error,
        "publications": publications,
        "wanted": request.POST.get("publication") or request.GET.get("publication", ""),
        "text": request.POST.get("text", ""),
        "most_mb": MAX_FILE_BYTES // 1_000_000,
        "most_bytes": MAX_FILE_BYTES,
        "most_pasted": MAX_PASTED,
    }
    return render(request, "desk/bring_in.html", shown, status=422 if error else 200)


def explain_error(error: NewsletterError) -> str:
    """Return an error as sentences: in which file, on which line, what is wrong, what to do."""
    if not isinstance(error, ImportRejected):
        return capfirst(error.sentences)
    problem = list_sentences(error.problem, error.hint)
    if error.line:
        place = _("{file}, line {line}").format(file=error.path, line=error.line)
        return f"{place}: {problem}"
    return f"{error.path}: {problem}" if error.path else problem


def list_sentences(problem: str, hint: str) -> str:
    """Return what is wrong and what to do as sentences."""
    return capfirst(NewsletterError(problem, hint=hint).sentences)


def chosen_of(request: HttpRequest) -> Chosen:
    """Return what was chosen or pasted, or raise `BadInput`."""
    uploads: list[Any] = [each for each in request.FILES.getlist("files") if each.name]
    if not uploads:
        return read_pasted(request)
    texts = [each for each in uploads if not is_picture(each.name)]
    if len(texts) != 1:
        raise BadInput(
            _("there is no text among the files")
            if not texts
            else _("there is more than one text"),
            hint=_("Choose one text, and the pictures that lie beside it."),
        )
    beside = [each for each in uploads if each is not texts[0]]
    if len(beside) > MAX_PICTURES:
        raise BadInput(
            _("there are more than {number} pictures").format(number=MAX_PICTURES),
            hint=_("Choose the text alone, and upload its pictures afterwards."),
        )
    name = PurePath(texts[0].name).name
    return Chosen(
        name=name,
        source=name,
        data=content_of(texts[0], MAX_FILE_BYTES),
        beside={PurePath(each.name).name: content_of(each, LARGEST) for each in beside},
    )


def is_picture(name: str) -> bool:
    """Say whether a file is called as pictures are."""
    return PurePath(name).suffix.lower() in SUFFIXES


def content_of(upload: Any, most: int) -> bytes:
    """Return the bytes of an upload, or raise `ImportRejected` before any of it is read."""
    if upload.size > most:
        raise ImportRejected(
            _("it is larger than {size} MB").format(size=most // 1_000_000),
            path=PurePath(upload.name).name,
            hint=_("Make it smaller: an issue needs far less."),
        )
    data: bytes = upload.read()
    return data


def read_pasted(request: HttpRequest) -> Chosen:
    """Return what was pasted: with its formatting, or as plain text or Markdown."""
    name = _("pasted text")
    if formatted := request.FILES.get("pasted"):
        return Chosen(name=f"{name}.html", data=content_of(formatted, MAX_FILE_BYTES))
    text = request.POST.get("text", "")
    if not text.strip():
        raise BadInput(
            _("there is nothing to bring in yet"), hint=_("Choose a file, or paste a text.")
        )
    return Chosen(name=f"{name}.md", data=text.encode())


def found_text(request: HttpRequest, token: str) -> Chosen:
    """Return the text that waits, or raise `Http404`."""
    try:
        return stash.find_text(token, request.user)
    except NotFound:
        raise Http404 from None


def preview_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what of a text becomes what; on POST make it a draft."""
    publications = publications_of(request.user)
    if not publications:
        raise PermissionDenied
    try:
        chosen = stash.find_text(token, request.user)
    except NotFound:
        messages.error(request, _("This text is not kept any more. Choose it once more."))
        return redirect("desk_bring_in")
    publication = wanted_publication(request, publications)
    if request.method == "POST":
        try:
            return make_draft(request, token, chosen, publication)
        except NewsletterError as error:
            messages.error(request, explain_error(error))
    shown = preview_of(request, chosen, publication)
    return render(
        request,
        "desk/bring_in_preview.html",
        {**shown, "token": token, "publications": publications},
    )


def wanted_publication(request: HttpRequest, publications: list[Publication]) -> Publication:
    """Return the publication that was chosen, else the first."""
    wanted = request.POST.get("publication") or request.GET.get("publication", "")
    return next((each for each in publications if str(each.pk) == wanted), publications[0])


def preview_of(request: HttpRequest, chosen: Chosen, publication: Publication) -> dict[str, Any]:
    """Return what the preview shows of a text."""
    parsed_issue, files = read_chosen(chosen)
    same, doubt = existing_of(parsed_issue, publication, chosen.source)
    return {
        "name": chosen.name,
        "publication": publication,
        "rows": rows_of(parsed_issue, list(files)),
        "summary": summary_of(parsed_issue),
        "notes": parsed_issue.notes,
        "same": same,
        "doubt": doubt,
        "drafts": list(drafts_of(request, publication)),
        "target": request.POST.get("target") or (str(same.pk) if same else "new"),
        "asks_for_alt": parsed_issue.image is not None,
        "alt": request.POST.get("alt", parsed_issue.alt),
        "decorative": bool(request.POST.get("decorative")),
        "site_url": request.POST.get("site_url", ""),
        "most_alt": MAX_CHARACTERS["alt"],
    }


def existing_of(
    parsed_issue: ParsedIssue, publication: Publication, source: str
) -> tuple[Issue | None, str]:
    """Return the issue that a text is about, or a sentence on why that is not certain."""
    try:
        found = find_existing(parsed_issue, publication, source)
    except ImportRejected as error:
        return None, list_sentences(error.problem, "")
    return (draft_of(found) if found else None), ""


def drafts_of(request: HttpRequest, publication: Publication) -> Iterator[Issue]:
    """Yield the drafts of a publication that the person may edit, the last edited first."""
    newest = publication.issues.order_by("-latest_revision_created_at", "-pk")[:MAX_DRAFTS]
    for issue in newest:
        if issue.permissions_for_user(request.user).can_edit():
            yield draft_of(issue)


def make_draft(
    request: HttpRequest, token: str, chosen: Chosen, publication: Publication
) -> HttpResponse:
    """Make the draft that was asked for, and lead to it."""
    target = request.POST.get("target", "new")
    update = next(
        (each for each in drafts_of(request, publication) if str(each.pk) == target), None
    )
    if update is None and target != "new":
        raise BadInput(
            _("this draft cannot be replaced"), hint=_("Choose another one, or a new draft.")
        )
    wishes = Wishes(
        update=update,
        alt=request.POST.get("alt", "").strip()[: MAX_CHARACTERS["alt"]],
        decorative="decorative" in request.POST,
        site_url=site_of(request.POST.get("site_url", "")),
        user=request.user,
    )
    known = read_chosen(chosen)[0].notes
    imported = bring_in(chosen, publication, wishes, web=PicturesOnTheWeb.web)
    stash.forget_text(token, request.user)
    told_of = [note for note in imported.notes if note not in known]
    words = {
        "created": _("{title} is a new draft. Nothing is sent, and nothing is on the web."),
        "updated": _("{title} has the new text."),
        "unchanged": _("{title} says all of this already: nothing was changed."),
    }[imported.outcome].format(title=imported.issue.title)
    messages.success(request, " ".join([words, *told_of]))
    return redirect("wagtailadmin_pages:edit", imported.issue.pk)


def site_of(given: str) -> str:
    """Return the address that links without a site lead to, or raise `BadInput`."""
    address = given.strip()
    if address and not address.lower().startswith(("https://", "http://")):
        raise BadInput(
            _("{address} is not the address of a site").format(address=address),
            hint=_("Give the whole address, such as https://www.example.org/news/"),
        )
    return address


def picture_page(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Return a picture of a text that waits, small."""
    _parsed, files = read_chosen(found_text(request, token))
    if number >= len(files):
        raise Http404
    try:
        data, form = mail_picture(list(files.values())[number], THUMBNAIL_PIXELS)
    except BadInput:
        raise Http404 from None
    return HttpResponse(data, content_type=f"image/{form}", headers={"Cache-Control": "private"})
