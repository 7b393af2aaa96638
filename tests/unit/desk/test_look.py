"""The look of a publication: chosen beside a mail, refused where nobody could read."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from newsletter.desk.publications.colour_words import contrasts_of
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.models import Publication
from tests import desks
from tests.unit.desk.conftest import LogIn


def values(publication: Publication, **changed: str) -> dict[str, str]:
    """Return what the form has, with some fields changed; `light_ink` is that of `light-ink`."""
    theme = template_of(publication).theme
    given = {
        f"{scheme}-{name}": str(colour)
        for scheme in ("light", "dark")
        for name, colour in theme[scheme].items()
    }
    given |= {"template": publication.template, "fonts": "", "logo": "", "logo_width": "240"}
    renamed = {
        name.replace("_", "-", 1) if name.startswith(("light_", "dark_")) else name: value
        for name, value in changed.items()
    }
    return given | renamed


def save(client: Client, publication: Publication, **changed: str) -> str:
    """Save the form; return the page that follows."""
    address = reverse("desk_look", args=[publication.pk])
    return client.post(address, values(publication, **changed), follow=True).content.decode()


def test_the_look_is_kept(publication: Publication, log_in: LogIn) -> None:
    """What differs from the template is kept, and nothing else."""
    said = save(log_in(""), publication, light_accent="#0A5C36", fonts="verdana")

    publication.refresh_from_db()
    assert "Tideline Digest has this look from now on." in said
    assert publication.look == {"light": {"accent": "#0a5c36"}, "fonts": "verdana"}


def test_another_template_and_a_logo(publication: Publication, log_in: LogIn) -> None:
    """The template and the logo are kept; a colour that is as in the new template is not."""
    client = log_in("")
    picture = desks.stored_picture()
    Publication.objects.update(template="letter")
    letter = values(Publication.objects.get())
    Publication.objects.update(template="digest")

    client.post(
        reverse("desk_look", args=[publication.pk]),
        letter | {"template": "letter", "logo": str(picture.pk)},
    )

    publication.refresh_from_db()
    assert (publication.template, publication.look) == ("letter", {})
    assert publication.logo == picture


def test_what_nobody_can_read_is_refused(publication: Publication, log_in: LogIn) -> None:
    """Text below 3 to 1 is refused at its colour, with figures; nothing is kept."""
    said = save(log_in(""), publication, light_button_text="#30405a")

    publication.refresh_from_db()
    assert publication.look == {}
    assert 'id="id_light-button_text-errors">Text on the button cannot be read: 1.' in said
    assert "it needs 4.5." in said


def test_what_is_hard_to_read_is_said(publication: Publication, log_in: LogIn) -> None:
    """Text between 3 and 4.5 to 1 is kept, and the page says in words how much it lacks."""
    said = save(log_in(""), publication, light_muted="#858585")

    publication.refresh_from_db()
    assert publication.look == {"light": {"muted": "#858585"}}
    assert "Small print is hard to read: 3.6 to 1, it needs 4.5." in said


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "'; }", ""])
def test_what_is_no_colour(publication: Publication, log_in: LogIn, colour: str) -> None:
    """What is no colour is never kept; the field says what one looks like."""
    said = save(log_in(""), publication, light_ink=colour)

    publication.refresh_from_db()
    assert publication.look == {}
    assert ("Give a colour such as #1a2b3c." in said) is bool(colour)


def test_a_template_that_is_not_there(publication: Publication, log_in: LogIn) -> None:
    """A template that nobody has is refused."""
    said = save(log_in(""), publication, template="brochure")

    assert "Choose one of the templates below." in said


def test_the_mail_beside_the_form(publication: Publication, log_in: LogIn) -> None:
    """The mail shows the latest issue with what is in the form, and nothing is kept by that."""
    desks.draft(publication, body=[desks.digest("Reed beds")])
    client = log_in("")
    address = reverse("desk_look_mail", args=[publication.pk])

    light = client.get(address, values(publication, light_accent="#0a5c36"))
    dark = client.get(address, {**values(publication, dark_card="#0a1c36"), "scheme": "dark"})

    assert "Reed beds" in light.content.decode()
    assert "#0a5c36" in light.content.decode().lower()
    assert "@media (min-width:0)" in dark.content.decode()
    assert "#0a1c36" in dark.content.decode().lower()
    assert "sandbox" in light["Content-Security-Policy"]
    publication.refresh_from_db()
    assert publication.look == {}


def test_the_mail_shows_what_is_refused(publication: Publication, log_in: LogIn) -> None:
    """A colour that would be refused is shown all the same, so that one sees why."""
    sent = values(publication, light_ink="#fefefe")

    shown = log_in("").get(reverse("desk_look_mail", args=[publication.pk]), sent)

    assert "#fefefe" in shown.content.decode().lower()


def test_an_example_before_there_is_an_issue(publication: Publication, log_in: LogIn) -> None:
    """Without an issue the mail is an example, with the name and the address of the publication."""
    shown = log_in("").get(reverse("desk_look_mail", args=[publication.pk])).content.decode()

    assert "The reed beds are green again" in shown
    assert "1 Quay Street" in shown
    assert "Tideline Digest" in shown


def test_contrast_in_words(publication: Publication, log_in: LogIn) -> None:
    """Beside the form stands what cannot be read, for light and for dark."""
    address = reverse("desk_look_contrast", args=[publication.pk])
    client = log_in("")

    good = client.get(address, values(publication)).content.decode()
    bad = client.get(address, values(publication, dark_link="#20303a")).content.decode()

    assert good.count("Everything can be read well.") == 2
    assert "A link cannot be read: 1." in bad
    assert bad.count("Everything can be read well.") == 1


def test_figures_are_never_rounded_up() -> None:
    """4.49 to 1 is not enough, and is not called 4.5."""
    theme = {"light": {"ink": "#777777", "card": "#ffffff"}}

    [found] = contrasts_of(theme)

    assert not found.is_enough
    assert found.figures["ratio"] == "4.4"


@pytest.mark.parametrize("name", ["digest", "letter", "roundup"])
def test_a_picture_of_each_template(publication: Publication, log_in: LogIn, name: str) -> None:
    """The picture of a template is a mail that it makes; nothing in it runs."""
    shown = log_in("").get(reverse("desk_template_picture", args=[name]))

    assert "The Harbour Letter" in shown.content.decode()
    assert "sandbox" in shown["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["brochure", "_shared"])
def test_no_picture_of_what_is_none(publication: Publication, log_in: LogIn, name: str) -> None:
    """What is no template has no picture."""
    assert log_in("").get(reverse("desk_template_picture", args=[name])).status_code == 404


@pytest.mark.parametrize("page", ["desk_look", "desk_look_mail", "desk_look_contrast"])
def test_only_who_may_change_it(publication: Publication, log_in: LogIn, page: str) -> None:
    """Who may not change a publication does not come to its look."""
    answer = log_in("Writers").get(reverse(page, args=[publication.pk]))

    assert answer.status_code in {302, 403}


def test_a_template_that_is_gone(publication: Publication, log_in: LogIn) -> None:
    """A publication whose template is gone can get another one."""
    Publication.objects.update(template="gone")

    said = log_in("").get(reverse("desk_look", args=[publication.pk])).content.decode()

    assert 'value="digest"' in said


def test_the_settings_lead_to_the_look(publication: Publication, log_in: LogIn) -> None:
    """The settings lead to the look, and keep the template when they are saved."""
    client = log_in("")
    shown = client.get(reverse("publications:edit", args=[publication.pk])).content.decode()
    new = client.get("/admin/publications/new/").content.decode()

    assert reverse("desk_look", args=[publication.pk]) in shown
    assert 'name="template"' not in shown
    assert new.count('name="template"') == 3
