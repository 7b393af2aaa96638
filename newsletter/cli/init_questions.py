"""What `newsletter init` asks, in a terminal or of the options."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.cli.asking import Asker

if TYPE_CHECKING:
    from newsletter.desk.founding.answers import Answers, FirstUser

#: What a publication is called as long as nobody says otherwise.
NAME = "The Fortnightly"
SENDER_ADDRESS = "Its address, which replies go to"
POSTAL_ADDRESS = "Postal address, which the law wants at the foot of every mail (Enter: later)"
FIRST_NUMBER = "Number of the first issue (12 without volumes, - without numbers)"
PASSWORD = "Password, which is not shown (Enter: by a link)"  # noqa: S105  a question


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
    from newsletter.publishing.bootstrap import default_details

    ask = asker.ask
    name = ask("name", "Name of the publication", given.name, NAME, checks.check_name)
    usual = default_details(name)["from_email"]
    sender = ask("sender", "Sender: mail is from", given.sender, name, checks.check_sender)
    address = ask(
        "sender-address", SENDER_ADDRESS, given.sender_address, usual, checks.check_sender_address
    )
    postal = ask(
        "postal-address", POSTAL_ADDRESS, given.postal_address, "", checks.check_postal_address
    )
    zone = ask("zone", "Time zone", given.zone, machine_zone() or "UTC", checks.check_zone)
    weeks = ask("weeks", "An issue every how many weeks", given.weeks, "2", checks.check_weeks)
    weekday = ask("on", "On which weekday", given.on, "thursday", read_weekday)
    time = ask("time", "At what time", given.time, "09:07", checks.check_time)
    rhythm = checks.rhythm_of(zone, weeks, weekday, time)
    following = checks.first_date(rhythm).isoformat()

    def check_first(text: str) -> Any:
        return checks.check_first_date(text, rhythm)

    starts_on = ask(
        "from", f"First issue on ({WEEKDAYS[weekday]})", given.first, following, check_first
    )
    spoken = language_of(os.environ)
    language = ask("language", "Language", given.language, spoken, checks.check_language)
    number = ask("first-number", FIRST_NUMBER, given.first_number, "1.1", checks.check_number)
    list_name = ask("list", "Name of its list", given.list_name, name, checks.check_list_name)
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

    name = asker.ask(
        "user", "User name of the first account", given.user, "admin", checks.check_user_name
    )
    email = asker.ask(
        "email",
        "Email address of the first account (Enter: none)",
        given.email,
        "",
        checks.check_email,
    )

    def check_password(text: str) -> str:
        return checks.check_password(text, name, email)

    password = (
        asker.ask("password-file", "", given.password, "", check_password)
        if given.password
        else asker.ask_password(PASSWORD, check_password)
    )
    return checks.FirstUser(name=name, email=email, password=password)
