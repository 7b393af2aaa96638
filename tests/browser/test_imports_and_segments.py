"""An import from the file to its undo, and a segment from its builder to the list, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.models import Publication
from subscribers.importing import worker
from subscribers.models import Segment, Subscriber, Subscription
from tests.browser.composing import open_window

FILE = (
    "email,name,status,city\n"
    "ann@example.org,Ann Ember,active,Lowen\n"
    "bob@example.org,Bob Ito,VIP,Oslo\n"
    "cy@example.org,Cy Wang,unsubscribed,Bern\n"
    "broken@,Dee,active,Rome\n"
)
#: Of English on a desktop and Japanese on a phone: what the pages say.
WORDS = {
    "en": {
        "check": "See what becomes of it",
        "asks": "Only you know this",
        "again": "Check again",
        "consent": "They consented",
        "apply": "Apply the import",
        "applied": "Applied",
        "undo": "Undo the import",
        "undone": "Undone",
        "add": "Add a condition",
        "save": "Save",
        "found": "1 person",
        "counted": "one of the last 3 issues (as counted)",
    },
    "ja": {
        "check": "取り込む内容を確認する",
        "asks": "確認が必要です",
        "again": "もう一度確認する",
        "consent": "本人の同意",
        "apply": "取り込みを反映する",
        "applied": "反映済み",
        "undo": "取り込みを元に戻す",
        "undone": "元に戻し済み",
        "add": "条件を追加",
        "save": "保存",
        "found": "1人",
        "counted": "直近3号のうち1号以上で開封あり（計測による）",
    },
}


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep files in a folder of one's own."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"


@pytest.fixture(params=[(1280, "en"), (390, "ja")], ids=["desktop-english", "phone-japanese"])
def reading(request: pytest.FixtureRequest) -> tuple[int, str]:
    """How wide the window is, and which language its reader reads."""
    return request.param  # type: ignore[no-any-return]


def look(page: Page, name: str) -> None:
    """Fail if axe-core finds anything on a page, or the page is wider than its window."""
    found = Axe().run(page, context={"include": [["main .nice-padding"]]}).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == [], name
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, name


def work() -> None:
    """Do what a run asks for, as the program does beside its pages."""
    assert worker.work_once()


def test_a_file_goes_all_the_way(
    browser: Browser,
    live_server: LiveServer,
    desk: Publication,
    reading: tuple[int, str],
    tmp_path: Path,
) -> None:
    """Chosen, asked about, answered, applied and undone; the page follows the work by itself."""
    width, language = reading
    words = WORDS[language]
    file = tmp_path / "people.csv"
    file.write_text(FILE)
    with open_window(browser, live_server.url, width=width, language=language) as page:
        page.goto("/admin/imports/new/")
        look(page, "choose")
        page.set_input_files("#import-file", file)
        page.get_by_role("button", name=words["check"]).click()
        expect(page.locator("#import-progress")).to_be_visible()
        look(page, "checking")
        work()
        expect(page.locator("#import-questions")).to_have_text(words["asks"])
        look(page, "asks")
        page.get_by_label("status: VIP").select_option("active")
        page.get_by_role("button", name=words["again"]).click()
        work()
        expect(page.get_by_role("button", name=words["apply"])).to_be_visible()
        look(page, "checked")
        page.get_by_label(words["consent"]).check()
        page.get_by_role("button", name=words["apply"]).click()
        expect(page.locator("#import-progress")).to_be_visible()
        work()
        expect(page.get_by_text(words["applied"], exact=True)).to_be_visible()
        look(page, "applied")
        states = dict(Subscription.objects.values_list("subscriber__email", "state"))
        page.get_by_role("button", name=words["undo"]).click()
        expect(page.locator("#import-progress")).to_be_visible()
        work()
        expect(page.get_by_text(words["undone"], exact=True)).to_be_visible()
        look(page, "undone")
        page.goto("/admin/imports/")
        expect(page.get_by_role("link", name="people.csv")).to_be_visible()
        look(page, "imports")

    assert states == {
        "ann@example.org": "active",
        "bob@example.org": "active",
        "cy@example.org": "unsubscribed",
    }
    left = dict(Subscription.objects.values_list("subscriber__email", "state"))
    assert left == {"cy@example.org": "unsubscribed"}


def test_a_segment_is_built(
    browser: Browser, live_server: LiveServer, desk: Publication, reading: tuple[int, str]
) -> None:
    """Rows make the filter, the count follows, and the list says the segment in words."""
    width, language = reading
    words = WORDS[language]
    Publication.objects.update(count_opens=True)
    for name in ("Ann", "Bob"):
        person = Subscriber.objects.create(email=f"{name.lower()}@example.org", name=name)
        Subscription.objects.create(subscriber=person, list=desk.lists.get())
    with open_window(browser, live_server.url, width=width, language=language) as page:
        page.goto("/admin/segments/new/")
        page.fill("#segment-name", "Anns")
        rows = page.locator("#segment-rows li")
        if not rows.count():
            page.get_by_role("button", name=words["add"]).click()
        rows.first.locator("[data-part=field]").select_option("name")
        rows.first.locator("[data-part=operator]").select_option("is")
        rows.first.locator("[data-part=values] input").fill("Ann")
        expect(page.locator("#segment-filter")).to_have_value('name is "Ann"')
        expect(page.locator("#segment-found")).to_contain_text(words["found"])
        look(page, "segment")
        # What is counted can be asked for while a publication counts it.
        rows.first.locator("[data-part=field]").select_option("opened")
        rows.first.locator("[data-part=values] input").fill("3")
        expect(page.locator("#segment-filter")).to_have_value('opened one of the last "3" issues')
        expect(page.locator("#segment-found")).to_contain_text(words["counted"])
        rows.first.locator("[data-part=field]").select_option("name")
        rows.first.locator("[data-part=values] input").fill("Ann")
        expect(page.locator("#segment-found")).to_contain_text(words["found"])
        page.get_by_role("button", name=words["save"], exact=True).click()
        page.wait_for_url("**/admin/segments/")
        expect(page.get_by_role("link", name="Anns", exact=True)).to_be_visible()
        look(page, "segments")
        page.goto(f"/admin/segments/{Segment.objects.get().pk}/delete/")
        look(page, "delete")

    assert Segment.objects.get().filter == "name is Ann"
