"""`newsletter form`: the forms at which people sign up to lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result, print_table
from newsletter.errors import BadInput
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.sign_up.models import SignUpForm

app = typer.Typer(
    help="Let people sign up to a list by themselves, and put its form into web sites.",
    no_args_is_help=True,
)

Slug = Annotated[str, typer.Argument(metavar="LIST", help="The short name of a list.")]
Texts = list[str]


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List the sign-up form of each list: whether it is open, and who asked and confirmed."""
    open_workspace()
    from subscribers.models import List
    from subscribers.sign_up import forms

    with readers_language():
        rows = [summary(forms.form_of(one)) for one in List.objects.filter(archived_at=None)]
        if json:
            print_result(rows, as_json=True, text="")
            return
        print_table(
            ("List", "Open", "Confirmation", "Asked", "Confirmed"),
            (
                (
                    row["list"],
                    "yes" if row["open"] else "no",
                    "double opt-in" if row["double_opt_in"] else "none",
                    f"{row['asked']:,}",
                    f"{row['confirmed']:,}",
                )
                for row in rows
            ),
        )


@app.command()
def show(slug: Slug, *, json: Json = False) -> None:
    """Show the settings and the numbers of a sign-up form."""
    open_workspace()
    from subscribers import lists
    from subscribers.sign_up import forms

    with readers_language():
        found = summary(forms.form_of(lists.by_slug(slug)))
        print_result(found, as_json=json, text=describe(found))


@app.command("set")
def set_(
    slug: Slug,
    *,
    is_open: Annotated[
        bool | None, typer.Option("--open/--close", help="Whether people may sign up.")
    ] = None,
    double_opt_in: Annotated[
        bool | None,
        typer.Option(
            "--double-opt-in/--single-opt-in", help="Whether each address is confirmed by a mail."
        ),
    ] = None,
    asks_name: Annotated[
        bool | None, typer.Option("--name/--no-name", help="Whether the form asks for a name.")
    ] = None,
    sends_welcome: Annotated[
        bool | None, typer.Option("--welcome/--no-welcome", help="Whether a welcome mail is sent.")
    ] = None,
    welcome_has_issue: Annotated[
        bool | None,
        typer.Option("--with-issue/--without-issue", help="Whether it shows the latest issue."),
    ] = None,
    consent: Annotated[
        Texts | None,
        typer.Option(
            "--consent", metavar="LANGUAGE=TEXT", help="What people agree to, in a language."
        ),
    ] = None,
    welcome_text: Annotated[
        Texts | None,
        typer.Option(
            "--welcome-text",
            metavar="LANGUAGE=TEXT",
            help="What the welcome mail says, in Markdown.",
        ),
    ] = None,
    frame_sites: Annotated[
        str | None,
        typer.Option(
            "--frame-sites", metavar="SITES", help="Web sites that may show it in a frame."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Change the sign-up form of a list: all that is named, or nothing."""
    open_workspace()
    from subscribers import lists
    from subscribers.sign_up import forms

    with readers_language():
        one = lists.by_slug(slug)
        form = forms.form_of(one)
        changes: dict[str, Any] = {
            "is_open": is_open,
            "double_opt_in": double_opt_in,
            "asks_name": asks_name,
            "sends_welcome": sends_welcome,
            "welcome_has_issue": welcome_has_issue,
            "frame_sites": frame_sites,
            "consent_texts": merge(form.consent_texts, consent, "--consent"),
            "welcome_texts": merge(form.welcome_texts, welcome_text, "--welcome-text"),
        }
        named = {name: value for name, value in changes.items() if value is not None}
        if not named:
            raise BadInput(
                "nothing to change is named", hint="See: newsletter form set LIST --help"
            )
        found = summary(forms.change_form(one, named))
        print_result(found, as_json=json, text=describe(found))


@app.command()
def embed(
    slug: Slug,
    *,
    way: Annotated[
        str, typer.Option("--as", metavar="WAY", help="The way: html, frame or script.")
    ] = "html",
    json: Json = False,
) -> None:
    """Print the code that puts the form into a web site."""
    open_workspace()
    from subscribers import lists
    from subscribers.sign_up import embedding, forms

    with readers_language():
        code = embedding.embed_code(forms.form_of(lists.by_slug(slug)), way)
        print_result({"list": slug, "as": way, "code": code}, as_json=json, text=code.rstrip())


def merge(texts: dict[str, str], given: Texts | None, option: str) -> dict[str, str] | None:
    """Return texts with those given as LANGUAGE=TEXT; nothing where none is given."""
    if given is None:
        return None
    merged = dict(texts)
    for each in given:
        language, equals, text = each.partition("=")
        if not equals:
            raise BadInput(f"{option}: {each!r} is not LANGUAGE=TEXT", hint=f'{option} en="…"')
        merged[language] = text
    return merged


def summary(form: SignUpForm) -> dict[str, Any]:
    """Return what programs want to know of a form."""
    from django.utils import timezone

    from subscribers.sign_up import embedding, numbers

    counted = numbers.count_sign_ups(form.list, timezone.now())
    return {
        "list": form.list.slug,
        "open": form.is_open,
        "url": embedding.page_url(form) if form.is_open else "",
        "double_opt_in": form.double_opt_in,
        "asks_name": form.asks_name,
        "welcome": form.sends_welcome,
        "welcome_has_issue": form.welcome_has_issue,
        "consent_texts": form.consent_texts,
        "welcome_texts": form.welcome_texts,
        "frame_sites": form.frame_sites.split(),
        "asked": counted.asked,
        "confirmed": counted.confirmed,
        "asked_30_days": counted.recently_asked,
        "confirmed_30_days": counted.recently_confirmed,
        "waiting": counted.waiting,
    }


def describe(found: dict[str, Any]) -> str:
    """Return a form in words."""
    lines = [
        f"Sign-up to {found['list']}: {'open at ' + found['url'] if found['open'] else 'closed'}",
        f"  confirmation: {'by a mail (double opt-in)' if found['double_opt_in'] else 'none'}",
        f"  asks for a name: {'yes' if found['asks_name'] else 'no'}",
        f"  welcome mail: {describe_welcome(found)}",
        f"  in frames of: {', '.join(found['frame_sites']) or 'no other site'}",
        f"  asked {found['asked']:,}, confirmed {found['confirmed']:,}",
        f"  in 30 days {found['asked_30_days']:,} and {found['confirmed_30_days']:,}",
        f"  not confirmed yet: {found['waiting']:,}",
    ]
    lines += [f"  consent ({tag}): {text}" for tag, text in found["consent_texts"].items()]
    lines += [f"  welcome ({tag}): {text}" for tag, text in found["welcome_texts"].items()]
    return "\n".join(lines)


def describe_welcome(found: dict[str, Any]) -> str:
    """Return in words whether a welcome mail is sent, and with what."""
    if not found["welcome"]:
        return "no"
    return "yes, with the latest issue" if found["welcome_has_issue"] else "yes"
