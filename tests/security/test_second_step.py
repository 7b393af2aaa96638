"""A second step at login, where people are logged in, and what ends a session."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import ModelLogEntry

from newsletter.cli import user as command
from newsletter.desk.accounts import second_step
from newsletter.desk.accounts.devices import describe_device, network_of
from newsletter.desk.accounts.sessions import sessions_of
from newsletter.desk.models import DeskSession
from newsletter.publishing.models import Publication
from tests import desks

LOGIN = "/admin/login/"
HOME = "/admin/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def chief(publication: Publication) -> User:
    """Somebody who may do anything."""
    account = desks.member("", "chief")
    account.email = "chief@example.org"
    account.save()
    mail.outbox.clear()
    return account


def entered(browser_name: str = FIREFOX, name: str = "chief") -> Client:
    """Return a browser after the password."""
    browser = Client(headers={"User-Agent": browser_name}, REMOTE_ADDR="203.0.113.9")
    answer = browser.post(LOGIN, {"username": name, "password": desks.PASSWORD})
    assert answer.status_code == 302
    return browser


def code_of(account: User, *, ahead: int = 0) -> str:
    """Return the code that the app of an account shows now, or some steps later."""
    device = TOTPDevice.objects.get(user=account)
    app = TOTP(device.bin_key, drift=ahead)
    app.time = time.time()
    return f"{app.token():06}"


def switch_on(browser: Client, account: User) -> list[str]:
    """Set a second step up; return the recovery codes."""
    address = reverse("desk_security")
    browser.post(address, {"do": "begin"})
    page = browser.post(address, {"do": "confirm", "code": code_of(account)}).content.decode()
    assert "They are shown only now." in page
    tokens = StaticToken.objects.filter(device__user=account).values_list("token", flat=True)
    # The code that was just used is taken once; the tests go on with the next.
    TOTPDevice.objects.filter(user=account).update(last_t=-1)
    return list(tokens)


def second(browser: Client, code: str) -> int:
    """Give a code after the password; return the status."""
    return browser.post(reverse("desk_second_step"), {"code": code}).status_code


def test_without_it_nothing_changes(chief: User) -> None:
    """Who has not set it up logs in with the password alone."""
    assert entered().get(HOME).status_code == 200


def test_a_password_alone_is_not_enough(chief: User) -> None:
    """With it every page of the desk leads to the question for the code, and posts do nothing."""
    switch_on(entered(), chief)
    stranger = entered()

    page = stranger.get("/admin/publications/")
    stranger.post("/admin/lists/new/", {"name": "Mine", "slug": "mine"})

    assert page["Location"] == "/admin/account/second-step/?next=%2Fadmin%2Fpublications%2F"
    assert stranger.get(HOME).status_code == 302
    assert stranger.get(reverse("desk_security")).status_code == 302
    assert not Publication.objects.get().lists.filter(slug="mine").exists()


def test_the_code_lets_in(chief: User) -> None:
    """The code of the app lets in, blanks or not, and leads to the page that was asked for."""
    switch_on(entered(), chief)
    browser = entered()
    code = code_of(chief)

    answer = browser.post(
        reverse("desk_second_step"),
        {"code": f"{code[:3]} {code[3:]}", "next": "/admin/publications/"},
    )

    assert answer["Location"] == "/admin/publications/"
    assert browser.get(HOME).status_code == 200


def test_a_code_is_taken_once(chief: User) -> None:
    """Who looks over a shoulder cannot use the code again."""
    switch_on(entered(), chief)
    code = code_of(chief)

    assert second(entered(), code) == 302
    assert second(entered(), code) == 403


def test_a_recovery_code_is_taken_once(chief: User) -> None:
    """A recovery code lets in once, however it is written."""
    token = switch_on(entered(), chief)[0]
    written = f" {token[:4].upper()}-{token[4:]} "

    assert second(entered(), written) == 302
    assert second(entered(), written) == 403


def test_guessing_ends(chief: User) -> None:
    """After ten wrong codes the right one does not help either."""
    switch_on(entered(), chief)
    browser = entered()
    for number in range(10):
        assert second(browser, f"{number:06}") == 403

    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)

    assert second(browser, code_of(chief)) == 403


def test_no_way_to_another_site(chief: User) -> None:
    """The page leads nowhere but into the desk."""
    switch_on(entered(), chief)
    browser = entered()

    answer = browser.post(
        reverse("desk_second_step"), {"code": code_of(chief), "next": "https://evil.example/"}
    )

    assert answer["Location"] == HOME


def test_a_wrong_first_code(chief: User) -> None:
    """Without a right code it is not switched on, so nobody locks themselves out."""
    browser = entered()
    browser.post(reverse("desk_security"), {"do": "begin"})

    page = browser.post(reverse("desk_security"), {"do": "confirm", "code": "000000"})

    assert "This code was not accepted." in page.content.decode()
    assert not second_step.has_second_step(chief)
    assert entered().get(HOME).status_code == 200


def test_switching_it_on_ends_the_others(chief: User) -> None:
    """A browser that was logged in before with the password alone is logged out."""
    other = entered(PHONE)
    other.get(HOME)

    switch_on(entered(), chief)

    assert other.get(HOME)["Location"].startswith(LOGIN)


def test_it_takes_a_code_to_switch_it_off(chief: User) -> None:
    """Who finds the desk open cannot switch it off, nor read new recovery codes."""
    browser = entered()
    switch_on(browser, chief)
    address = reverse("desk_security")

    for action in ("off", "renew"):
        said = browser.post(address, {"do": action, "code": "000000"}).content.decode()
        assert "This code was not accepted." in said
    assert second_step.has_second_step(chief)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)

    browser.post(address, {"do": "off", "code": code_of(chief)})

    assert not second_step.has_second_step(chief)


def test_the_picture_is_ours(chief: User) -> None:
    """The QR code is drawn here: no other site learns the key."""
    page = entered().post(reverse("desk_security"), {"do": "begin"}).content.decode()

    assert 'src="data:image/svg+xml' in page
    assert "http://chart" not in page


def test_an_admin_switches_it_off(chief: User, django_capture_on_commit_callbacks: object) -> None:
    """An admin helps who has lost everything; it is written down, and the person is told."""
    writer = desks.member("Writers", "ada")
    writer.email = "ada@example.org"
    writer.save()
    switch_on(entered(name="ada"), writer)
    mail.outbox.clear()
    admin = entered()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        admin.post(reverse("desk_second_step_reset", args=[writer.pk]))

    assert not second_step.has_second_step(writer)
    entry = ModelLogEntry.objects.filter(action=second_step.RESET).get()
    assert entry.user == chief
    assert [each.to for each in mail.outbox] == [["ada@example.org"]]
    assert "An admin has switched off the second step" in mail.outbox[0].body


def test_only_an_admin(chief: User) -> None:
    """Nobody else can switch off the second step of an account."""
    switch_on(entered(), chief)
    desks.member("Writers", "ada")

    answer = entered(name="ada").post(reverse("desk_second_step_reset", args=[chief.pk]))

    assert answer.status_code in {302, 403}
    assert second_step.has_second_step(chief)


def test_by_command(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """`newsletter user reset-second-step` does the same where nobody can log in any more."""
    monkeypatch.setattr(command, "open_workspace", lambda: None)
    switch_on(entered(), chief)

    command.reset_second_step("chief")

    assert not second_step.has_second_step(chief)
    assert ModelLogEntry.objects.filter(action=second_step.RESET, user=None).exists()


def test_sessions_are_listed(chief: User) -> None:
    """The page names each browser and machine, and not the whole address."""
    entered(PHONE).get(HOME)
    here = entered()

    page = here.get(reverse("desk_security")).content.decode()

    assert "Safari on iPhone" in page
    assert "Firefox on Windows" in page
    assert "203.0.x.x" in page
    assert "203.0.113.9" not in page


def test_one_session_is_ended(chief: User) -> None:
    """A browser that is logged out from elsewhere has to log in again; this one stays."""
    phone, here = entered(PHONE), entered()
    phone.get(HOME)
    row = sessions_of(chief).get(browser=PHONE)

    here.post(reverse("desk_security"), {"do": "end", "session": str(row.pk)})

    assert phone.get(HOME)["Location"].startswith(LOGIN)
    assert here.get(HOME).status_code == 200


def test_nobody_ends_the_sessions_of_others(chief: User) -> None:
    """The number of somebody else's session is of no use."""
    desks.member("Writers", "ada")
    here = entered()
    here.get(HOME)
    row = sessions_of(chief).get()

    entered(name="ada").post(reverse("desk_security"), {"do": "end", "session": str(row.pk)})

    assert here.get(HOME).status_code == 200


def test_all_others_are_ended(chief: User) -> None:
    """One button ends all but this one."""
    phone, here = entered(PHONE), entered()
    phone.get(HOME)

    here.post(reverse("desk_security"), {"do": "end_others"})

    assert phone.get(HOME).status_code == 302
    assert here.get(HOME).status_code == 200


def test_a_new_password_ends_the_others(
    chief: User, django_capture_on_commit_callbacks: object
) -> None:
    """A new password ends all other sessions, and its owner is told by mail."""
    phone, here = entered(PHONE), entered()
    phone.get(HOME)
    page = {
        "name_email-first_name": "Ann",
        "name_email-last_name": "Abe",
        "name_email-email": "chief@example.org",
        "locale-preferred_language": "",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "password-old_password": desks.PASSWORD,
        "password-new_password1": "another-harbour-at-dawn",
        "password-new_password2": "another-harbour-at-dawn",
    }

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        here.post("/admin/account/", page)

    chief.refresh_from_db()
    assert chief.check_password("another-harbour-at-dawn")
    assert phone.get(HOME).status_code == 302
    assert here.get(HOME).status_code == 200
    assert [each.to for each in mail.outbox] == [["chief@example.org"]]
    assert "The password of your account “chief” was changed." in mail.outbox[0].body
    assert sessions_of(chief).count() == 1


def test_another_address_is_told_to_both(
    chief: User, django_capture_on_commit_callbacks: object
) -> None:
    """Whoever takes an account over cannot change its address without its owner learning of it."""
    phone = entered(PHONE)
    phone.get(HOME)
    chief.email = "else@example.org"

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        chief.save()

    assert {each.to[0] for each in mail.outbox} == {"chief@example.org", "else@example.org"}
    assert "else@example.org" not in mail.outbox[0].body
    assert phone.get(HOME).status_code == 302


def test_logging_in_tells_nobody(chief: User, django_capture_on_commit_callbacks: object) -> None:
    """A login, which writes the time and may renew the hash, is no change of the password."""
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        entered()
        chief.refresh_from_db()
        chief.first_name = "Ann"
        chief.save()

    assert mail.outbox == []


def test_what_is_over_is_forgotten(chief: User) -> None:
    """Of sessions that are over nothing is kept."""
    browser = entered()
    browser.get(HOME)
    browser.post("/admin/logout/")

    entered(PHONE).get(HOME)

    assert [each.browser for each in DeskSession.objects.all()] == [PHONE]


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("curl/8.5", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_device_in_words(browser: str, words: str) -> None:
    """What a browser says of itself becomes two words."""
    assert describe_device(browser) == words


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.x.x"),
        ("2001:db8:1:2::3", "2001:0db8:…"),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_half_an_address(address: str, network: str) -> None:
    """Of an address the first half is kept."""
    assert network_of(address) == network
