"""Make the first publication and the first account, both or neither, where there is nothing."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from newsletter.desk.accounts import roster
from newsletter.desk.founding.answers import Answers, FirstUser
from newsletter.errors import InvalidTransition
from newsletter.phrases import phrase
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Publication

#: The advisory lock of PostgreSQL under which a newsletter is founded; SQLite has one writer.
FOUNDING_LOCK_KEY = 0x666F756E


def is_empty() -> bool:
    """Say whether there is neither a publication nor an account."""
    return not Publication.objects.exists() and not get_user_model().objects.exists()


@transaction.atomic
def create_newsletter(answers: Answers, user: FirstUser) -> tuple[Publication, Any]:
    """Return the first publication and the first account.

    Raises `InvalidTransition` where there is one already: of two who come at the same time, the
    second changes nothing.
    """
    take_turn()
    if not is_empty():
        raise InvalidTransition(
            phrase("there is a newsletter here already"),
            hint=phrase("Log in to the desk to change it."),
        )
    return create_first(answers), add_first(user)


@transaction.atomic
def create_missing(
    answers: Answers | None, user: FirstUser | None
) -> tuple[Publication | None, Any | None]:
    """Return the publication and the account that were missing; None for what is there already."""
    take_turn()
    has_publication = Publication.objects.exists()
    has_account = get_user_model().objects.exists()
    return (
        create_first(answers) if answers and not has_publication else None,
        add_first(user) if user and not has_account else None,
    )


def create_first(answers: Answers) -> Publication:
    """Return the publication that the answers make, with its list and its archive."""
    volume, number = answers.number
    return create_publication(
        answers.name,
        list_name=answers.list_name,
        from_name=answers.sender,
        from_email=answers.sender_address,
        postal_address=answers.postal_address,
        time_zone=answers.zone,
        every_weeks=answers.weeks,
        weekday=answers.weekday,
        time=answers.time,
        starts_on=answers.starts_on,
        language=answers.language,
        first_volume=volume,
        first_number=number,
    )


def add_first(user: FirstUser) -> Any:
    """Return the first account, which may do everything."""
    return roster.add_account(
        user.name, email=user.email, roles=[roster.OWNER], password=user.password
    )


def take_turn() -> None:
    """Wait for whoever founds at the same time; the end of the transaction lets the next one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOUNDING_LOCK_KEY])
