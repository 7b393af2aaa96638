"""An issue is looked at as its draft stands, for everybody it would go to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from newsletter import rendering
from newsletter.cli import accepting
from newsletter.cli import checking as command
from newsletter.conf.config import Config, load
from newsletter.desk.composer.finding_links import blocks_of
from newsletter.errors import BadInput
from newsletter.publishing.checks.acceptances import Judged
from newsletter.publishing.checks.checking import check_issue, lint_template, unknown_fields
from newsletter.publishing.checks.readers import readers_of
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering.content import Digest
from newsletter.rendering.findings import Finding
from newsletter.rendering.preflight.codes import make_finding
from newsletter.transports.factory import provider_of
from subscribers.models import Subscriber, Subscription
from tests import desks

WIDE = "\n" + "|".join("-" * 60) + "\n"

app = typer.Typer()
for each in (command.check, accepting.accept, accepting.unaccept):
    app.command()(each)


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft without a fault; the site of the tests is on this machine."""
    body = [desks.digest("Reed beds", "Ferries")]
    return desks.draft(publication, subject="Reeds and ferries", body=body)


def found(issue: Issue, **around: Any) -> dict[str, Finding]:
    """What is found besides information, by its code."""
    report = check_issue(issue, headers=unsubscribe_headers("x"), **around)
    return {each.code: each for each in report.findings if each.severity != "info"}


def subscribe(publication: Publication, email: str, **fields: Any) -> None:
    """Put a person on the list of a publication."""
    person = Subscriber.objects.create(email=email, **fields)
    Subscription.objects.create(subscriber=person, list=publication.lists.get())


def test_a_good_issue_has_no_errors(issue: Issue) -> None:
    """Nothing is found in it but what is worth knowing."""
    subscribe(issue.publication, "ann@example.org")

    assert found(issue) == {}


def test_the_draft_is_looked_at(issue: Issue) -> None:
    """What editors saved last counts, not what was there before."""
    issue.subject = "Issue {{ number }}"
    issue.save_revision()

    assert "placeholder-left" in found(Issue.objects.get(pk=issue.pk))


def test_the_audience_is_counted(issue: Issue, publication: Publication) -> None:
    """Everybody who is subscribed is counted."""
    for number in range(3):
        subscribe(publication, f"p{number}@example.org", attributes={"city": "Lowen"})

    findings = check_issue(issue, headers=()).findings

    assert [each.message == "3 people, one request" for each in findings].count(True) == 1


def test_people_who_left_are_not_counted(issue: Issue, publication: Publication) -> None:
    """Only active subscriptions make the audience."""
    subscribe(publication, "gone@example.org")
    Subscription.objects.update(state=Subscription.State.UNSUBSCRIBED)

    assert "requests" not in {each.code for each in check_issue(issue, headers=()).findings}


def test_headers_are_those_of_the_caller(issue: Issue) -> None:
    """Who sends says under which headers."""
    assert "no-list-unsubscribe" in {each.code for each in check_issue(issue, headers=()).findings}


def test_faults_are_findings_beside_the_others(issue: Issue) -> None:
    """Each has its place, and none hides another; nobody may accept them."""
    issue.subject = "For [first_nme|reader]"
    issue.body = [
        ("markdown", "Hello [first_name], {{ name }}"),
        ("digest", {"items": [{"headline": "Wide", "markdown": "|".join("a" * 60) + WIDE}]}),
        ("markdown", "> " * 60 + "deep"),
        ("markdown", "[a](#gone) [name]"),
    ]
    issue.save_revision()

    report = check_issue(Issue.objects.get(pk=issue.pk), headers=unsubscribe_headers("x"))
    held = {(each.finding.code, each.finding.where, each.acceptable) for each in report.errors}

    assert held >= {
        ("merge-tag", "subject", False),
        ("merge-tag", "block 1, line 1", False),
        ("limit-exceeded", "item 1, line 1", False),
        ("limit-exceeded", "block 3, line 1", False),
        ("merge-tag", "block 4, line 1", False),
        ("placeholder-left", "block 1, line 1", False),
        ("link-dead", "block 4, line 1", True),
    }
    fixes = {each.finding.where: each.finding.fix for each in report.errors}
    assert "Did you mean [first_name|reader]?" in fixes["subject"]
    messages = " ".join(each.finding.message for each in report.errors)
    assert "a table of 60 columns; 50 are the most" in messages


def test_a_broken_picture_is_a_finding(issue: Issue) -> None:
    """One that was broken after it was taken in, on top and in a text."""
    picture = desks.stored_picture()
    Path(picture.file.path).write_bytes(b"no picture any more")
    lead = {"image": picture, "address": "", "alt": "A quay", "credit": ""}
    issue.metadata = {"_pictures": {"quay.png": picture.pk}}
    issue.body = [("lead_image", lead), ("markdown", "![A quay](quay.png)")]
    issue.save_revision()

    report = check_issue(Issue.objects.get(pk=issue.pk), headers=unsubscribe_headers("x"))
    places = [each.place for each in report.findings if each.code == "bad-input"]

    assert places == ["lead image", "block 1"]


def test_a_long_issue_is_one_finding(issue: Issue) -> None:
    """The text by which it becomes too long is named, once."""
    issue.body = [("markdown", "word " * 19_000)] * 12
    issue.body = [("markdown", "\n\n".join(["word " * 3_000] * 6))] * 13
    issue.save_revision()

    report = check_issue(Issue.objects.get(pk=issue.pk), headers=unsubscribe_headers("x"))
    places = [each.place for each in report.findings if each.code == "limit-exceeded"]

    assert places == ["block 12"]


def test_the_template_is_linted(issue: Issue) -> None:
    """A slip in a file is told with its line, a bad value that Jinja puts in as it came out."""
    shipped = rendering.load_template(load().email_templates, "digest")
    page = shipped.files["page.mjml"].replace("<mj-body ", '<mj-body widht="1px" ')
    theme = shipped.files["theme.toml"].replace("mail = 640", 'mail = "wide"')
    files = {**shipped.files, "page.mjml": page, "theme.toml": theme}
    broken = dataclasses.replace(shipped, files=files)

    told = [each.where.partition(":")[0] for each in lint_template(content_of(issue), broken)]

    assert told == ["_shared/page.mjml", "digest.mjml (rendered)"]


def run(*words: str) -> tuple[int, str]:
    """Run the command; return exit status and output."""
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    return result.exit_code, result.stdout


def test_the_command_says_what_to_fix(issue: Issue) -> None:
    """Errors make the exit status 1; each is named with its place, code and fix."""
    issue.subject = "Issue {{ number }}"
    issue.save_revision()

    status, said = run("check", "1.1")

    assert status == 1
    assert (
        "error     subject: '{{ number }}' is not filled in by anybody [placeholder-left]\n" in said
    )
    assert "between backquotes" in said
    assert said.endswith("it must not go out like this.\n")


def test_warnings_do_not_stop(issue: Issue) -> None:
    """With warnings alone the exit status is 0."""
    issue.subject = "Reeds and ferries " * 5
    issue.save_revision()

    status, said = run("check", "1.1")

    assert status == 0
    assert "0 errors, 3 warnings: look at them before it goes out.\n" in said


def test_the_command_speaks_json(issue: Issue) -> None:
    """Programs get each finding with all it has."""
    _, said = run("check", "1.1", "--json")

    first = json.loads(said)[0]
    assert {"code", "severity", "message", "fix", "where", "line"} <= {*first}


def test_nothing_found_is_said() -> None:
    """A clean mail gets a sentence too."""
    assert command.summed_up(()) == "Nothing stands in the way."


def test_one_warning_is_one() -> None:
    """A single warning is spoken of as one thing."""
    held = Judged(finding=make_finding("subject-long", "too long"))

    assert command.summed_up([held]) == "0 errors, 1 warning: look at it before it goes out."


def wide(issue: Issue) -> None:
    """Give the draft a link that leads to no place."""
    issue.preheader, issue.date = "A map of the harbour", None
    issue.body = [("markdown", "[A map](#gone)")]
    issue.save_revision()


def test_an_error_is_accepted_by_a_command(issue: Issue) -> None:
    """Accepted, an error is told with its reason and makes no exit status; taken back, it does."""
    wide(issue)
    subscribe(issue.publication, "ann@example.org")
    assert run("check", "1.1")[0] == 1

    status, said = run("accept", "1.1", "link-dead", "--reason", "It is meant to be wide.")
    assert status == 0
    assert "1 finding accepted in Tideline Digest Vol 1.1:\n  block 1, line 1: " in said
    status, said = run("check", "1.1")
    assert status == 0
    assert re.search(
        r"^accepted  block 1, line 1: .* \[link-dead\]\n +It is meant to be wide\. \(", said
    )
    assert "1 accepted: nothing stands in the way." in said

    status, said = run("unaccept", "1.1", "link-dead", "--where", "block 1")
    assert "1 finding not accepted any more" in said
    assert run("check", "1.1")[0] == 1


def test_programs_see_what_was_accepted(issue: Issue) -> None:
    """Programs get, with each finding, whether it can be accepted, and who did, when and why."""
    wide(issue)
    before = json.loads(run("check", "1.1", "--json")[1])[0]
    answer = json.loads(run("accept", "1.1", "link-dead", "--reason", "Wide.", "--json")[1])
    after = json.loads(run("check", "1.1", "--json")[1])[0]

    assert (before["acceptable"], before["accepted"]) == (True, None)
    assert answer == [after]
    assert after["accepted"]["reason"] == "Wide."
    assert after["accepted"]["by"].endswith("(command line)")
    assert dt.datetime.fromisoformat(after["accepted"]["at"]).tzinfo


def test_a_command_cannot_accept_everything(issue: Issue) -> None:
    """What can only be fixed is refused, with how to fix it."""
    issue.subject = "Issue {{ number }}"
    issue.save_revision()

    with pytest.raises(BadInput, match="can never be accepted"):
        run("accept", "1.1", "placeholder-left", "--reason", "We like it.")


def test_pictures_of_an_import_have_a_width(publication: Publication) -> None:
    """A picture that was stored with an import is no error: its width is known, its site local."""
    body = [("markdown", "![A quay](quay.png)")]
    metadata = {"_pictures": {"quay.png": desks.stored_picture().pk}}

    subscribe(publication, "ann@example.org")
    draft = desks.draft(publication, body=body, metadata=metadata, preheader="A quay at dusk")

    assert found(draft) == {}


@pytest.mark.parametrize(
    ("tables", "stays"),
    [
        ({"sendgrid": {"base_url": "http://127.0.0.1:8026"}}, True),
        ({"sendgrid": {"base_url": "https://api.sendgrid.com"}}, False),
        ({"sending": {"transport": "maildir"}}, True),
        ({"sending": {"transport": "smtp"}, "smtp": {"host": "localhost", "port": 1025}}, True),
        ({"sending": {"transport": "smtp"}, "smtp": {"host": "localhost", "port": 25}}, False),
        ({"sending": {"transport": "smtp"}, "smtp": {"host": "mx.example.org"}}, False),
    ],
)
def test_where_mail_goes(tables: dict[str, dict[str, object]], stays: bool) -> None:
    """Mail stays here with the emulator, a folder, or a mail catcher; else readers need a site."""
    config = Config.model_validate(tables)

    assert provider_of(config).stays_here(config) is stays


@pytest.mark.parametrize(
    ("address", "transport", "refused"),
    [
        ("newsletter@example.org", "smtp", True),
        ("newsletter@example.org", "maildir", False),
        ("desk@tideline.eu", "smtp", False),
    ],
)
def test_real_mail_needs_a_sender_of_its_own(
    publication: Publication,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    transport: str,
    refused: bool,
) -> None:
    """The sender that `newsletter init` invents is an error wherever mail leaves this machine."""
    Publication.objects.update(from_email=address)
    draft = desks.draft(Publication.objects.get(), preheader="A quay at dusk")
    monkeypatch.setenv("NEWSLETTER_SENDING_TRANSPORT", transport)
    monkeypatch.setenv("NEWSLETTER_SMTP_HOST", "mail.tideline.eu")
    load.cache_clear()
    try:
        codes = found(draft)
    finally:
        monkeypatch.undo()
        load.cache_clear()

    assert ("sender-placeholder" in codes) is refused


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("[attributes.ciyt|your city]", "'ciyt'; did you mean [attributes.city|…]?"),
        ("[attributes.CITY|your city]", "'CITY'; did you mean [attributes.city|…]?"),
        ("[attributes.pet_name|friend]", "'pet_name'; did you mean [name|…]?"),
        ("[attributes.shoe|7]", "'shoe'; there are city, email, first_name, name, plan"),
        ("[pet|friend]", "[pet|friend] is not filled in by anybody; there are city"),
        ("[city|town]", "did you mean [attributes.city|town]?"),
        ("[ctiy|town]", "did you mean [attributes.city|town]?"),
        ("[firstnam|you]", "[first_name|you]"),
    ],
)
def test_a_field_that_nobody_has_is_an_error(
    issue: Issue, publication: Publication, written: str, advice: str
) -> None:
    """With words for those without, too: all would be greeted as nobody in particular."""
    subscribe(publication, "aiko@example.org", attributes={"city": "Kobe", "plan": "a"})
    issue.body = [desks.digest("Reeds"), ("markdown", f"To {written}, hello.")]
    issue.save_revision()

    report = check_issue(Issue.objects.get(pk=issue.pk), headers=unsubscribe_headers("x"))
    told = [each.finding for each in report.errors]

    assert [each.place for each in told] == ["block 2"]
    assert advice in f"{told[0].message} {told[0].fix}"


@pytest.mark.parametrize(
    "written",
    [
        *("[attributes.city|town]", "`[pet|friend]`", "[yes|no]", "[[first_name|x]]"),
        *("[a](https://example.org/x|y)", "|a|b|\n|-|-|\n|[x]|[y]|", "[1|2]", "[on|off] [y|n]"),
    ],
)
def test_what_somebody_has_is_no_error(
    issue: Issue, publication: Publication, written: str
) -> None:
    """One subscriber of many is enough: the others get the words for those without."""
    subscribe(publication, "aiko@example.org", attributes={"city": "Kobe"})
    subscribe(publication, "ben@example.org")
    issue.body = [("markdown", f"To {written} and others.")]
    issue.save_revision()

    assert "field-unknown" not in found(issue)


def test_the_template_may_know_more_fields_than_the_list(
    issue: Issue, publication: Publication
) -> None:
    """A field that only the template tests is a warning: the list may get it one day."""
    subscribe(publication, "aiko@example.org", attributes={"city": "Kobe"})
    shipped = rendering.load_template(load().email_templates, "digest")
    edition = rendering.compile(
        content_of(issue),
        dataclasses.replace(
            shipped,
            files={
                **shipped.files,
                "subject.txt": "{% if subscriber.attributes.vip %}!{% endif %}Reeds",
            },
        ),
    )

    [finding] = unknown_fields(content_of(issue), edition, readers_of(publication))

    assert (finding.code, finding.severity) == ("template-field-unknown", "warning")


def test_without_people_no_field_is_unknown(issue: Issue) -> None:
    """Before there are subscribers, nobody can say which fields they have."""
    issue.body = [("markdown", "To [attributes.ciyt|your city]")]
    issue.save_revision()

    assert "field-unknown" not in found(issue)


def test_links_that_nothing_refers_to_are_found(publication: Publication) -> None:
    """A definition in Markdown that no text uses is a finding of its block or item."""
    items = [{"headline": "Two", "markdown": "y [a]\n\n[a]: https://example.org/a#2\n[c]: tel:1"}]
    body = [
        ("markdown", "x [a]\n\n[a]: https://example.org/a\n[b]: https://example.org/b"),
        ("digest", {"show_headlines": True, "items": items}),
    ]
    issue = desks.draft(publication, subject="Reeds", body=body)

    report = check_issue(issue, headers=())

    assert [
        (each.where, each.message) for each in report.findings if each.code == "link-unused"
    ] == [
        ("block 1, line 4", "nothing refers to [b]: https://example.org/b"),
        ("item 1, line 4", "nothing refers to [c]: tel:1"),
    ]


def test_blocks_filled_in_by_half_are_found(publication: Publication) -> None:
    """A block that the mail does without is a finding that leads to it; an empty one is not."""
    body = [
        ("lead_image", {"alt": "Reeds in the wind", "credit": "Ann"}),
        desks.digest("Reed beds"),
        ("button", {"label": "Read more", "url": ""}),
        ("button", {"label": "", "url": ""}),
        ("button", {"label": "", "url": "https://example.org/a"}),
        ("quote", {"body": "<p> </p>", "attribution": "Bob"}),
        ("quote", {"body": "<p>Yes.</p>", "attribution": "Bob"}),
    ]
    issue = desks.draft(publication, subject="Reeds", body=body)

    report = check_issue(issue, headers=())

    told = {e.place: e.message for e in report.findings if e.code == "block-left-out"}
    assert told == {
        "lead image": "no image is chosen for the lead picture: the mail goes out without it",
        "unfinished block 1": "the button 'Read more' has no address: the mail goes out without it",
        "unfinished block 2": "the button to https://example.org/a has no label:"
        " the mail goes out without it",
        "unfinished block 3": "the quote of 'Bob' has no words: the mail goes out without it",
    }
    blocks = [block.id for block in report.draft.body]
    ids = blocks_of(report.draft)
    assert [ids[place] for place in told] == [blocks[0], blocks[2], blocks[4], blocks[5]]


def test_links_are_defined_for_all_texts(publication: Publication) -> None:
    """A definition holds in every text of an issue; one that only others use is no finding."""
    items = [
        {"headline": "One", "markdown": "[a]: https://example.org/a\n[b]: https://example.org/b"},
        {"headline": "Two", "markdown": "y [there][A] [b]\n\n[b]: https://example.org/other"},
        {"headline": "Three", "markdown": "z [b]"},
    ]
    body = [("digest", {"show_headlines": True, "items": items})]
    issue = desks.draft(publication, subject="Reeds", body=body)

    report = check_issue(issue, headers=())

    (digest,) = report.content.blocks
    assert isinstance(digest, Digest)
    assert '<a href="https://example.org/a">there</a>' in digest.items[1].body
    assert 'href="https://example.org/other"' in digest.items[1].body
    assert 'href="https://example.org/b"' in digest.items[2].body
    assert "link-unused" not in {each.code for each in report.findings}


@pytest.mark.parametrize(
    ("markdown", "where", "words"),
    [
        ("x\n\n[^a]: Nobody calls me.", "block 1, line 3", "[^a]"),
        ("x\n\n[^a]: Me [^b].\n\n[^b]: Nor me.", "block 1, line 5", "[^b]"),
        ("x[^a]\n\n[^a]: One.\n[^a]: Two.", "block 1, line 4", "'Two.'"),
        ("x[^a]\n\n[^a]: One.\n\n    [^c]: Inside.", "block 1, line 5", "'Inside.'"),
    ],
)
def test_footnotes_that_nothing_calls_are_found(
    publication: Publication, markdown: str, where: str, words: str
) -> None:
    """They are not printed, as on GitHub, and the check names them."""
    issue = desks.draft(publication, subject="Reeds", body=[("markdown", markdown)])

    found = [
        each for each in check_issue(issue, headers=()).findings if each.code == "footnote-unused"
    ]

    assert found[-1].where == where
    assert words in found[-1].message
    assert found[-1].severity == "warning"
