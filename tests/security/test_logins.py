"""A password is tried a few times, whoever tries it, and nobody can lock others out for good."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory

from newsletter.cli import user
from newsletter.desk.accounts.links import welcome_link
from newsletter.publishing.models import Publication
from newsletter.throttling import counting
from newsletter.throttling.counting import Limit, count_attempt, unlock
from newsletter.throttling.logins import COOKIE, limits_of
from newsletter.throttling.models import Counter
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.security.conftest import LogIn

LOGIN = "/admin/login/"
HERE, THERE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def chief(publication: Publication) -> User:
    """Somebody who may do anything."""
    return desks.member("", "chief")


def enter(
    browser: Client, password: str, name: str = "chief", address: str = HERE
) -> tuple[int, bool]:
    """Try to log in; return the status, and whether it worked."""
    answer = browser.post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)
    return answer.status_code, answer.status_code == 302


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that a hash was made of."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    made: list[str] = []
    encode: Callable[..., str] = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return made


def test_many_wrong_ones(chief: User, hashes: list[str]) -> None:
    """After ten the right one does not work either, and no hash is made any more."""
    answers = [enter(Client(), f"wrong-{number}") for number in range(40)]
    made = len(hashes)

    assert [status for status, _ in answers] == [200] * 10 + [429] * 30
    assert enter(Client(), desks.PASSWORD) == (429, False)
    assert made == 10
    assert len(hashes) == made


def test_it_says_when_to_come_again(chief: User) -> None:
    """The form says it in words, the head in seconds; what was typed is not shown."""
    for _ in range(10):
        enter(Client(), "wrong")
    answer = Client().post(
        LOGIN, {"username": "chief", "password": "s3cret-word"}, REMOTE_ADDR=HERE
    )

    assert "There were too many tries. Wait 15 minutes" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 900
    assert "s3cret-word" not in answer.content.decode()


def test_it_ends_by_itself(chief: User) -> None:
    """Tries meanwhile do not prolong it."""
    with time_machine.travel("2026-11-26 09:00", tick=False) as clock:
        for _ in range(50):
            enter(Client(), "wrong")
            clock.shift(10)
        assert enter(Client(), desks.PASSWORD)[0] == 429
        clock.shift(15 * 60 - 500)

        assert enter(Client(), desks.PASSWORD) == (302, True)
        assert Counter.objects.filter(ends_at__lt=time.time()).count() == 0


@pytest.mark.parametrize("name", ["chief", "CHIEF", " chief ", "ｃｈｉｅｆ"])
def test_one_account_however_it_is_written(chief: User, name: str) -> None:
    """Another spelling is no other account."""
    for _ in range(10):
        enter(Client(), "wrong", name)

    assert enter(Client(), desks.PASSWORD)[0] == 429


def test_from_elsewhere_its_owner_gets_in(chief: User) -> None:
    """Whoever tries from one address locks out only that address."""
    for _ in range(40):
        enter(Client(), "wrong")

    assert enter(Client(), desks.PASSWORD, address=THERE) == (302, True)


def test_a_forged_address_is_no_other(chief: User) -> None:
    """The header of a proxy that is none does not help."""
    for number in range(10):
        Client().post(
            LOGIN,
            {"username": "chief", "password": "wrong"},
            REMOTE_ADDR=HERE,
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )

    assert enter(Client(), desks.PASSWORD)[0] == 429


def test_a_network_of_ipv6_is_one(chief: User) -> None:
    """Who has 2^64 addresses has no more tries for that."""
    for number in range(10):
        enter(Client(), "wrong", address=f"2001:db8::{number:x}")

    assert enter(Client(), "wrong", address="2001:db8::ffff")[0] == 429


def test_many_accounts_from_one_address(chief: User, hashes: list[str]) -> None:
    """Thirty tries at whatever accounts, and no more; such that exist are like others."""
    with time_machine.travel("2026-11-26 09:00", tick=False) as clock:
        answers = []
        for number in range(40):
            answers.append(enter(Client(), "wrong", f"somebody-{number}")[0])
            clock.shift(5)

    assert answers == [200] * 30 + [429] * 10
    assert len(hashes) == 30


def test_many_addresses_at_one_account(chief: User) -> None:
    """A hundred in an hour; then only a browser that is known gets in, and it does."""
    known = Client()
    with time_machine.travel("2026-11-26 09:00", tick=False) as clock:
        assert enter(known, desks.PASSWORD)[1]
        known.cookies.pop("sessionid")
        answers = []
        for number in range(130):
            answers.append(enter(Client(), "wrong", address=f"192.0.2.{number}")[0])
            clock.shift(10)

        assert answers.count(429) == 30
        assert enter(Client(), desks.PASSWORD, address=THERE)[0] == 429
        assert enter(known, desks.PASSWORD, address=THERE) == (302, True)


def test_over_all(chief: User, hashes: list[str]) -> None:
    """However many accounts and addresses: thirty hashes in a minute."""
    with time_machine.travel("2026-11-26 09:00", tick=False):
        for number in range(50):
            enter(Client(), "wrong", f"somebody-{number}", f"192.0.2.{number}")

    assert len(hashes) == 30


def test_a_known_browser_has_ten(chief: User) -> None:
    """The cookie of one account is worth ten tries at it, and nothing at another."""
    desks.member("Writers", "aiko")
    browser = Client()
    enter(browser, desks.PASSWORD)
    browser.cookies.pop("sessionid")
    stolen = browser.cookies[COOKIE].value

    for _ in range(10):
        assert enter(browser, "wrong")[0] == 200
    assert enter(browser, desks.PASSWORD)[0] == 429
    request = RequestFactory().post(LOGIN, REMOTE_ADDR=HERE)
    request.COOKIES[COOKIE] = stolen
    assert {limit.kind for limit in limits_of(request, "chief")} == {"login-browser"}
    assert "login-browser" not in {limit.kind for limit in limits_of(request, "aiko")}
    request.COOKIES[COOKIE] = stolen[:-2]
    assert "login-browser" not in {limit.kind for limit in limits_of(request, "chief")}


def test_logging_in_does_not_count(chief: User) -> None:
    """Whoever knows the password may use it as often as they like."""
    for _ in range(40):
        assert enter(Client(), desks.PASSWORD)[1]


def test_unlocking(chief: User) -> None:
    """A person on the server lets an account be tried again, or all of them."""
    for _ in range(11):
        enter(Client(), "wrong")

    assert unlock("somebody else") == 0
    assert unlock("Chief") == 2
    assert enter(Client(), desks.PASSWORD)[1]
    assert unlock() > 0
    assert not Counter.objects.exists()


def test_every_door(chief: User) -> None:
    """Wherever passwords are looked at for a visitor, they count."""
    for _ in range(10):
        enter(Client(), "wrong")
    request = RequestFactory().post("/", REMOTE_ADDR=HERE)

    assert authenticate(request, username="chief", password=desks.PASSWORD) is None
    assert authenticate(None, username="chief", password=desks.PASSWORD) == chief
    other = Client().post(
        "/_util/login/", {"username": "chief", "password": desks.PASSWORD}, REMOTE_ADDR=HERE
    )
    assert other.status_code == 429


def test_no_names_in_the_table(chief: User) -> None:
    """What is counted cannot be read from the counters."""
    enter(Client(), "wrong")

    rows = str(list(Counter.objects.values()))
    assert "chief" not in rows
    assert HERE not in rows


@pytest.mark.django_db(transaction=True)
def test_at_the_same_time() -> None:
    """A hundred tries at once are a hundred: ten are made."""
    limit = Limit(kind="x", tries=10, seconds=900)

    def attempt(_: int) -> int:
        try:
            return count_attempt([limit])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, range(100)))

    assert waits.count(0) == 10
    assert Counter.objects.get().count <= 10 + 8


@pytest.mark.parametrize(
    "password", ["a", "short-one", "password1234", "123456789012", "chief2026!"]
)
def test_weak_passwords(chief: User, password: str) -> None:
    """The first person, a reset, Settings → Users and Account all refuse them."""
    chief.set_unusable_password()
    chief.save()
    browser = Client()
    link = welcome_link()
    assert link
    form = browser.get(link.partition(":8000")[2], follow=True)
    given = {"new_password1": password, "new_password2": password}
    assert browser.post(form.redirect_chain[-1][0], given).status_code == 200

    boss = Client()
    boss.force_login(chief)
    made = boss.post(
        "/admin/users/new/",
        {
            "username": "chief-chief",
            "email": "new@example.org",
            "first_name": "New",
            "last_name": "One",
            "password1": password,
            "password2": password,
        },
    )
    assert made.status_code == 200
    assert not get_user_model().objects.filter(username="chief-chief").exists()


def ask_for_reset(email: str, address: str = HERE) -> int:
    """Ask for a mail with which a new password is set."""
    answer = Client().post("/admin/password_reset/", {"email": email}, REMOTE_ADDR=address)
    return answer.status_code


def test_resets(chief: User) -> None:
    """Three mails an hour to one person, ten an hour from one address, whoever exists."""
    chief.email = "chief@example.org"
    chief.save()

    assert [ask_for_reset("chief@example.org", f"192.0.2.{n}") for n in range(5)] == [
        *[302] * 3,
        *[429] * 2,
    ]
    assert len(mail.outbox) == 3
    assert [ask_for_reset("nobody@example.org", f"192.0.2.{n}") for n in range(5)] == [
        *[302] * 3,
        *[429] * 2,
    ]
    assert [ask_for_reset(f"{n}@example.org") for n in range(12)] == [*[302] * 10, *[429] * 2]


def test_choices(publication: Publication) -> None:
    """Choices are changed sixty times an hour; whoever leaves is never refused."""
    weekly = publication.lists.get()
    person = Subscriber.objects.create(email="jane@example.org")
    entry = Subscription.objects.create(subscriber=person, list=weekly)
    choices = preferences_url("", person.pk)
    leaving = unsubscribe_url("", person.pk, [weekly.pk])

    def post(path: str, **form: str) -> int:
        return int(Client().post(path, form).status_code)

    saved = [post(choices, act="save", name=f"Jane {number}") for number in range(62)]
    assert saved == [200] * 60 + [429] * 2
    assert post(leaving, undo="1", lists=str(weekly.pk)) == 429
    for form in ({"List-Unsubscribe": "One-Click"}, {"confirm": "1"}) * 100:
        assert post(leaving, **form) == 200
    assert post(choices, act="leave") == 200
    entry.refresh_from_db()
    assert entry.state == Subscription.State.UNSUBSCRIBED


def test_one_click_writes_no_counter(publication: Publication) -> None:
    """Nothing about leaving is counted at all."""
    weekly = publication.lists.get()
    person = Subscriber.objects.create(email="jane@example.org")
    Subscription.objects.create(subscriber=person, list=weekly)

    Client().post(unsubscribe_url("", person.pk, [weekly.pk]), {"List-Unsubscribe": "One-Click"})

    assert not Counter.objects.exists()


def test_what_is_over_is_forgotten(db: None) -> None:
    """The table does not grow with all who ever tried."""
    with time_machine.travel("2026-11-26 09:00", tick=False) as clock:
        for number in range(20):
            count_attempt([Limit(kind="x", tries=1, seconds=60, subject=(str(number),))])
        clock.shift(61)
        count_attempt([Limit(kind="x", tries=1, seconds=60, subject=("new",))])

    assert Counter.objects.count() == 1
    assert counting.hash_name("a", "bc") != counting.hash_name("ab", "c")


def test_a_mail_opens_the_door(chief: User) -> None:
    """Whoever sets a password by the link in a mail logs in, however many try elsewhere."""
    chief.set_unusable_password()
    chief.save()
    browser = Client()
    link = welcome_link()
    assert link
    form = browser.get(link.partition(":8000")[2], follow=True)
    given = {"new_password1": desks.PASSWORD, "new_password2": desks.PASSWORD}
    with time_machine.travel("2026-11-26 09:00", tick=False) as clock:
        for number in range(110):
            enter(Client(), "wrong", address=f"192.0.2.{number}")
            clock.shift(10)
    assert browser.post(form.redirect_chain[-1][0], given).status_code == 302

    assert enter(browser, desks.PASSWORD) == (302, True)


def test_cookies_of_a_site_at_https(tmp_path: Path) -> None:
    """They are sent over https only."""
    words = (
        "from newsletter.conf import settings as s;"
        " print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    environment = {**os.environ, "NEWSLETTER_SITE_BASE_URL": "https://news.example.org"}

    said = subprocess.run(
        [sys.executable, "-c", words], env=environment, capture_output=True, text=True, check=True
    )

    assert said.stdout == "True True\n"


def test_the_command(chief: User, capsys: pytest.CaptureFixture[str]) -> None:
    """`newsletter user unlock` says whose account it was."""
    for _ in range(11):
        enter(Client(), "wrong")

    user.unlock("chief", json=True)

    assert json.loads(capsys.readouterr().out) == {"forgotten": 2}
    assert enter(Client(), desks.PASSWORD)[1]


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_a_link_logs_nobody_out(log_in: LogIn, method: str) -> None:
    """Only the button of the desk does; a link in a mail or a picture's address does nothing."""
    browser = log_in("Writers")

    answer = getattr(browser, method)("/admin/logout/")

    assert (answer.status_code, answer.cookies) == (405, {})
    assert browser.get("/admin/").status_code == 200
    assert browser.post("/admin/logout/").status_code == 302
    assert browser.get("/admin/").status_code == 302
