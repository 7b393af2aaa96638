"""`newsletter issue accept | unaccept`: let an error stand, with a reason."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.checking import Publication, Reference, as_data, check_issue, count_noun
from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.phrases import translate
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.publishing.checks.acceptances import Judged
    from newsletter.publishing.models import Issue

Code = Annotated[
    str, typer.Argument(metavar="CODE", help="The code of the finding, such as link-dead.")
]
Where = Annotated[
    str, typer.Option("--where", metavar="PLACE", help="Only at this place, such as “item 2”.")
]

#: What is found only when links are asked, or a browser looks.
BY_LINKS, BY_BROWSER = frozenset({"link-broken", "link-private"}), frozenset({"accessibility"})


def accept(
    ref: Reference,
    code: Code,
    reason: Annotated[
        str, typer.Option("--reason", help="Why the issue may go out with this error.")
    ],
    where: Where = "",
    publication: Publication = "",
    *,
    json: Json = False,
) -> None:
    """Accept an error that `issue check` finds, with a reason."""
    open_workspace()
    from newsletter.publishing.checks import acceptances
    from newsletter.publishing.numbering import find_issue

    issue = find_issue(ref, publication)
    chosen = acceptances.choose_findings(find_judged(issue, code), code, where)
    acceptances.accept_findings(issue, chosen, reason=reason, by=name_person())
    tell(issue, chosen, f"{count_noun(len(chosen), 'finding')} accepted", as_json=json)


def unaccept(
    ref: Reference,
    code: Code,
    where: Where = "",
    publication: Publication = "",
    *,
    json: Json = False,
) -> None:
    """Stop accepting an error: it stops the issue again."""
    open_workspace()
    from newsletter.publishing.checks import acceptances
    from newsletter.publishing.numbering import find_issue

    issue = find_issue(ref, publication)
    chosen = acceptances.choose_findings(find_judged(issue, code), code, where, accepted=True)
    acceptances.withdraw_acceptance(issue, chosen, by=name_person())
    tell(issue, chosen, f"{count_noun(len(chosen), 'finding')} not accepted any more", as_json=json)


def find_judged(issue: Issue, code: str) -> tuple[Judged, ...]:
    """Return what is found in an issue, in the way that finds such a code."""
    return check_issue(issue, links=code in BY_LINKS, browser=code in BY_BROWSER)


def tell(issue: Issue, chosen: Sequence[Judged], done: str, *, as_json: bool) -> None:
    """Show findings as they stand now."""
    from newsletter.publishing.checks.acceptances import apply_acceptances

    now = apply_acceptances(issue, [each.finding for each in chosen])
    with readers_language():
        lines = [
            f"{translate(each.finding.where)}: {translate(each.finding.message)}" for each in now
        ]
    text = "\n  ".join([f"{done} in {issue.title}:", *lines])
    print_result([as_data(each) for each in now], as_json=as_json, text=text)


def name_person() -> str:
    """Return who works at this command line."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):
        # In a container the user may be a mere number.
        return "somebody (command line)"
