"""Errors as the pages of the desk say them."""

from __future__ import annotations

from newsletter.errors import ImportRejected, NewsletterError


def explain_error(error: NewsletterError) -> str:
    """Return what is wrong and what to do, without the place and options of the command line."""
    problem = error.problem if isinstance(error, ImportRejected) else error.message
    return NewsletterError(problem, hint=without_options(error.hint)).sentences


def without_options(hint: str) -> str:
    """Return a hint, or nothing where it names an option of a command."""
    return "" if "--" in hint else hint
