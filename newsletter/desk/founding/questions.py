"""What is asked before a newsletter begins: the words, the default and the check of each question.

The page in the browser and `newsletter init` ask these.  `option` is the one that answers it on
the command line, `note` stands below a field, or in brackets behind a question without a default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from newsletter.desk.founding import answers as checks
from newsletter.phrases import phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question; `words` and `note` are phrases, and `check` takes the text of an answer."""

    option: str
    words: str
    check: Callable[[str], Any]
    note: str = ""
    default: str = ""


NAME = Question(
    option="name",
    words=phrase("Name of the publication"),
    check=checks.check_name,
)
SENDER_ADDRESS = Question(
    option="sender-address",
    words=phrase("Address that mail is from"),
    check=checks.check_sender_address,
    note=phrase("At a domain of yours. Replies go there."),
)
SENDER = Question(
    option="sender",
    words=phrase("Name that mail is from"),
    check=checks.check_sender,
    note=phrase("Empty: the name of the publication."),
)
POSTAL_ADDRESS = Question(
    option="postal-address",
    words=phrase("Postal address"),
    check=checks.check_postal_address,
    note=phrase("The law wants it at the foot of every mail. You can give it later."),
)
LANGUAGE = Question(
    option="language",
    words=phrase("Language"),
    check=checks.check_language,
)
ZONE = Question(
    option="zone",
    words=phrase("Time zone"),
    check=checks.check_zone,
)
WEEKS = Question(
    option="weeks",
    words=phrase("Weeks from issue to issue"),
    check=checks.check_weeks,
    default="2",
)
TIME = Question(option="time", words=phrase("Time"), check=checks.check_time, default="09:07")
NUMBER = Question(
    option="first-number",
    words=phrase("Number of the first issue"),
    check=checks.check_number,
    note=phrase("3.12, or 12 without volumes; - for issues without numbers."),
    default="1.1",
)
LIST_NAME = Question(
    option="list",
    words=phrase("Name of its list"),
    check=checks.check_list_name,
    note=phrase("Empty: the name of the publication."),
)
USER = Question(
    option="user",
    words=phrase("User name"),
    check=checks.check_user_name,
    note=phrase("You log in with it, and may do everything."),
)
EMAIL = Question(
    option="email",
    words=phrase("Your email address"),
    check=checks.check_email,
    note=phrase("For a new password, and reminders. You can give it later."),
)
#: Those whose check depends on other answers; whoever asks makes it of `answers`.
WEEKDAY = phrase("Weekday")
#: Thursday, counted from Monday = 0.
WEEKDAY_DEFAULT = 3
STARTS_ON = phrase("First issue on")
PASSWORD = phrase("Password")
