"""Every code of preflight, how bad it is and how to fix it: see docs/reference/preflight.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from newsletter.phrases import phrase
from newsletter.rendering.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    severity: Severity
    fix: str


#: Errors that nobody can have a reason for: always to be fixed, never to be accepted.
NEVER_ACCEPTED = frozenset(
    {
        *("placeholder-left", "subject-empty", "content-empty"),
        *("site-unreachable", "sender-placeholder"),
        *("no-unsubscribe", "no-list-unsubscribe", "no-postal-address"),
        *("bad-input", "limit-exceeded", "merge-tag"),
    }
)


def _codes(severity: Severity, fixes: Mapping[str, str]) -> dict[str, Code]:
    return {name: Code(severity, fix) for name, fix in fixes.items()}


_ERRORS = {
    "content-empty": phrase("Write an item or a text, or set a picture."),
    "placeholder-left": phrase("Write a merge tag of ours, or text; code goes between backquotes."),
    "text-unfinished": phrase("Write what belongs there."),
    "merge-tag": phrase("Write it as in [first_name|reader]; doubled brackets print themselves."),
    "bad-input": phrase("Upload the picture again, or choose another one."),
    "limit-exceeded": phrase(
        "Make it shorter, flatter or smaller; docs/how-to/composing.md has the limits."
    ),
    "no-unsubscribe": phrase(
        "Link to {{ unsubscribe_url }} in the template, in words and in the text."
    ),
    "no-list-unsubscribe": phrase(
        "Send List-Unsubscribe and List-Unsubscribe-Post with every mail."
    ),
    "no-postal-address": phrase(
        "Fill in the publication's postal address, and print it in the template."
    ),
    "too-large": phrase("Shorten the issue: Gmail hides all that follows, the way out included."),
    "image-alt": phrase("Describe what the picture shows."),
    "image-not-https": phrase("Use an address that begins with https://; others are not shown."),
    "field-unknown": phrase(
        "Write a field that subscribers have, or the words alone: now all get those."
    ),
    "link-empty": phrase("Give the link an address and words, or take it out."),
    "link-scheme": phrase(
        "Use an address that mail programs open: https:, mailto:, tel:, sms:, webcal:."
    ),
    "link-relative": phrase(
        "Write the whole address, with https://; or import again with --site-url."
    ),
    "markup-shown": phrase("Take it out, or put it between backquotes if readers are to see it."),
    "citation-shown": phrase("Write out what is cited, or link to it."),
    "html-shown": phrase(
        "Take the tag out, or put it between backquotes if readers are to see it."
    ),
    "link-dead": phrase("Link to an item that is in this issue."),
    "link-other-domain": phrase("Let the words say where the link goes, or use other words."),
    "subject-empty": phrase("Write a subject."),
    "language-missing": phrase("Set the language of the publication, and print it in <mjml lang>."),
    "text-thin": phrase("Let the text template print all that the mail says."),
    "headline-without-item": phrase("Write the item, or take its headline out."),
    "link-broken": phrase("Fix the address, or take the link out."),
    "link-private": phrase("Use an address that readers can reach."),
    "accessibility": phrase(
        "Fix the template, or the text the element stands in; look the rule up."
    ),
    "site-unreachable": phrase("Set [site] base_url in config.toml to the address readers know."),
    "sender-placeholder": phrase("Enter a sender's address of your own in the publication."),
}
_WARNINGS = {
    "words-left": phrase("Write what belongs there; if the words are meant, leave them."),
    "link-other-name": phrase("If the words are an address, let them say where the link goes."),
    "image-width": phrase("Upload the picture, or import the issue again: then its size is known."),
    "nearly-too-large": phrase("Gmail hides what is beyond 102 KB; leave some room."),
    "subject-long": phrase("Phones show less than half of it: put what matters first."),
    "preheader-missing": phrase("Write the line that mail programs show after the subject."),
    "preheader-repeats": phrase("Say in the preheader what the subject does not."),
    "link-not-https": phrase("Use the https:// address."),
    "block-left-out": phrase("Fill in what is missing, or delete the block."),
    "link-unused": phrase("Refer to it in the text, or take the definition out."),
    "footnote-unused": phrase("Call it in the text with its mark, or take it out."),
    "headline-missing": phrase("Write the headline: the links on top lead to items by it."),
    "headline-repeated": phrase("Give each item a headline of its own."),
    "link-vague": phrase("Say in the words of the link where it goes."),
    "bidi-control": phrase("Delete the invisible sign; it can turn the text after it around."),
    "contrast-low": phrase(
        "Choose colours that differ more; 4.5:1 is the least for text (WCAG 1.4.3)."
    ),
    "template-field-unknown": phrase("Nothing, if the list is to get it; else fix the template."),
    "pdf-missing": phrase(
        "Give the PDF a font that has them; without, mail and page offer no PDF."
    ),
    "image-heavy": phrase("Make the picture smaller than 1 MB."),
    "number-used": phrase("Give the issue the next number."),
    "date-differs": phrase(
        "Set the issue's date to the day it goes out; if it is meant, leave it."
    ),
    "name-differs": phrase("Name the number that the issue has, or change the number."),
    "language-differs": phrase("Set the language that the text is written in."),
    "audience-empty": phrase("Choose another list for the publication, or add people to this one."),
    "link-unsure": phrase("Open the link yourself."),
    "accessibility-minor": phrase("Fix the template, or the text the element stands in."),
}
_NEWS = {
    "site-local": phrase("Nothing, while mail stays here: for real mail set [site] base_url."),
    "client-support": phrase("Look at the mail in that program, if your readers use it."),
    "template-words": phrase("Add a table for the language to words.toml of the templates."),
    "mention": phrase("Nothing, if it is a name; link it, and readers get there."),
    "sizes": phrase("Nothing: for your information."),
    "requests": phrase("Nothing: for your information."),
}

CODES: Mapping[str, Code] = MappingProxyType(
    {
        **_codes(Severity.ERROR, _ERRORS),
        **_codes(Severity.WARNING, _WARNINGS),
        **_codes(Severity.INFO, _NEWS),
    }
)


def make_finding(
    code: str, message: str, place: str = "", fix: str = "", *, line: int = 0, quote: str = ""
) -> Finding:
    """Return a finding of a code at a place of the mail; `fix` is better than the code's own.

    `quote` is what of a text it is about, by which its line is found.
    """
    kind = CODES[code]
    return Finding(
        code=code,
        severity=kind.severity,
        message=message,
        fix=fix or kind.fix,
        place=place,
        line=line,
        quote=quote,
    )
