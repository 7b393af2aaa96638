"""Tell by the name of a file, or by its few columns, that it is about people who left.

Such files often say nothing in their rows: SendGrid's unsubscribes are `email,created`.  Who is in
one is never made active unless a person says so with `--as`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from subscribers.exports.meanings import (
    BOUNCED,
    COMPLAINED,
    INVALID,
    PENDING,
    SUPPRESSED,
    UNSUBSCRIBED,
    Meaning,
)
from subscribers.exports.words import fold

#: Words in the name of a file, the weightiest first; a name is read without accents.
NAMES: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(unicodedata.normalize("NFKD", pattern)), meaning)
    for pattern, meaning in (
        (r"spam|complain|abuse|beschwerde|迷惑メール|苦情|投诉", COMPLAINED),
        (r"invalid|ungultig|無効", INVALID),
        (r"bounce|cleaned|undeliver|unzustellbar|rebot|バウンス|不達|退信", BOUNCED),
        (
            r"suppress|bl(?:ack|ock)(?:ed|s|list)|(?:^|[^a-z])blocks?(?:[^a-z]|$)|do.?not.?(?:e?mail|contact|send)|"
            r"sperrliste|robinson|(?:^|[^a-z])dn[cm](?:[^a-z]|$)|banned|ブラックリスト|黑名单",
            SUPPRESSED,
        ),
        (
            r"unsub|non.?subscribe|not.?subscribe|never.?subscribe|opt(?:ed)?.?outs?|removed|"
            r"deleted|inactive|archived|cancel|(?:^|[^a-z])left(?:[^a-z]|$)|former|"
            r"desabon|desinscri|abgemeldet|abmeldung|abbestell|austritt|bajas?(?:[^a-z]|$)|"
            r"disiscri|descadastr|uitgeschreven|afgemeld|wypisan|отпис|"
            r"解除|配信停止|退会|オプトアウト|退订|退訂|取消|수신거부|구독취소",
            UNSUBSCRIBED,
        ),
        (r"unconfirmed|pending|unverified|unbestatigt|non.?confirm|未確認|仮登録|未确认", PENDING),
    )
)

#: The columns of suppression lists of sending services (SendGrid, Mailgun, Postmark, SparkPost,
#: Amazon SES), which hold nothing else: no name, no field of a reader.
SPARSE = frozenset(
    fold(title)
    for title in (
        "email",
        "e-mail",
        "email address",
        "address",
        "recipient",
        "created",
        "created at",
        "createdAt",
        "reason",
        "status",
        "code",
        "error",
        "ip",
        "tags",
        "type",
        "source",
        "description",
        "origin",
        "LastUpdateTime",
        "last update time",
        "updated",
        "updated_at",
        "date",
        "time",
        "timestamp",
        "group",
        "group_id",
        "group_name",
        "bounce type",
        "classification",
        "subject",
        "message",
        "domain",
    )
)
#: One of these must be there: `email,created` is such a list, `email` and `email,tags` are not.
SIGNS = frozenset(
    fold(title)
    for title in ("created", "created at", "reason", "error", "LastUpdateTime", "last update time")
)


def meaning_of_name(name: str) -> Meaning | None:
    """Return what the people of a file are, if its name says that they are not plain readers."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not 0x300 <= ord(char) <= 0x36F)
    return next((meaning for pattern, meaning in NAMES if pattern.search(plain)), None)


def is_sparse(titles: Sequence[str]) -> bool:
    """Whether a table has the few columns of a suppression list, and no other."""
    folded = {fold(title) for title in titles if title}
    return folded <= SPARSE and bool(folded & SIGNS)
