"""Content to mail: pure functions, no database, no clock, no network.

template = load_template(Path("templates/email"), "digest")
edition = compile(content, template)
parts = edition.variant(recipient).parts(recipient)
"""

from newsletter.rendering.compiling import (
    compile_edition as compile,  # noqa: A004 (named as re.compile is)
)
from newsletter.rendering.edition import CompiledEdition, MergeField
from newsletter.rendering.mail import Mail, render
from newsletter.rendering.recipients import Recipient
from newsletter.rendering.templates import Template, load_template, template_names
from newsletter.rendering.variants import Parts, Variant

__all__ = [
    "CompiledEdition",
    "Mail",
    "MergeField",
    "Parts",
    "Recipient",
    "Template",
    "Variant",
    "compile",
    "load_template",
    "render",
    "template_names",
]
