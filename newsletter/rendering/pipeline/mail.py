"""One pass from content to mail: Jinja, MJML, inlining, plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.rendering.personalisation import language, merge_tags, recipients, tracing
from newsletter.rendering.pipeline import inlining, mjml
from newsletter.rendering.pipeline.words import issue_number, long_date
from newsletter.rendering.text.plaintext_mjml import text_of_mjml
from newsletter.whitespace import MEANINGLESS, single_spaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.rendering.content import Content
    from newsletter.rendering.personalisation.recipients import RecipientData
    from newsletter.rendering.pipeline.environment import TemplateEnvironment
    from newsletter.rendering.pipeline.inlining import Inliner
    from newsletter.rendering.pipeline.templates import Template

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Mail:
    """The parts of one mail, and the MJML that its HTML was made from."""

    subject: str
    html: str
    text: str
    mjml: str


def render(
    content: Content,
    template: Template,
    recipient: RecipientData,
    *,
    inliner: Inliner = "premailer",
) -> Mail:
    """Return the mail for one recipient, made from the beginning.

    Compiling must agree with this, and costs a recipient a hundredth of it.
    Raises as `newsletter.rendering.compile`.
    """
    scope = recipients.scope_of(recipient)
    content = merge_tags.fill_merge_tags(
        content, lambda source, _: language.compile_printing(source)(recipient)
    )
    run = tracing.Run(tracing.Trace())
    variables = {**variables_of(content, template), **scope}
    return make_mail(template, template.plain_environment, variables, run, inliner)


def variables_of(content: Content, template: Template) -> dict[str, object]:
    """Return what every template sees besides the recipient."""
    words = template.words(content.language)
    return {
        "content": content,
        "theme": template.theme,
        "words": words,
        "long_date": long_date(content, words),
        "issue_number": issue_number(content, words),
    }


def make_mail(
    template: Template,
    environment: TemplateEnvironment,
    variables: Mapping[str, object],
    run: tracing.Run,
    inliner: Inliner,
) -> Mail:
    """Return the mail of one run; with a deferring environment it holds tokens."""
    name = template.name
    with run.current():
        subject = environment.output("subject.txt", variables)
        source = environment.output(f"{name}.mjml", variables)
        text = (
            environment.output(f"{name}.txt", variables)
            if f"{name}.txt" in template.files
            else text_of_mjml(run.with_markup(source))
        )
    document = mjml.to_html(source, path=f"{template.path(f'{name}.mjml')} (rendered)")
    return Mail(
        subject=single_spaced(subject),
        html=inlining.inline_rules(run.with_markup(document), inliner),
        text=_BLANK_LINES.sub("\n\n", _without_trailing_space(text)).strip(MEANINGLESS) + "\n",
        mjml=run.with_markup(source),
    )


def _without_trailing_space(text: str) -> str:
    return "\n".join(line.rstrip(" \t") for line in text.split("\n"))
