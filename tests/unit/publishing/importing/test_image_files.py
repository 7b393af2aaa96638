"""Pictures that lie beside a file: stored once, shown where it names them, or refused."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from PIL import Image as Pillow
from pytest_django import Settings
from wagtail.images import get_image_model

from newsletter.errors import ImportRejected
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering import content
from tests.unit.publishing.importing.conftest import Draw, Importer

pytestmark = pytest.mark.django_db


def test_pictures(take_in: Importer, picture: Draw) -> None:
    """Files beside the text are stored once and shown where the text names them."""
    picture("lead.png")
    picture("pics/a map.png")
    text = (
        "title: X\nnumber: 1\nimage: lead.png\nalt: A harbour\ncredit: Ann\n\n"
        "![m](<pics/a map.png>)\n\n## One\n\n![again](pics/a%20map.png) ![l](lead.png)\n"
    )
    take_in(text)
    result = take_in(text.replace("title: X", "title: X\nsubject: Y"))

    made = content_of(draft_of(result.issue))
    assert made.lead
    assert (made.lead.alt, made.lead.credit, made.lead.width) == ("A harbour", "Ann", 30)
    [introduction, digest] = made.blocks
    assert isinstance(introduction, content.Text)
    assert isinstance(digest, content.Digest)
    assert 'src="http://127.0.0.1:8000/media/' in introduction.body
    assert digest.items[0].body.count('src="http://127.0.0.1:8000/media/') == 2
    assert get_image_model().objects.count() == 2
    assert not result.issue.metadata.keys() - {"_pictures", "_source"}


def test_a_picture_on_the_web(take_in: Importer) -> None:
    """Its address is kept."""
    result = take_in("number: 1\nimage: https://example.org/a.png\n\ntext")

    lead = content_of(draft_of(result.issue)).lead
    assert lead
    assert lead.src == "https://example.org/a.png"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("title: X\nimage: gone.png\n\ntext", 2, "gone.png is not there"),
        ("title: X\n\ntext\n\nmore ![m](gone.png)", 5, "gone.png is not there"),
        ("title: X\nimage: ../secret.png\n\ntext", 2, "outside the folder"),
        ("title: X\nimage: link.png\n\ntext", 2, "outside the folder"),
        ("title: X\nimage: /etc/hostname\n\ntext", 2, "outside the folder"),
        ("title: X\n\n![m](%2e%2e/secret.png)", 3, "outside the folder"),
        ("title: X\n\n![m](%00.png)", 3, "cannot be read"),
        ("title: X\nimage: issue.md\n\ntext", 2, "is not a picture"),
        ("title: X\nimage: half.png\n\ntext", 2, "is not a picture"),
        ("title: X\nimage: large.png\n\ntext", 2, "larger than"),
        ("title: X\nimage: .\n\ntext", 2, "is not there"),
    ],
)
def test_pictures_that_cannot_be_used(
    take_in: Importer, picture: Draw, text: str, line: int, words: str
) -> None:
    """A missing, foreign or broken file is refused with its line, and nothing is saved."""
    secret = picture("../secret.png")
    (secret.parent / "x").mkdir(exist_ok=True)
    good = picture("good.png")
    good.with_name("link.png").symlink_to(secret)
    good.with_name("half.png").write_bytes(good.read_bytes()[:40])
    with good.with_name("large.png").open("wb") as file:
        file.truncate(20_000_001)

    with pytest.raises(ImportRejected) as caught:
        take_in(f"{text}\n\n![good](good.png)")

    assert (Path(caught.value.path).name, caught.value.line) == ("issue.md", line)
    assert words in str(caught.value)
    assert not Issue.objects.exists()
    assert not get_image_model().objects.exists()


def test_pictures_of_a_static_site(letter: Publication, tmp_path: Path, settings: Settings,
                                   picture: Draw) -> None:  # fmt: skip
    """A name with a slash in front is looked up in the site's folder, and nowhere else."""
    settings.MEDIA_ROOT = tmp_path / "media"
    site = tmp_path / "site"
    for name in ("static", "posts"):
        (site / name).mkdir(parents=True)
    picture("quay.png").rename(site / "static" / "quay.png")
    picture("b.png").rename(site / "b.png")
    picture("secret.png")
    path = site / "posts" / "issue.md"
    text = "title: X\nimage: /quay.png\nalt: Q\n\n![b](/b.png?v=2) ![b](../b.png)\n"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ImportRejected, match=r":2: the picture /quay.png lies outside") as caught:
        import_issue(path, letter)
    assert "--site-root DIR" in caught.value.hint

    made = content_of(draft_of(import_issue(path, letter, site_root=site).issue))
    assert made.lead
    [text_block] = made.blocks
    assert isinstance(text_block, content.Text)
    assert text_block.body.count("/media/") == 2

    path.write_text("title: Y\n\n![b](/../secret.png)\n", encoding="utf-8")
    with pytest.raises(ImportRejected, match="is not there"):
        import_issue(path, letter, site_root=site)


def as_data(path: Path) -> str:
    """A picture file as an address."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def test_pictures_in_the_text_itself(take_in: Importer, picture: Draw) -> None:
    """`data:` in Markdown, in HTML, in a definition and in the metadata is stored as a picture."""
    one, two = as_data(picture("one.png")), as_data(picture("two2.png"))
    text = (
        f"title: X\nnumber: 1\nimage: {one}\nalt: A\n\n![one]({one})\n\n## One\n\n"
        f'<img alt="two" src="{two}">\n\n![again][p] `![x]({one[:60]})`\n\n[p]: <{two}>\n'
    )
    result = take_in(text)

    made = content_of(draft_of(result.issue))
    assert made.lead
    [introduction, digest] = made.blocks
    assert isinstance(introduction, content.Text)
    assert isinstance(digest, content.Digest)
    for shown, times in ((made.lead.src, 1), (introduction.body, 1), (digest.items[0].body, 2)):
        assert shown.count("http://127.0.0.1:8000/media/") == times
    assert f"<code>![x]({one[:60]})</code>" in digest.items[0].body
    assert get_image_model().objects.count() == 2
    assert take_in(text).outcome == "unchanged"


def test_pictures_in_the_text_may_be_larger_than_it(take_in: Importer, tmp_path: Path) -> None:
    """The limit on a text counts its words, not the pictures that a word processor put there."""
    noise = Pillow.frombytes("RGB", (500, 500), random.Random(1).randbytes(750_000))
    noise.save(tmp_path / "noise.png")

    issue = take_in(f"title: X\n\n![][a]\n\n[a]: <{as_data(tmp_path / 'noise.png')}>").issue

    assert 'width="500"' in content_of(draft_of(issue)).blocks[0].body  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", "is not a picture"),
        ("data:image/png;base64,iVBORw0KGgo", "not whole in base64"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "SVG"),
        ("data:image/svg+xml,%3Csvg/%3E", "from the web or from a file"),
        ("data:text/html,x", "from the web or from a file"),
    ],
)
def test_pictures_in_the_text_that_cannot_be_used(
    take_in: Importer, address: str, words: str
) -> None:
    """The refusal says what it is, and on which line."""
    with pytest.raises(ImportRejected) as caught:
        take_in(f"title: X\n\nwords\n\n![x]({address})")

    assert caught.value.line == 5
    assert words in str(caught.value)
