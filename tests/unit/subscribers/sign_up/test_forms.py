"""The settings of a form: what is refused, and the words that people agree to."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.conf.schema import Privacy
from newsletter.errors import BadInput
from subscribers import lists
from subscribers.models import List, Subscriber
from subscribers.privacy import retention
from subscribers.sign_up import embedding, forms
from subscribers.sign_up.models import Consent, SignUp, SignUpForm
from tests.unit.subscribers.sign_up.conftest import NOW


@pytest.mark.parametrize(
    "site",
    [
        "example.org",
        "https://example.org/path",
        "https://",
        "ftp://x.org",
        "https://a b",
        "https://x.org;script-src *",
        "https://u@x.org",
    ],
)
def test_what_is_no_site_is_refused(form: SignUpForm, site: str) -> None:
    """It would stand in a header."""
    with pytest.raises(BadInput):
        forms.change_form(form.list, {"frame_sites": site, "asks_name": True})

    assert not forms.form_of(form.list).asks_name


def test_sites_are_kept_as_origins(form: SignUpForm) -> None:
    """In ASCII, without a slash."""
    made = forms.change_form(
        form.list, {"frame_sites": "https://Bücher.example/ http://localhost:8080"}
    )

    assert made.frame_sites == "https://xn--bcher-kva.example http://localhost:8080"


def test_a_list_of_no_publication_has_no_form(publication: object) -> None:
    """Nobody could be told what they sign up to."""
    with pytest.raises(BadInput, match="no publication"):
        forms.change_form(lists.create("Lonely"), {"is_open": True})


def test_an_archived_list_has_no_form(form: SignUpForm) -> None:
    """It takes no new people."""
    lists.archive(form.list)

    with pytest.raises(BadInput, match="archived"):
        forms.change_form(form.list, {"is_open": True})
    assert not forms.open_forms().exists()


def test_the_words_of_a_form_stand_in_place_of_ours(form: SignUpForm) -> None:
    """By language: `pt` also for `pt-BR`; where there are none, our sentence is."""
    publisher = forms.publisher_of(form.list)
    assert publisher is not None
    forms.change_form(form.list, {"consent_texts": {"pt": "Sim.", "en": ""}})
    form.refresh_from_db()

    assert forms.consent_text(form, publisher, "pt-BR") == "Sim."
    assert "Tideline Digest" in forms.consent_text(form, publisher, "en")
    assert "Tideline Digest" in forms.consent_text(form, publisher, "ja")
    with pytest.raises(BadInput, match="language"):
        forms.change_form(form.list, {"consent_texts": {"English please": "Yes."}})


@pytest.mark.parametrize("way", embedding.WAYS)
def test_code_to_copy_leads_to_the_form(form: SignUpForm, way: str) -> None:
    """Each way has the full address, and no script but the one it is about."""
    code = embedding.embed_code(form, way)

    assert embedding.page_url(form) in code
    assert ("<script" in code) == (way == "script")


def forgotten() -> dict[str, int]:
    """Clean, and return how much of each kind went, without what was nothing."""
    return {each.name: each.rows for each in retention.clean(timezone.now()) if each.rows}


def test_sign_ups_count_while_their_round_lasts(
    form: SignUpForm, readers: List, clock: time_machine.Traveller, settings: Settings
) -> None:
    """However short data is kept: else an address could be asked again and again."""
    privacy = Privacy(unconfirmed_days=1)
    settings.CONFIG = settings.CONFIG.model_copy(update={"privacy": privacy})
    SignUp.objects.create(list=readers, email="jane@x.org", key="jane@x.org")

    clock.move_to(NOW + dt.timedelta(days=29))
    assert not forgotten()
    clock.move_to(NOW + dt.timedelta(days=31))
    assert forgotten() == {"sign-ups": 1}


def test_old_data_is_forgotten(
    form: SignUpForm, readers: List, clock: time_machine.Traveller
) -> None:
    """Hashes after 30 days, and with them what nobody confirmed; the consent stays."""
    person = Subscriber.objects.create(email="jane@example.org")
    Consent.objects.create(subscriber=person, list=readers, kind="double", ip_hash="a" * 64)
    for name in ("old", "due"):
        SignUp.objects.create(list=readers, email=f"{name}@x.org", key=f"{name}@x.org", ip_hash="b")
    SignUp.objects.filter(key="due@x.org").update(due_at=NOW)
    clock.move_to(NOW + dt.timedelta(days=30))
    assert not forgotten()

    clock.shift(dt.timedelta(seconds=1))
    assert forgotten() == {"hashes": 3, "sign-ups": 1}

    assert Consent.objects.get().ip_hash == ""
    assert list(SignUp.objects.values_list("key", "ip_hash")) == [("due@x.org", "")]
