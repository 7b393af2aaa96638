"""Issues to try a template with: everything, next to nothing, other scripts, and much."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING

from newsletter.rendering.content import (
    Button,
    Callout,
    Content,
    Digest,
    Divider,
    Html,
    Item,
    LeadImage,
    Publisher,
    Quote,
    Text,
)
from newsletter.rendering.personalisation.recipients import RecipientData
from newsletter.rendering.pipeline.compiling import compile_edition
from newsletter.rendering.text.markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.rendering.pipeline.edition import CompiledEdition
    from newsletter.rendering.pipeline.templates import Template

#: The picture of every trial; there is none at this address.
PICTURE = "https://example.org/lead.jpg"

#: The one whom trials are addressed to.
READER = RecipientData(
    email="robin.reader@example.org",
    name="Robin Reader",
    first_name="Robin",
    unsubscribe_url="https://example.org/u/robin",
    preferences_url="https://example.org/p/robin",
)

#: Every kind of block, and every element of a text.
FULL = Content(
    publication="The Trial Run",
    title="The Trial Run Vol 1.2",
    subject="A subject, [first_name|reader]",
    preheader="What stands beside the subject",
    volume=1,
    number=2,
    date=dt.date(2026, 1, 15),
    language="en",
    direction="ltr",
    publisher=Publisher(
        name="The Trial House",
        postal_address="1 Sample Street, Exampleton",
        email="trial@example.org",
        privacy_url="https://example.org/privacy",
        signup_url="https://example.org/subscribe",
    ),
    lead=LeadImage(
        src=PICTURE,
        alt="A picture",
        credit="A photographer",
        width=1280,
        height=720,
    ),
    blocks=(
        Text(
            body=to_html(
                "Dear [first_name|reader],\n\n### A heading\n\n*Text* with **all** of `it`.\n\n"
                "- one\n- two\n  - nested\n\n1. first\n2. second\n\n> Said so.\n\n---\n\n"
                "```\ncode\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n[A link](https://example.org/)"
            )
        ),
        Digest(
            items=(
                Item(id="item-1", headline="The first headline", body=to_html("Its text.")),
                Item(id="item-2", headline="The second headline", body=to_html("Its text.")),
                Item(id="item-3", headline="", body=to_html("A text without a headline.")),
            )
        ),
        Button(label="A button", url="https://example.org/button"),
        Callout(body=to_html("For your information.")),
        Callout(body=to_html("Take care."), tone="warning"),
        Quote(body=to_html("Words."), attribution="Somebody"),
        Quote(body=to_html("Words of nobody.")),
        Divider(),
    ),
    boilerplate=to_html("About *The Trial Run*."),
    web_url="https://example.org/1-2/",
    pdf_url="https://example.org/1-2/1-2.pdf",
)

#: A draft in which nothing is written yet; read from right to left.
EMPTY = dataclasses.replace(
    FULL,
    title="Without",
    volume=0,
    number=0,
    language="ar",
    direction="rtl",
    publisher=dataclasses.replace(FULL.publisher, signup_url=""),
    lead=None,
    blocks=(),
    boilerplate=Html(""),
    web_url="",
    pdf_url="",
)

#: What an issue may lack when it is sent, lacking.
BARE = dataclasses.replace(EMPTY, blocks=(Text(body=to_html("صباح الخير.")),))

JAPANESE = dataclasses.replace(
    FULL,
    publication="試し刷り通信",
    title="試し刷り通信 第1巻第2号",
    subject="[name|読者]様、今号の見出しです",
    preheader="件名の横に並ぶ一行",
    language="ja",
    publisher=dataclasses.replace(
        FULL.publisher, name="試作舎", postal_address="〒100-0001 東京都千代田区見本町1-2-3"
    ),
    lead=LeadImage(src=PICTURE, alt="一枚の写真", credit="写真部", width=1280, height=720),
    blocks=(
        Text(body=to_html("[name|読者]様、これは**組版の確認**のための文章です。")),
        Digest(
            items=(
                Item(
                    id="item-1",
                    headline="最初の見出しは少し長く、二行にわたることもあります",
                    body=to_html(
                        "句読点（、。）や「かぎ括弧」、長音のあるコンピューターなどの語が、行の頭と"
                        "終わりで正しく扱われるかを見ます。[資料](https://example.org/ja)もどうぞ。\n\n"
                        "- 一つ目の項目\n- 二つ目の項目"
                    ),
                ),
                Item(
                    id="item-2",
                    headline="二つ目の見出し",
                    body=to_html("English と 2026 年の数字が混ざった段落です。"),
                ),
            )
        ),
        Button(label="見本の資料を開く", url="https://example.org/ja/button"),
        Callout(body=to_html("お知らせの枠です。")),
        Quote(body=to_html("引用された言葉。"), attribution="話した人"),
    ),
    boilerplate=to_html("試し刷り通信は、試作舎がお届けします。"),
)

ARABIC = dataclasses.replace(
    FULL,
    publication="نشرة التجربة",
    title="نشرة التجربة ١٫٢",
    subject="عناوين هذا العدد يا [first_name|قارئنا]",
    preheader="السطر الذي يظهر بجانب الموضوع",
    language="ar",
    direction="rtl",
    publisher=dataclasses.replace(
        FULL.publisher, name="دار التجربة", postal_address="١ شارع المثال، مدينة العيّنة"
    ),
    lead=LeadImage(src=PICTURE, alt="صورة", credit="قسم التصوير", width=1280, height=720),
    blocks=(
        Text(body=to_html("عزيزي [first_name|القارئ]، هذا نص **لتجربة** القالب.")),
        Digest(
            items=(
                Item(
                    id="item-1",
                    headline="العنوان الأول أطول قليلاً وقد يمتد على سطرين",
                    body=to_html(
                        "فقرة فيها كلمة English ورقم 2026، ثم [رابط](https://example.org/ar).\n\n"
                        "- البند الأول\n- البند الثاني\n\n> كلام منقول.\n\n"
                        "| البند | العدد |\n|---|---|\n| الأول | ١٢ |"
                    ),
                ),
                Item(id="item-2", headline="العنوان الثاني", body=to_html("فقرة قصيرة.")),
            )
        ),
        Button(label="اقرأ المزيد", url="https://example.org/ar/button"),
        Callout(body=to_html("للعلم."), tone="warning"),
        Quote(body=to_html("كلمات قيلت."), attribution="قائلها"),
    ),
    boilerplate=to_html("تصدر نشرة التجربة عن دار التجربة."),
)

_PARAGRAPH = (
    "The sample town has a sample square, and in it a fountain that has been fixed more often"
    " than it has run. Every spring somebody finds a new reason why the water stops, and every"
    " summer [somebody else](https://example.org/fountain) finds the old one."
)

#: Many items, long headlines, and words that cannot be broken.
LONG = dataclasses.replace(
    FULL,
    title="A title that goes on for longer than any line has room for, and then a little more",
    subject="A subject that says at great length what could have been said in three words, too",
    blocks=(
        Text(body=to_html("\n\n".join([_PARAGRAPH] * 3))),
        Digest(
            items=tuple(
                Item(
                    id=f"item-{number}",
                    headline=f"Headline {number} has a good deal to say about the sample square,"
                    " its fountain and the people around it",
                    body=to_html("\n\n".join([_PARAGRAPH] * 4)),
                )
                for number in range(1, 16)
            )
        ),
        Text(body=to_html(f"One word: `{'unbreakable' * 12}`, https://example.org/{'path/' * 24}")),
    ),
)

#: What a template can be looked at with, by name.
SAMPLE_ISSUES: Mapping[str, Content] = MappingProxyType(
    {"sample": FULL, "bare": BARE, "japanese": JAPANESE, "arabic": ARABIC, "long": LONG}
)


def try_template(template: Template) -> CompiledEdition:
    """Compile an empty draft and the full issue with a template; return the edition of the latter.

    Raises `TemplateError` with file and line for the first mistake.
    """
    compile_edition(EMPTY, template)
    return compile_edition(FULL, template)
