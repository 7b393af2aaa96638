"""`newsletter doctor` tells people and programs how everything stands, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter import cli
from newsletter.cli.failures import run
from newsletter.conf.config import Config, load
from newsletter.doctor import kept
from newsletter.doctor.checks import LOCAL, examine
from newsletter.doctor.results import Result, Status
from newsletter.doctor.site import sign_question
from newsletter.doctor.surroundings import Sender, Surroundings
from newsletter.publishing.models import Publication
from newsletter.transports.events import Counted
from newsletter.transports.sendgrid.webhook_setup import set_up_webhook
from sendgrid_emulator import Emulator
from tests.publications import create_publication


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An account at SendGrid."""
    with Emulator() as running:
        yield running


def config_for(emulator: Emulator, site: str = "http://127.0.0.1:9") -> Config:
    """Return settings with an account, and with the address of a site."""
    config = load()
    parts = {
        "sendgrid": config.sendgrid.model_copy(update={"base_url": emulator.url}),
        "site": config.site.model_copy(update={"base_url": site}),
    }
    return config.model_copy(update=parts)


def by_name(results: list[Result]) -> dict[str, Result]:
    """Return the results by the name of their check; the last where there are several."""
    return {each.name: each for each in results}


def test_a_site_that_runs_is_right(
    live_server: LiveServer,
    emulator: Emulator,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The account, its webhook and our own site answer: all of it is right."""
    config = config_for(emulator, live_server.url)
    key = set_up_webhook(config, f"{live_server.url}/events/sendgrid", [Counted.OPEN])
    monkeypatch.setenv("SENDGRID_WEBHOOK_KEYS", key)
    emulator.account.settings.senders = frozenset({"tideline.eu"})
    senders = [
        Sender(
            publication="Digest",
            address="desk@tideline.eu",
            people=3,
            counts=frozenset({Counted.OPEN}),
        )
    ]

    found = by_name(examine(Surroundings(config=config, senders=senders)))

    right = {name for name, each in found.items() if each.status is Status.RIGHT}
    wanted = {"counting", "site", "webhook", "webhook-arrives", "provider-key", "provider-quota"}
    wanted |= {"provider-sender", "provider-clock", "database", "database-tables", "dns"}
    assert wanted - right == set()
    assert {name for name, each in found.items() if each.status is Status.WRONG} == set()


def test_an_account_that_is_not_ready_is_wrong(
    transactional_db: None, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is wrong, no credits, no scope and no webhook: each has its line."""
    settings = emulator.account.settings
    settings.scopes = tuple(name for name in settings.scopes if name != "mail.send")
    settings.credits, settings.date_skew = 1, 600.0
    settings.pending_domains = frozenset({"tideline.eu"})
    settings.senders = frozenset({"elsewhere.eu"})
    senders = [Sender(publication="Digest", address="desk@tideline.eu", people=3)]

    found = by_name(examine(Surroundings(config=config_for(emulator), senders=senders)))

    names = ("provider-key", "provider-clock", "provider-quota", "provider-sender")
    assert (found["webhook"].status, found["webhook"].answered) == (Status.LOOK, True)
    assert "no events are posted" in found["webhook"].found
    assert [found[name].status for name in names] == [Status.WRONG] * len(names)
    assert "mail.send" in found["provider-key"].found
    assert "s behind" in found["provider-clock"].found


def test_a_key_that_may_not_ask_is_worth_a_look(transactional_db: None, emulator: Emulator) -> None:
    """Without the scopes for it, quota and webhook cannot be told; the key itself is right."""
    emulator.account.settings.scopes = ("mail.send",)

    found = by_name(examine(Surroundings(config=config_for(emulator))))

    for name in ("provider-key", "provider-quota", "webhook"):
        assert found[name].status is Status.LOOK
        assert found[name].fix
    assert "user.credits.read" in found["provider-quota"].fix


def test_a_key_that_is_not_taken_is_wrong(transactional_db: None, emulator: Emulator) -> None:
    """SendGrid answers 401: the key is to blame, and the words hold nothing of it."""
    emulator.account.settings.keys = frozenset({"SG.another"})

    found = by_name(examine(Surroundings(config=config_for(emulator))))["provider-key"]

    assert found.status is Status.WRONG
    assert "401" in found.found
    assert "SG." not in found.found


@pytest.fixture
def publication(transactional_db: None) -> Publication:
    """One that still has the sender that `init` invents."""
    return create_publication("Tideline Digest", from_email="newsletter@example.org")


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Return exit status and output of the command."""
    cli.register()
    with pytest.raises(SystemExit) as left:
        run(cli.app, ["doctor", *words])
    assert isinstance(left.value.code, int)
    return left.value.code, capsys.readouterr().out


def test_the_command_speaks_to_people_and_programs(
    publication: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each check with its fix below; JSON with the same; worth a look alone is 0."""
    status, written = ask(capsys)
    told_status, told = ask(capsys, "--json")

    data: dict[str, Any] = json.loads(told)
    assert (status, told_status, data["right"]) == (0, 0, True)
    assert data["counts"]["wrong"] == 0
    named = {each["name"]: each for each in data["checks"]}
    assert named["sender-address"]["status"] == "worth-a-look"
    assert "Tideline Digest sends from newsletter@example.org" in written
    assert "Enter an address of your own" in named["sender-address"]["fix"]
    assert named["provider-key"]["status"] == "worth-a-look"
    names = {check.topic.name for check in LOCAL}
    assert named.keys() - names == {"dns"}


def test_something_wrong_is_status_1(
    publication: Publication, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where mail leaves, the same sender is wrong."""
    monkeypatch.setenv("NEWSLETTER_SENDING_TRANSPORT", "smtp")
    monkeypatch.setenv("NEWSLETTER_SMTP_HOST", "mail.tideline.invalid")
    load.cache_clear()
    try:
        status, told = ask(capsys, "--json")
    finally:
        monkeypatch.undo()
        load.cache_clear()

    named = {each["name"]: each for each in json.loads(told)["checks"]}
    assert status == 1
    assert named["sender-address"]["status"] == "wrong"
    assert named["rule-own-domain"]["found"].startswith("no: ")


def test_a_result_is_kept_as_it_was(publication: Publication, tmp_path: Path) -> None:
    """What the service found is read again with its status, words and fix, in any language."""
    config = load().model_copy()
    config._path = tmp_path / "config.toml"
    assert kept.read_kept(config) is None
    (tmp_path / "var").mkdir()

    written = kept.examine_and_keep(config)

    assert kept.read_kept(config) == written
    kept.kept_file(config).write_text("[", encoding="utf-8")
    assert kept.read_kept(config) is None


def test_the_site_proves_that_it_is_this_one(db: None, client: Client) -> None:
    """It signs the question of a check, and nothing else that anybody asks."""
    question = "0123456789abcdef" * 2

    answer = client.get("/system-check/", {"question": question})

    assert answer.content.decode() == sign_question(question)
    for other in ("", "1", "a" * 31, "G" * 32, "a" * 33):
        assert client.get("/system-check/", {"question": other}).status_code == 404
