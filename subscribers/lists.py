"""Make lists, find them, and take them out of use."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, NotFound
from newsletter.phrases import phrase
from subscribers.models import List
from subscribers.short_names import make_short_name


def create(name: str, slug: str = "") -> List:
    """Make a list, or raise `BadInput` when the name is unfillable or the slug is taken."""
    name = name.strip()
    if not name or len(name) > 200:
        raise BadInput(phrase("the name of a list has 1 to 200 characters"))
    slug = make_short_name(name, slug, example="weekly-digest")
    try:
        with transaction.atomic():
            return List.objects.create(name=name, slug=slug)
    except IntegrityError:
        raise BadInput(
            phrase("there is a list {slug} already", slug=repr(slug)),
            hint=phrase("Choose another short name with --slug."),
        ) from None


def slug_of(list_id: int) -> str:
    """Return the short name of a list; empty where there is none."""
    return List.objects.filter(pk=list_id).values_list("slug", flat=True).first() or ""


def by_slug(slug: str) -> List:
    """Return a list by its short name, or raise `NotFound` naming those there are."""
    found = List.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(_("there is no list {slug}").format(slug=repr(slug)), hint=describe_known())
    return found


def get_only_list() -> List:
    """Return the one list there is, or raise `BadInput` when it must be said which."""
    lists = list(List.objects.filter(archived_at=None)[:2])
    if len(lists) != 1:
        raise BadInput(_("say which list: --list SLUG"), hint=describe_known())
    return lists[0]


def archive(one: List) -> None:
    """Take a list out of use: no new people, no new sends; who is on it is kept."""
    List.objects.filter(pk=one.pk, archived_at=None).update(archived_at=timezone.now())
    one.refresh_from_db()


def restore(one: List) -> None:
    """Take an archived list into use again."""
    List.objects.filter(pk=one.pk).update(archived_at=None)
    one.refresh_from_db()


def must_take_people(one: List) -> None:
    """Raise `BadInput` for a list that takes nobody any more."""
    if List.objects.filter(pk=one.pk, archived_at__isnull=False).exists():
        raise BadInput(
            phrase("the list {slug} is archived and takes no new people", slug=repr(one.slug)),
            hint=phrase("To use it again: newsletter list restore {slug}", slug=one.slug),
        )


def describe_uses(one: List) -> list[str]:
    """Say in words what refers to a list, so that it cannot be deleted; nobody is named."""
    people, sends = one.subscriptions.count(), one.sends.count()
    on_it = "1 person is" if people == 1 else f"{people:,} people are"
    went = "1 send" if sends == 1 else f"{sends:,} sends"
    said = [f"{on_it} on it, or left it"] if people else []
    said += [f"{went} went to it, or will"] if sends else []
    return [*said, *(f"{owner} is sent to it" for owner in one.publications.all())]


def describe_known() -> str:
    """Return a hint that names the lists there are."""
    slugs = sorted(List.objects.values_list("slug", flat=True))
    if not slugs:
        return _("Create one: newsletter list create NAME")
    return _("Lists: {slugs}").format(slugs=", ".join(slugs))
