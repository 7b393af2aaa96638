"""The settings of a sign-up form, as a form of the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsletter.desk.publications.language_names import describe_language
from subscribers.sign_up.forms import MAX_TEXT, text_in
from subscribers.sign_up.models import SignUpForm
from subscribers.sign_up.surroundings import Publisher

SWITCHES = ("is_open", "double_opt_in", "asks_name", "sends_welcome", "welcome_has_issue")
HELP = {
    "is_open": _("The public pages then link to the form."),
    "double_opt_in": _(
        "Leave this on. Without it others can sign people up, and you have no proof of consent."
    ),
    "asks_name": _("Nobody has to give it."),
    "welcome_has_issue": _("Its headlines and a link to it, not the whole issue."),
}


class SettingsForm(forms.Form):
    """Everything that may be chosen; texts have a field for each language."""

    def __init__(
        self, sign_up_form: SignUpForm, publisher: Publisher | None, data: Any = None
    ) -> None:
        super().__init__(data)
        self._stored = sign_up_form
        self.languages = list_languages(sign_up_form, publisher)
        for name in SWITCHES:
            self.fields[name] = forms.BooleanField(
                label=label_of(name),
                required=False,
                initial=getattr(sign_up_form, name),
                help_text=HELP.get(name, ""),
            )
        for tag in self.languages:
            for kind, label in LABELS.items():
                self.fields[f"{kind}-{tag}"] = self._text_field(kind, str(label), tag)
        self.fields["frame_sites"] = forms.CharField(
            label=label_of("frame_sites"),
            required=False,
            initial=sign_up_form.frame_sites,
            help_text=gettext("Such as https://example.org, with spaces between them."),
        )

    def _text_field(self, kind: str, label: str, tag: str) -> forms.CharField:
        return forms.CharField(
            label=label.format(language=describe_language(tag)),
            required=False,
            max_length=MAX_TEXT,
            initial=text_in(getattr(self._stored, kind), tag),
            widget=forms.Textarea(attrs={"rows": 3, "lang": tag}),
            help_text=NOTES[kind],
        )

    def changes(self) -> dict[str, Any]:
        """Return what was chosen, as `change_form` takes it."""
        found = {name: self.cleaned_data[name] for name in (*SWITCHES, "frame_sites")}
        for kind in LABELS:
            found[kind] = getattr(self._stored, kind) | {
                tag: self.cleaned_data[f"{kind}-{tag}"] for tag in self.languages
            }
        return found


LABELS = {
    "consent_texts": _("What people agree to ({language})"),
    "welcome_texts": _("What the welcome mail says ({language})"),
}
NOTES = {
    "consent_texts": _("Empty: the sentence of the program."),
    "welcome_texts": _("Markdown, as in an issue. Empty: the sentence of the program."),
}


def label_of(name: str) -> str:
    """Return the name of a setting, as a label."""
    return capfirst(str(getattr(SignUpForm._meta.get_field(name), "verbose_name", name)))


def list_languages(form: SignUpForm, publisher: Publisher | None) -> list[str]:
    """Return the languages that texts are written in: the publication's, and those there are."""
    first = [publisher.language] if publisher and publisher.language else ["en", "ja"]
    return list(dict.fromkeys([*first, *form.consent_texts, *form.welcome_texts]))
