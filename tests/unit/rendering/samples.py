"""Issues and people of our own invention, in three scripts, for the tests of rendering."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

from newsletter.rendering import RecipientData, Template, load_template
from newsletter.rendering.content import (
    Button,
    Callout,
    Content,
    Digest,
    Divider,
    Item,
    LeadImage,
    Publisher,
    Quote,
    Text,
)
from newsletter.rendering.text.markdown import to_html

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "email"

ANN = RecipientData(
    email="ann@example.org",
    name="Ann Oyelaran",
    first_name="Ann",
    attributes={"city": "Lagos"},
    unsubscribe_url="https://news.example.org/u/ann?list=1&s=Zk9",
    preferences_url="https://news.example.org/p/ann",
)
NAMELESS = ANN._replace(email="x@example.org", name="", first_name="", attributes={})

#: What MRML or Premailer broke at some time, in attributes and in text.
HARD_STRINGS = (
    "防衛省　会談",
    "ten\u00a0km",
    "family 👩‍👩‍👧‍👦 and 🏳️‍🌈",
    "soft\u00adhyphen",
    "mark \u200f right to left",
    "हिन्दी में समाचार",
    "שָׁלוֹם עֲלֵיכֶם",
    "Cafe\u0301 and か\u3099",
    'quoted "words" here',
    "apostrophe's & ampersand",
    "back\\slash \\n stays",
    "日本 > 東京 “q” >",
    "less < more",
    "{{ 7*7 }} {% raw %} {# x #}",
    "%name% -key- [[braces]]",
    "مرحبا بالعالم",
    "emoji 🚢 at sea &amp; ashore",
)

PUBLISHER = Publisher(
    name="Harbour Institute",
    postal_address="12 Quay Street, Port Lowen 4010",
    email="digest@news.example.org",
    privacy_url="https://news.example.org/privacy",
    signup_url="https://news.example.org/subscribe",
)

_ITEMS = """
## Ferry lines agree on one timetable for the inner islands

The three lines that serve the inner islands will sail to **one timetable** from May. A
traveller who misses a boat may take the next one of any line, with the same ticket.

The lines had competed on the morning runs and left the evenings empty. See the
[agreement in full](https://example.org/ferries?lang=en&page=2) or its main points:

- evening boats on all seven routes
- one ticket, sold at every pier
- a shared fund for boats that sail half empty

## Port Lowen tests cranes that talk to each other

Four cranes on the eastern quay now plan their moves together. In the first month ships left
*eleven per cent* sooner, and no driver had to wait for a container that another crane was
still lifting. The port will publish the figures of each quarter.

## A small country’s big map of the sea bed

Survey ships have finished the map of the northern shelf. It took nine summers. Fishers helped
with the sounders of their own boats, and get the finished charts for nothing.

## Students rebuild a lighthouse, and its light

The lamp of 1911 turns again. Students of two schools ground the missing lens from an old
drawing; the drive is new and uses as much power as a kettle does in a day.

## What the autumn storms cost, and who paid

Insurers put the loss at 40 million, harbour towns at twice that. Our table shows why they
differ.

| Who | Counted | Million |
|---|---|---:|
| Insurers | policies | 40 |
| Towns | walls, roads, wages | 83 |
"""


def items(markdown: str) -> tuple[Item, ...]:
    """The items of a text with a `## headline` for each."""
    texts = [text.partition("\n\n") for text in markdown.strip().removeprefix("## ").split("\n## ")]
    return tuple(
        Item(id=f"item-{number}", headline=headline, body=to_html(body))
        for number, (headline, _, body) in enumerate(texts, 1)
    )


ENGLISH = Content(
    publication="The Pacific Ports Digest",
    title="The Pacific Ports Digest Vol 3.11",
    subject="Ferries on one timetable, and cranes that talk",
    preheader="Three lines, one ticket · eleven per cent sooner out of port",
    volume=3,
    number=11,
    date=dt.date(2024, 6, 21),
    language="en",
    direction="ltr",
    publisher=PUBLISHER,
    lead=LeadImage(
        src="https://news.example.org/media/harbour.jpg",
        alt="Two ferries pass each other in front of the harbour at dusk",
        credit="M. Tanaka / Harbour Institute",
        width=1280,
        height=720,
    ),
    blocks=(
        Text(body=to_html("Dear [first_name|reader], this is a short fortnight on a long coast.")),
        Digest(items=items(_ITEMS)),
    ),
    boilerplate=to_html(
        "*The Pacific Ports Digest* is a fortnightly summary of what happens on the quays, written"
        " by the Harbour Institute. To write to us, answer this mail."
    ),
    web_url="https://news.example.org/ports/3-11/",
    pdf_url="https://news.example.org/ports/3-11/digest.pdf",
)

ALL_BLOCKS = dataclasses.replace(
    ENGLISH,
    blocks=(
        Text(
            body=to_html(
                "### A heading in the text\n\nThen prose with `code`, ~~a change of mind~~ and a"
                " [link](https://example.org/).\n\n> Somebody said so.\n\n1. first\n2. second\n"
                "   - nested\n\n```\nnewsletter serve\n```\n\n---\n\nAnd on."
            )
        ),
        Callout(body=to_html("**Save the date:** the open day is on 4 July.")),
        Callout(body=to_html("The pier is *closed* in August."), tone="warning"),
        Quote(
            body=to_html("A harbour is a promise that somebody will wait for you."),
            attribution="Ines Carrow, harbour master",
        ),
        Button(label="Come to the open day", url="https://example.org/open-day"),
        Divider(),
        *ENGLISH.blocks,
    ),
)

JAPANESE = dataclasses.replace(
    ENGLISH,
    publication="太平洋港湾ダイジェスト",
    title="太平洋港湾ダイジェスト 第3巻第11号",
    subject="離島フェリー三社、共通ダイヤへ",
    preheader="一枚の切符でどの船にも　クレーンどうしの連携も始まる",
    language="ja",
    publisher=dataclasses.replace(
        PUBLISHER, name="港湾研究所", postal_address="〒100-0001 東京都千代田区港町1-2-3"
    ),
    lead=LeadImage(
        src="https://news.example.org/media/harbour.jpg",
        alt="夕暮れの港ですれ違う二隻のフェリー　手前は灯台",
        credit="田中（港湾研究所）",
        width=1280,
        height=720,
    ),
    blocks=(
        Text(body=to_html("[name|読者]様、海岸は長く、今号は短めにお届けします。")),
        Digest(
            items=(
                Item(
                    id="item-1",
                    headline="離島フェリー三社、五月から共通ダイヤに",
                    body=to_html(
                        "内海の離島を結ぶ三社は、五月から**共通の時刻表**で運航する。乗り遅れても、"
                        "同じ切符で次の船に乗れる。朝の便では競い合い、夜の便は空いたままだった。"
                        "詳しくは[合意の全文](https://example.org/ferries?lang=ja)を参照。\n\n"
                        "- 七つの航路すべてで夜の便\n- どの桟橋でも買える一枚の切符"
                    ),
                ),
                Item(
                    id="item-2",
                    headline="東埠頭のクレーン四基、動きを互いに調整",
                    body=to_html(
                        "東埠頭の四基のクレーンが、動きを一緒に計画するようになった。最初の一か月で、"
                        "船の出港は11パーセント早まった。港は四半期ごとに数字を公表する。"
                    ),
                ),
                Item(
                    id="item-3",
                    headline="九年がかりの海底地図が完成",
                    body=to_html(
                        "北の大陸棚の地図が仕上がった。漁師たちは自分の船の測深機で手伝い、"
                        "できた海図を無料で受け取る。"
                    ),
                ),
            )
        ),
    ),
    boilerplate=to_html("太平洋港湾ダイジェストは、港湾研究所が隔週でまとめる要約です。"),
)

ARABIC = dataclasses.replace(
    ENGLISH,
    publication="موجز موانئ المحيط",
    title="موجز موانئ المحيط",
    subject="جدول واحد لعبّارات الجزر",
    preheader="ثلاثة خطوط وتذكرة واحدة",
    language="ar",
    direction="rtl",
    publisher=dataclasses.replace(
        PUBLISHER, name="معهد الميناء", postal_address="١٢ شارع الرصيف، بورت لوين"
    ),
    lead=LeadImage(
        src="https://news.example.org/media/harbour.jpg",
        alt="عبّارتان تلتقيان أمام الميناء عند الغروب",
        credit="م. تاناكا",
        width=1280,
        height=720,
    ),
    blocks=(
        Text(body=to_html("عزيزي [first_name|القارئ]، هذا موجز قصير عن ساحل طويل.")),
        Digest(
            items=(
                Item(
                    id="item-1",
                    headline="ثلاثة خطوط للعبّارات تتفق على جدول واحد",
                    body=to_html(
                        "ستبحر الخطوط الثلاثة التي تخدم الجزر الداخلية وفق **جدول واحد** ابتداءً من"
                        " مايو. ومن فاتته عبّارة يستطيع أن يستقل التالية بالتذكرة نفسها. انظر"
                        " [نص الاتفاق](https://example.org/ferries?lang=ar).\n\n"
                        "- رحلات مسائية على الخطوط السبعة\n- تذكرة واحدة تباع على كل رصيف"
                    ),
                ),
                Item(
                    id="item-2",
                    headline="رافعات تتحدث فيما بينها في بورت لوين",
                    body=to_html(
                        "أربع رافعات على الرصيف الشرقي تخطط لحركتها معاً. في الشهر الأول غادرت السفن"
                        " أبكر بأحد عشر في المئة."
                    ),
                ),
            )
        ),
    ),
    boilerplate=to_html("يصدر هذا الموجز كل أسبوعين عن معهد الميناء."),
)


def digest() -> Template:
    """The template of the house."""
    return load_template(TEMPLATES, "digest")


def template(folder: Path, mjml: str, text: str = "text", subject: str = "subject") -> Template:
    """A template of the test's own, written to an empty folder."""
    home = folder / "own"
    home.mkdir(exist_ok=True)
    for name, source in {"own.mjml": mjml, "own.txt": text, "subject.txt": subject}.items():
        (home / name).write_text(source, "utf-8")
    (home / "theme.toml").write_text("[light]\n[dark]\n", "utf-8")
    return load_template(folder, "own")


def wrap_in_body(inner: str) -> str:
    """An MJML document whose only column holds `inner`."""
    return (
        "<mjml><mj-body><mj-section><mj-column>\n"
        f"{inner}\n"
        "</mj-column></mj-section></mj-body></mjml>"
    )
