"""The form with which a publication gets its template, colours, fonts and logo."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.conf.config import load
from newsletter.desk.publications.colour_words import COLOURS, FURTHER, contrasts_of
from newsletter.desk.publications.logo_chooser import LogoChooser
from newsletter.desk.publications.template_pictures import TemplatePictures, list_choices
from newsletter.errors import BadInput, NewsletterError
from newsletter.publishing.content.looks import logo_of
from newsletter.publishing.models import Publication
from newsletter.rendering import Look, Template, load_template
from newsletter.rendering.pipeline.fonts import STACKS
from newsletter.rendering.pipeline.looks import SCHEMES

COLOUR = re.compile(r"#[0-9a-f]{6}")
#: What the stacks look like, in a word or two; their names are those of the first font.
FONT_LINES = {
    "georgia": gettext_lazy("Georgia: a newspaper"),
    "palatino": gettext_lazy("Palatino: a book"),
    "system": gettext_lazy("System: as in the reader's own programs"),
    "arial": gettext_lazy("Arial: plain"),
    "verdana": gettext_lazy("Verdana: wide, easy to read when small"),
    "trebuchet": gettext_lazy("Trebuchet: friendly"),
}


class ColourField(forms.CharField):
    """A colour of six digits, such as `#1a2b3c`."""

    widget = forms.TextInput(attrs={"type": "color"})

    def clean(self, value: Any) -> str:
        """Return the colour in small letters, or nothing; what is none is refused."""
        colour = str(super().clean(value)).lower()
        if colour and not COLOUR.fullmatch(colour):
            raise forms.ValidationError(_("Give a colour such as #1a2b3c."))
        return colour


class LookForm(forms.ModelForm[Publication]):
    """Asks for the look; a colour that is as in the template is not kept.

    The fields of colours are called `light-ink`.
    """

    fonts = forms.ChoiceField(
        label=gettext_lazy("Fonts"),
        required=False,
        help_text=gettext_lazy(
            "A mail uses fonts that the reader's machine has. These are there nearly everywhere."
        ),
    )

    class Meta:
        model = Publication
        fields = ("template", "logo", "logo_width")
        widgets = {"template": TemplatePictures, "logo": LogoChooser}
        labels = {
            "template": gettext_lazy("Template"),
            "logo": gettext_lazy("Logo"),
            "logo_width": gettext_lazy("Width of the logo, in pixels"),
        }
        help_texts = {
            "template": "",
            "logo": gettext_lazy(
                "Stands in the place of the name. Best is a PNG that can be seen on light and on"
                " dark."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = gettext_lazy("As in the template")
        stacks = [(key, FONT_LINES[key]) for key in STACKS]
        self.fields["fonts"].choices = [("", own), *stacks]  # type: ignore[attr-defined]
        self.fields["fonts"].initial = self.instance.look.get("fonts", "")
        self.base = self._template()
        for scheme, name, colour in self._colours():
            label = COLOURS.get(name, name)
            field = ColourField(label=label, initial=colour, required=False)
            self.fields[f"{scheme}-{name}"] = field

    def _template(self) -> Template:
        """Return the template that is chosen in the form, as it looks by itself."""
        chosen = str(self.data.get("template") or self.instance.template)
        if chosen not in dict(list_choices()):
            chosen = next(iter(dict(list_choices())), chosen)
        return load_template(load().email_templates, chosen)

    def _colours(self) -> Iterator[tuple[str, str, str]]:
        """Yield scheme, name and present colour of each that the template has."""
        for scheme in SCHEMES:
            theme = self.base.theme.get(scheme, {})
            own = self.instance.look.get(scheme, {})
            for name in sorted(theme, key=order_of):
                yield scheme, name, str(own.get(name, theme[name]))

    def colour_rows(self, *, further: bool) -> list[dict[str, Any]]:
        """Return each colour with its two fields, for the page."""
        names = sorted(self.base.theme.get("light", {}), key=order_of)
        return [
            {
                "name": name,
                "label": COLOURS.get(name, name),
                "fields": [(scheme, self[f"{scheme}-{name}"]) for scheme in SCHEMES],
                "errors": [error for each in SCHEMES for error in self[f"{each}-{name}"].errors],
            }
            for name in names
            if (name in FURTHER or name not in COLOURS) is further
        ]

    def main_rows(self) -> list[dict[str, Any]]:
        """Return the colours that are changed most."""
        return self.colour_rows(further=False)

    def further_rows(self) -> list[dict[str, Any]]:
        """Return the others."""
        return self.colour_rows(further=True)

    def has_further_errors(self) -> bool:
        """Say whether one of the others is wrong, so that they have to be in sight."""
        return any(row["errors"] for row in self.further_rows())

    def clean_template(self) -> str:
        """Refuse what is no template."""
        chosen = str(self.cleaned_data["template"])
        if chosen not in dict(list_choices()):
            raise forms.ValidationError(_("Choose one of the templates below."))
        return chosen

    def clean(self) -> dict[str, Any]:
        """Refuse text that nobody could read, and a logo that cannot be shown."""
        cleaned = super().clean() or {}
        theme = {scheme: self.chosen(scheme) for scheme in SCHEMES}
        for each in contrasts_of(theme):
            if each.is_unreadable:
                self.add_error(f"{each.scheme}-{each.text}", each.words)
        if logo := cleaned.get("logo"):
            self._check_logo(logo, cleaned.get("logo_width") or self.instance.logo_width)
        return cleaned

    def _check_logo(self, logo: Any, width: int) -> None:
        """Refuse a logo that mails cannot show."""
        try:
            logo_of(Publication(logo=logo, logo_width=width))
        except BadInput as error:
            self.add_error("logo", error.sentences)

    def chosen(self, scheme: str) -> dict[str, str]:
        """Return all colours of a scheme as they are chosen, also those that are refused.

        In the place of what is no colour stands that of the template.
        """
        theme: Mapping[str, str] = self.base.theme.get(scheme, {})
        given = {name: str(self[f"{scheme}-{name}"].value() or "").lower() for name in theme}
        return {
            name: given[name] if COLOUR.fullmatch(given[name]) else colour
            for name, colour in theme.items()
        }

    def look(self) -> dict[str, Any]:
        """Return what differs from the template, to be kept."""
        differing = {
            scheme: {
                name: colour
                for name, colour in self.chosen(scheme).items()
                if colour != str(self.base.theme[scheme][name]).lower()
            }
            for scheme in SCHEMES
        }
        fonts = str(self["fonts"].value() or "")
        return {
            **{scheme: table for scheme, table in differing.items() if table},
            **({"fonts": fonts} if fonts else {}),
        }

    def save(self, commit: bool = True) -> Publication:
        """Keep the look."""
        self.instance.look = self.look()
        return super().save(commit)

    def shown(self) -> Publication:
        """Return the publication as the form has it, saved or not; what is wrong is left out."""
        shown = Publication.objects.get(pk=self.instance.pk)
        self.is_valid()
        good = getattr(self, "cleaned_data", {})
        for name in ("template", "logo", "logo_width"):
            if name in good:
                setattr(shown, name, good[name])
        shown.look = self.look()
        return shown


def order_of(name: str) -> int:
    """Return where a colour stands among the others; those that we do not know stand last."""
    return list(COLOURS).index(name) if name in COLOURS else len(COLOURS)


def list_themes() -> Mapping[str, Any]:
    """Return the colours of each template that works, for the page: what is not changed follows."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, _label in list_choices():
        try:
            theme = load_template(load().email_templates, name).theme
        except NewsletterError:
            continue
        found[name] = {scheme: theme.get(scheme, {}) for scheme in SCHEMES}
    return found


def theme_of(form: LookForm) -> Mapping[str, Any]:
    """Return the theme that the form makes."""
    colours = {scheme: form.chosen(scheme) for scheme in SCHEMES}
    return Look(colours=colours).applied_to(form.base).theme
