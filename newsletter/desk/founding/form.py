"""The form of the page that sets a newsletter up; its checks are those of the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from newsletter.conf.config import load
from newsletter.desk.founding import answers as checks
from newsletter.desk.founding import questions
from newsletter.desk.founding.answers import Answers, FirstUser
from newsletter.desk.founding.questions import Question
from newsletter.desk.publications.language_names import describe_language
from newsletter.desk.publications.listed_fields import LanguageInput, ZoneInput
from newsletter.errors import BadInput
from newsletter.phrases import translate
from newsletter.publishing.models import Publication
from newsletter.scheduling.cadence import Cadence

NEW_PASSWORD = {"autocomplete": "new-password"}


def in_words(text: str) -> str:
    """Return a phrase in the reader's language."""
    return str(translate(text))


#: The same, when the page is shown.
later = lazy(in_words, str)


class CheckedField(forms.CharField):
    """A line of text that one of the checks turns into a value."""

    def __init__(self, check: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def clean(self, value: Any) -> Any:
        """Return the value; what the check refuses is told beside the field."""
        text = str(super().clean(value))
        return check_for_form(self.check, text) if text else ""


def check_for_form(check: Callable[..., Any], *values: Any) -> Any:
    """Return what a check returns; its refusal becomes that of a form."""
    try:
        return check(*values)
    except BadInput as error:
        raise ValidationError(error.sentences) from None


def field_of(question: Question, **kwargs: Any) -> CheckedField:
    """Return the field that asks a question; `kwargs` say what is of a page alone."""
    note = {"help_text": later(question.note)} if question.note else {}
    return CheckedField(
        question.check,
        **{"label": later(question.words), "initial": question.default or None, **note, **kwargs},
    )


class SetupForm(forms.Form):
    """Asks for the publication, its rhythm and the first account."""

    name = field_of(questions.NAME)
    sender_address = field_of(
        questions.SENDER_ADDRESS, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    sender = field_of(questions.SENDER, required=False)
    postal_address = field_of(questions.POSTAL_ADDRESS, required=False)
    language = field_of(
        questions.LANGUAGE,
        help_text=_("Type its name and choose it: English, 日本語, Português."),
        widget=LanguageInput,
    )
    zone = field_of(
        questions.ZONE,
        help_text=_("Type a city and choose it. The difference to UTC is the one of today."),
        widget=ZoneInput,
    )
    weeks = field_of(
        questions.WEEKS, widget=forms.NumberInput(attrs={"min": 1, "max": checks.MAX_WEEKS})
    )
    weekday = forms.TypedChoiceField(
        label=later(questions.WEEKDAY),
        choices=Publication.Weekday.choices,
        coerce=int,
        initial=questions.WEEKDAY_DEFAULT,
    )
    time = field_of(questions.TIME, widget=forms.TextInput(attrs={"type": "time"}))
    starts_on = forms.CharField(
        label=later(questions.STARTS_ON),
        required=False,
        help_text=_("Empty: the next such date."),
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    number = field_of(questions.NUMBER)
    list_name = field_of(questions.LIST_NAME, required=False)
    user = field_of(questions.USER, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    email = field_of(
        questions.EMAIL,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=later(questions.PASSWORD),
        strip=False,
        help_text=_("12 characters or more."),
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
    )
    password_again = forms.CharField(
        label=_("Password, again"), strip=False, widget=forms.PasswordInput(attrs=NEW_PASSWORD)
    )

    #: What stands together on the page.
    PARTS = (
        (_("The publication"), ("name", "sender_address", "sender", "postal_address", "language")),
        (_("When it comes out"), ("zone", "weeks", "weekday", "time", "starts_on")),
        (_("Numbers and list"), ("number", "list_name")),
        (_("You"), ("user", "email", "password", "password_again")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = load().site.time_zone
        self.fields["language"].initial = describe_language(get_language() or "en")

    def clean(self) -> dict[str, Any]:
        """Check what depends on several fields, and fill in what follows from the name."""
        given = super().clean() or {}
        for name in ("sender", "list_name"):
            given[name] = given.get(name) or given.get("name", "")
        if all(given.get(name) is not None for name in ("zone", "weeks", "weekday", "time")):
            self._take("starts_on", checks.check_first_date, given["starts_on"], read_rhythm(given))
        if given.get("password"):
            self._take(
                "password",
                checks.check_password,
                given["password"],
                given.get("user") or "",
                given.get("email") or "",
            )
            if given.get("password_again") not in (None, given.get("password")):
                self.add_error("password_again", _("These are two different passwords."))
        return given

    def _take(self, name: str, check: Callable[..., Any], *values: Any) -> None:
        """Keep what a check returns under a name, or tell why it refuses."""
        try:
            self.cleaned_data[name] = check_for_form(check, *values)
        except ValidationError as error:
            self.add_error(name, error)

    def dates(self) -> Cadence | None:
        """Return the rhythm from its first date on; None where the fields make none."""
        if not self.is_bound:
            fields = {name: self.fields[name].initial for name in ("zone", "weeks", "weekday")}
            given = {
                **fields,
                "weeks": int(fields["weeks"]),
                "time": checks.check_time(questions.TIME.default),
            }
            found = read_rhythm(given)
            return checks.begin_rhythm(found, checks.first_date(found))
        given = self.cleaned_data
        names = ("zone", "weeks", "weekday", "time", "starts_on")
        if any(given.get(name) in (None, "") for name in names):
            return None
        return checks.begin_rhythm(read_rhythm(given), given["starts_on"])

    def answers(self) -> Answers:
        """Return what is said of the publication."""
        given = self.cleaned_data
        names = (
            *("name", "sender", "sender_address", "postal_address", "zone", "weeks", "weekday"),
            *("time", "starts_on", "language", "number", "list_name"),
        )
        return Answers(**{name: given[name] for name in names})

    def first_user(self) -> FirstUser:
        """Return what is said of the first account."""
        given = self.cleaned_data
        return FirstUser(name=given["user"], email=given["email"], password=given["password"])


def read_rhythm(given: dict[str, Any]) -> Cadence:
    """Return the rhythm that the fields make, from today on."""
    return checks.rhythm_of(given["zone"], given["weeks"], given["weekday"], given["time"])
