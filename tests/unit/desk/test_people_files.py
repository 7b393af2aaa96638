"""A file of people at the desk: checked, answered, applied, undone; and a list as a file."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from subscribers.importing import worker
from subscribers.importing.models import ImportRun
from subscribers.models import List, Subscriber, Subscription, Suppression
from tests.unit.desk.conftest import LogIn

PEOPLE = b"Email;Name;Status\nann@example.org;Ann;VIP\nbob@example.org;Bob;active\nx@;X;active\n"


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep files in a folder of one's own."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"


@pytest.fixture
def weekly(db: None) -> List:
    """A list."""
    return List.objects.create(name="Weekly", slug="weekly")


def words(response: Any) -> str:
    """Return what a page says."""
    return html.unescape(response.content.decode())


def give(client: Client, into: List, data: bytes = PEOPLE) -> ImportRun:
    """Choose a file, as a browser does, and let it be checked."""
    upload = SimpleUploadedFile("people.csv", data)
    answer = client.post("/admin/imports/new/", {"list": into.pk, "file": upload}, follow=True)
    assert answer.status_code == 200
    assert "data-import-live" in words(answer)
    assert worker.work_once()
    return ImportRun.objects.latest("pk")


def test_a_file_of_addresses_is_suppressed(log_in: LogIn, weekly: List) -> None:
    """From the page of suppressions; no basis is asked for, and nobody becomes a reader."""
    client = log_in("Admins")
    link = f"/admin/imports/new/?{urlencode({'state': 'suppressed'})}"
    assert link in words(client.get("/admin/suppressions/"))
    assert '<option value="suppressed" selected>' in words(client.get(link))
    upload = SimpleUploadedFile("no.csv", b"email\nann@example.org\nbob@example.org\n")
    fields = {"list": weekly.pk, "file": upload, "state": "suppressed"}

    unknown = client.post("/admin/imports/new/", {**fields, "state": "happy"})
    upload.seek(0)
    client.post("/admin/imports/new/", fields)
    assert worker.work_once()
    run = ImportRun.objects.get()
    checked = words(client.get(f"/admin/imports/{run.pk}/"))
    press(client, run, apply="1")

    assert unknown.status_code == 422
    assert "no reason is asked for" in checked
    assert 'name="basis"' not in checked
    run.refresh_from_db()
    assert (run.state, run.basis) == ("applied", "")
    assert Suppression.objects.count() == 2
    assert not Subscriber.objects.exists()


def press(client: Client, run: ImportRun, **fields: Any) -> str:
    """Press a button of a run's page; return what the page says when the work is done."""
    client.post(f"/admin/imports/{run.pk}/", fields)
    worker.work_once()
    return words(client.get(f"/admin/imports/{run.pk}/"))


def test_a_file_goes_all_the_way(log_in: LogIn, weekly: List) -> None:
    """Asked, answered, checked, applied, undone: each page says what there is to know."""
    client = log_in("Admins")
    run = give(client, weekly)
    asking = words(client.get(f"/admin/imports/{run.pk}/"))
    assert "'VIP' (1 row, in line 2)" in asking
    assert "x@: nothing is after the @-sign" in asking

    checked = press(client, run, check="1", **{"status-0": "active", "status-1": "active"})
    assert "Apply the import" in checked
    assert not Subscriber.objects.exists()
    assert (
        "say why these people may be mailed"
        in words(client.post(f"/admin/imports/{run.pk}/", {"apply": "1"}, follow=True)).lower()
    )

    applied = press(client, run, apply="1", basis="consent", note="The form of 2024")
    assert "they consented: The form of 2024" in applied
    assert Subscription.objects.filter(state="active").count() == 2

    undone = press(client, run, undo="1")
    assert "2 people are off the list again" in undone
    assert not Subscriber.objects.exists()


def test_bad_rows_are_a_file(log_in: LogIn, weekly: List) -> None:
    """It is downloaded under the number of the import; where there are none there is no page."""
    client = log_in("Admins")
    run = give(client, weekly)
    answer = client.get(f"/admin/imports/{run.pk}/refused.csv")
    assert "x@,X,active" in b"".join(answer).decode()
    clean = give(client, weekly, b"email\na@example.org\n")
    assert client.get(f"/admin/imports/{clean.pk}/refused.csv").status_code == 404


def test_a_column_is_named_by_a_person(log_in: LogIn, weekly: List) -> None:
    """A file without addresses shows its columns; what is chosen is read."""
    client = log_in("Admins")
    run = give(client, weekly, b"Label;Mailbox\nAnn;ann@example.org\n")
    page = press(client, run, check="1", **{"column-0": "name", "column-1": "email"})
    assert "as found: the whole name" in page
    run.refresh_from_db()
    assert run.result["columns"] == {"Label": "name", "Mailbox": "email"}


def test_progress_is_told_to_the_page(log_in: LogIn, weekly: List) -> None:
    """While it works, how far it is; then that it is done."""
    client = log_in("Admins")
    run = give(client, weekly)
    ImportRun.objects.filter(pk=run.pk).update(state="applying", rows_done=1, rows_total=3)
    part = client.get(f"/admin/imports/{run.pk}/live/")
    assert part["X-Import-Busy"] == "1"
    assert "1 of 3 rows are read." in words(part)
    ImportRun.objects.filter(pk=run.pk).update(state="applied")
    assert client.get(f"/admin/imports/{run.pk}/live/")["X-Import-Busy"] == "0"


def test_a_get_changes_nothing(log_in: LogIn, weekly: List) -> None:
    """Only a press does: a link with the same words opens the page."""
    client = log_in("Admins")
    run = give(client, weekly)
    client.get(f"/admin/imports/{run.pk}/?discard=1&apply=1&undo=1")
    run.refresh_from_db()
    assert run.state == "asking"
    press(client, run, discard="1")
    run.refresh_from_db()
    assert run.state == "discarded"


def test_imports_are_listed_and_kept_from_others(log_in: LogIn, weekly: List) -> None:
    """Who may not change lists sees no import, no file and no export."""
    client = log_in("Admins")
    run = give(client, weekly)
    assert "people.csv" in words(client.get("/admin/imports/"))
    assert "Import people" in words(client.get("/admin/lists/"))
    other = log_in("Senders")
    assert "Import people" not in words(other.get("/admin/lists/"))
    paths = ("imports/", "imports/new/", f"imports/{run.pk}/", f"lists/export/{weekly.pk}/")
    for path in paths:
        assert other.get(f"/admin/{path}").status_code in (302, 403)


def test_a_file_that_does_not_do_is_refused_in_words(log_in: LogIn, weekly: List) -> None:
    """Nothing chosen, an empty file: the page says so, and there is no import."""
    client = log_in("Admins")
    for fields in ({}, {"list": weekly.pk, "file": SimpleUploadedFile("e.csv", b"")}):
        answer = client.post("/admin/imports/new/", fields)
        assert answer.status_code == 422
        assert 'role="alert"' in words(answer)
    assert not ImportRun.objects.exists()
    assert client.get("/admin/imports/99/").status_code == 404


def test_a_list_is_a_file(log_in: LogIn, weekly: List) -> None:
    """The page asks who and as what; the answer is a download that nothing keeps."""
    client = log_in("Admins")
    ann = Subscriber.objects.create(email="ann@example.org")
    Subscription.objects.create(subscriber=ann, list=weekly)
    path = f"/admin/lists/export/{weekly.pk}/"
    assert "Download" in words(client.get(path))
    answer = client.get(path, {"format": "csv", "state": "active"})
    assert "ann@example.org" in b"".join(answer.streaming_content).decode()
    assert 'filename="weekly-active.csv"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_an_answer_about_a_value_is_corrected(log_in: LogIn, weekly: List) -> None:
    """The page shows the answer that holds; another one, the first again, or none replaces it."""
    client = log_in("Admins")
    run = give(client, weekly)
    place = next(place for place, row in enumerate(run.result["statuses"]) if row["value"] == "VIP")

    for state in ("active", "pending", "active"):
        page = press(client, run, check="1", **{f"status-{place}": state})
        run.refresh_from_db()
        place = next(
            place for place, row in enumerate(run.result["statuses"]) if row["value"] == "VIP"
        )
        assert run.answers["values"] == [f"VIP={state}"]
        assert f'<option value="{state}" selected>' in page

    assert "'VIP' (1 row, in line 2)" in press(client, run, check="1", **{f"status-{place}": ""})


def test_what_the_form_leaves_out_stays_answered(log_in: LogIn, weekly: List) -> None:
    """A form without the values forgets no answer."""
    client = log_in("Admins")
    run = give(client, weekly)
    press(client, run, check="1", **{"status-0": "pending", "status-1": "pending"})
    press(client, run, check="1")
    run.refresh_from_db()
    assert "VIP=pending" in run.answers["values"]
