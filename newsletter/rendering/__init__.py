"""Content to mail: pure functions, no database, no clock, no network.

template = load_template(Path("templates/email"), "digest")
edition = compile(content, template)
parts = edition.variant(recipient).parts(recipient)
"""

from newsletter.rendering.personalisation.recipients import RecipientData
from newsletter.rendering.personalisation.variants import Parts, Variant
from newsletter.rendering.pipeline.compiling import (
    compile_edition as compile,  # noqa: A004 (named as re.compile is)
)
from newsletter.rendering.pipeline.edition import CompiledEdition, MergeField
from newsletter.rendering.pipeline.looks import Look
from newsletter.rendering.pipeline.mail import Mail, render
from newsletter.rendering.pipeline.templates import Template, load_template, template_names

__all__ = [
    "CompiledEdition",
    "Look",
    "Mail",
    "MergeField",
    "Parts",
    "RecipientData",
    "Template",
    "Variant",
    "compile",
    "load_template",
    "render",
    "template_names",
]
