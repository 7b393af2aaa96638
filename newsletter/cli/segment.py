"""`newsletter segment`: groups of readers by what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.models import Segment

app = typer.Typer(
    help="Keep filters under a name, and count the readers they find.", no_args_is_help=True
)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The short name of a segment.")]
FILTER_HELP = "Whom it finds: 'language is ja and joined within 90 days'."


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that editors see.")],
    source: Annotated[str, typer.Option("--filter", metavar="FILTER", help=FILTER_HELP)],
    slug: Annotated[
        str, typer.Option("--slug", help="A short name. Default: made from the name.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Keep a filter under a name, and count whom it finds now."""
    open_workspace()
    from subscribers.segments import saved

    with readers_language():
        made = saved.create_segment(name, source, slug)
        tell(made, as_json=json)


@app.command()
def change(
    slug: Slug,
    name: Annotated[str, typer.Option("--name", help="Its new name.")] = "",
    source: Annotated[str, typer.Option("--filter", metavar="FILTER", help=FILTER_HELP)] = "",
    *,
    json: Json = False,
) -> None:
    """Change the name or filter of a segment. Queued sends keep the filter they have."""
    open_workspace()
    from subscribers.segments import saved

    with readers_language():
        one = saved.segment_by_slug(slug)
        saved.change_segment(one, name=name or one.name, source=source or one.filter)
        tell(one, as_json=json)


@app.command("list")
def list_(*, json: Json = False) -> None:
    """Show the segments with their filters, and how many they found when last counted."""
    open_workspace()
    from subscribers.models import Segment

    with readers_language():
        found = [describe(each) for each in Segment.objects.all()]
        if json:
            print_result(found, as_json=True, text="")
            return
        rows = ([row["slug"], row["name"], row["filter"], show(row["people"])] for row in found)
        print_table(("Short name", "Name", "Filter", "Last count"), rows)


@app.command()
def count(slug: Slug, *, json: Json = False) -> None:
    """Count whom a segment finds now, and say its filter in words."""
    open_workspace()
    from subscribers.segments import saved

    with readers_language():
        tell(saved.segment_by_slug(slug), as_json=json)


@app.command()
def delete(slug: Slug, *, json: Json = False) -> None:
    """Delete a segment that no send and no publication uses. Nobody on a list is touched."""
    open_workspace()
    from subscribers.segments import saved

    with readers_language():
        one = saved.segment_by_slug(slug)
        saved.delete_segment(one)
        text = f"Segment {one.name} is deleted."
        print_result({"segment": slug, "deleted": True}, as_json=json, text=text)


def tell(one: Segment, *, as_json: bool) -> None:
    """Count a segment, and print what it is."""
    from newsletter import counted
    from subscribers.segments import saved

    people = saved.count_segment(one)
    found = describe(one)
    text = f"Segment {one.name} ({one.slug}): {found['words']}.\n{counted.people(people)} now."
    print_result(found, as_json=as_json, text=text)


def describe(one: Segment) -> dict[str, Any]:
    """Return what programs want to know of a segment."""
    from newsletter.errors import BadInput
    from subscribers.segments.explaining import explain
    from subscribers.segments.parsing import parse_filter

    try:
        words = explain(parse_filter(one.filter))
    except BadInput as error:
        words = error.message
    return {
        "name": one.name,
        "slug": one.slug,
        "filter": one.filter,
        "words": words,
        "people": one.people,
        "counted_at": one.counted_at.isoformat() if one.counted_at else None,
    }


def show(people: int | None) -> str:
    """Return a kept count; a dash where nobody counted yet."""
    return "–" if people is None else f"{people:,}"
