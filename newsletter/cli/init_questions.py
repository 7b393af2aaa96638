"""What `newsletter init` asks, in a terminal or of the options."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.cli.asking import Asker
from newsletter.cli.languages import readers_language
from newsletter.phrases import phrase, translate

if TYPE_CHECKING:
    from newsletter.desk.founding.answers import Answers, FirstUser
    from newsletter.desk.founding.questions import Question

#: What a publication is called as long as nobody says otherwise.
NAME = "The Fortnightly"
BY_LINK = phrase("not shown; Enter: by a link")


@dataclass(kw_only=True)
class Given:
    """The answers that stand on the command line; None is asked for."""

    name: str | None
    sender: str | None
    sender_address: str | None
    postal_address: str | None
    zone: str | None
    weeks: str | None
    on: str | None
    time: str | None
    first: str | None
    language: str | None
    first_number: str | None
    list_name: str | None
    user: str | None
    email: str | None
    password: str


def ask_publication(given: Given, asker: Asker) -> Answers:
    """Return what is said of the publication."""
    from newsletter.cli.cadence import WEEKDAYS, read_weekday
    from newsletter.cli.languages import language_of
    from newsletter.conf.machine_zone import machine_zone
    from newsletter.desk.founding import answers as checks
    from newsletter.desk.founding import questions
    from newsletter.publishing.bootstrap import default_details

    def ask(question: Question, given: str | None, default: str = "") -> Any:
        offered = default or question.default
        words = in_words(question.words, "" if offered else question.note)
        return asker.ask(question.option, words, given, offered, question.check)

    name = ask(questions.NAME, given.name, NAME)
    sender = ask(questions.SENDER, given.sender, name)
    usual = default_details(name)["from_email"]
    address = ask(questions.SENDER_ADDRESS, given.sender_address, usual)
    postal = ask(questions.POSTAL_ADDRESS, given.postal_address)
    zone = ask(questions.ZONE, given.zone, machine_zone() or "UTC")
    weeks = ask(questions.WEEKS, given.weeks)
    thursday = WEEKDAYS[questions.WEEKDAY_DEFAULT]
    weekday = asker.ask("on", in_words(questions.WEEKDAY), given.on, thursday, read_weekday)
    time = ask(questions.TIME, given.time)
    rhythm = checks.rhythm_of(zone, weeks, weekday, time)

    def check_first(text: str) -> Any:
        return checks.check_first_date(text, rhythm)

    first = in_words(questions.STARTS_ON, WEEKDAYS[weekday])
    following = checks.first_date(rhythm).isoformat()
    starts_on = asker.ask("from", first, given.first, following, check_first)
    language = ask(questions.LANGUAGE, given.language, language_of(os.environ))
    number = ask(questions.NUMBER, given.first_number)
    list_name = ask(questions.LIST_NAME, given.list_name, name)
    return checks.Answers(
        name=name,
        sender=sender,
        sender_address=address,
        postal_address=postal,
        zone=zone,
        weeks=weeks,
        weekday=weekday,
        time=time,
        starts_on=starts_on,
        language=language,
        number=number,
        list_name=list_name,
    )


def ask_user(given: Given, asker: Asker) -> FirstUser:
    """Return what is said of the first account."""
    from newsletter.desk.founding import answers as checks
    from newsletter.desk.founding import questions

    user, mail = questions.USER, questions.EMAIL
    name = asker.ask(user.option, in_words(user.words), given.user, "admin", user.check)
    email = asker.ask(mail.option, in_words(mail.words, mail.note), given.email, "", mail.check)

    def check_password(text: str) -> str:
        return checks.check_password(text, name, email)

    password = (
        asker.ask("password-file", "", given.password, "", check_password)
        if given.password
        else asker.ask_password(in_words(questions.PASSWORD, BY_LINK), check_password)
    )
    return checks.FirstUser(name=name, email=email, password=password)


def in_words(words: str, note: str = "") -> str:
    """Return a question, with what is to be known of it in brackets, in the terminal's language."""
    with readers_language():
        said = str(translate(words))
        more = str(translate(note)).rstrip(".。")
        return said if not more else str(translate(phrase("{what} ({why})", what=said, why=more)))
