"""The segments that are kept under a name: make, change, find, delete and count them."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, InvalidTransition, NotFound
from subscribers.models import Segment
from subscribers.segments.counting import count_exactly
from subscribers.segments.parsing import parse_filter
from subscribers.segments.writing import write_filter
from subscribers.short_names import make_short_name


def create_segment(name: str, source: str, slug: str = "") -> Segment:
    """Keep a filter under a name, or raise `BadInput`."""
    name = check_name(name)
    slug = make_short_name(name, slug, example="new-readers")
    written = normalise_filter(source)
    try:
        with transaction.atomic():
            return Segment.objects.create(name=name, slug=slug, filter=written)
    except IntegrityError:
        raise BadInput(
            _("there is a segment {slug} already").format(slug=repr(slug)),
            hint=_("Choose another short name with --slug."),
        ) from None


def change_segment(segment: Segment, *, name: str, source: str) -> None:
    """Give a segment another name or filter; queued sends keep the filter they were queued with."""
    segment.name = check_name(name)
    written = normalise_filter(source)
    if written != segment.filter:
        segment.filter, segment.people, segment.counted_at = written, None, None
    segment.changed_at = timezone.now()
    segment.save()


def normalise_filter(source: str) -> str:
    """Return a filter in the spelling in which it is kept, or raise `BadInput`."""
    written = write_filter(parse_filter(source))
    # Quotation marks make it longer: what is kept must be readable, too.
    parse_filter(written)
    return written


def check_name(name: str) -> str:
    """Return a name without blanks around it, or raise `BadInput`."""
    name = name.strip()
    if not name or len(name) > 200:
        raise BadInput(_("the name of a segment has 1 to 200 characters"))
    return name


def delete_segment(segment: Segment) -> None:
    """Delete a segment, or raise `InvalidTransition` where a send or a publication uses it."""
    try:
        segment.delete()
    except ProtectedError:
        raise InvalidTransition(
            _("the segment {slug} is used by a send or a publication").format(
                slug=repr(segment.slug)
            )
        ) from None


def segment_by_slug(slug: str) -> Segment:
    """Return a segment by its short name, or raise `NotFound` naming those there are."""
    found = Segment.objects.filter(slug=slug).first()
    if found is None:
        slugs = ", ".join(Segment.objects.order_by("slug").values_list("slug", flat=True))
        raise NotFound(
            _("there is no segment {slug}").format(slug=repr(slug)),
            hint=_("Segments: {slugs}").format(slugs=slugs)
            if slugs
            else _("Create one: newsletter segment create NAME --filter FILTER"),
        )
    return found


def count_segment(segment: Segment) -> int:
    """Count who is in a segment now, and keep the number."""
    people = count_exactly(parse_filter(segment.filter))
    keep_count(segment, people)
    return people


def keep_count(segment: Segment, people: int) -> None:
    """Keep how many people a segment has now."""
    segment.people, segment.counted_at = people, timezone.now()
    segment.save(update_fields=["people", "counted_at"])


def free_slug(name: str) -> str:
    """Return a short name that no segment has: of the name, or "segment" where it gives none."""
    stem = slugify(name)[:70] or "segment"
    taken = set(Segment.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *numbered) if slug not in taken)
