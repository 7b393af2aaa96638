"""Detect by the name of a file, or by its few columns, that it is about people who left.

The rows of such files often say nothing: SendGrid's unsubscribes are `email,created`.  People in
one never become active unless a person says so with `--as`.
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
from subscribers.exports.words import fold_text

#: Words in the name of a file, the weightiest first; a name is read without accents.
NAMES: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(unicodedata.normalize("NFKD", pattern)), meaning)
    for pattern, meaning in (
        (
            r"spam|complain|abuse|beschwerde|plainte|queja|reclamo|klacht|жалоб|迷惑メール|苦情|投诉|投訴|스팸",
            COMPLAINED,
        ),
        (r"invalid|ungultig|ongeldig|недейств|無効|无效|無效", INVALID),
        (
            r"bounce|cleaned|undeliver|unzustellbar|rebot|rejet|rimbalz|returned|(?:^|[^a-z])failed|"
            r"dead.?(?:address|email|mail|letter)|nicht.?zustell|бaунс|возврат|недостав|"
            r"バウンス|不達|エラー|不着|退信|반송",
            BOUNCED,
        ),
        (
            r"suppress|bl(?:ack|ock)(?:ed|s|list)|(?:^|[^a-z])blocks?(?:[^a-z]|$)|do.?not.?(?:e?mail|contact|send)|"
            r"sperrliste|gesperrt|robinson|exclu|ignore|(?:^|[^a-z])skip|stop.?(?:list|mail)|reject|"
            r"ban.?list|never.?(?:e?mail|contact|send)|no.?(?:e?mail|contact|send)(?:s|ing)?(?:[^a-z]|$)|"
            r"(?:^|[^a-z])held(?:[^a-z]|$)|on.?hold|liste.?noire|lista.?(?:negra|nera)|zwarte.?lijst|"
            r"черн|送信不可|配信不可|配信拒否|拒否|(?:^|[^a-z])dn[cm](?:[^a-z]|$)|banned|ブラックリスト|黑名单",
            SUPPRESSED,
        ),
        (
            r"unsub|non.?subscri|not.?subscri|never.?subscri|opt(?:ed|ing)?.?outs?|remove|"
            r"(?:not|never|non).?opt(?:ed)?.?in|no.?longer|lapsed|expired|resign|"
            r"(?:^|[^a-z])(?:ex|old|past|lost|gone).?(?:subscriber|member|reader|customer|contact|leser|"
            r"mitglied|kund|abonn)|eras(?:ed|ure)|forgotten|gdpr.?(?:delet|eras|remov)|churned|withdrawn|"
            r"ehemalig|ausgetreten|ausgeschieden|kundig|gekundigt|widerruf|geloscht|nicht.?(?:mehr.?)?abonn|"
            r"ancien|desuscri|dado.?de.?baja|cancellat|opgezegd|zrezygnow|odhlas|leiratkoz|dezabon|"
            r"deleted|inactive|archived|cancel|(?:^|[^a-z])left(?:[^a-z]|$)|former|"
            r"desabon|desinscri|abgemeldet|abmeld|abbestell|austritt|bajas?(?:[^a-z]|$)|"
            r"disiscri|descadastr|uitgeschreven|afgemeld|wypisan|отпис|"
            r"解除|停止|不要|退会|脱会|解約|削除|オプトアウト|未購読|删除|刪除|탈퇴|해지|退订|退訂|取消|수신거부|구독취소",
            UNSUBSCRIBED,
        ),
        (r"unconfirmed|pending|unverified|unbestatigt|non.?confirm|未確認|仮登録|未确认", PENDING),
    )
)

#: The columns of suppression lists of sending services (SendGrid, Mailgun, Postmark, SparkPost,
#: Amazon SES), which hold nothing else: no name, no field of a reader.
SPARSE = frozenset(
    fold_text(title)
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
        "detail",
        "last_event_at",
        "expires_at",
        "expired",
        "subaccount",
        "sender",
        "non_transactional",
        "transactional",
        "list_id",
        "suppression reason",
        "bounce code",
        "event",
        "comment",
        "added",
        "added by",
        "blacklist date",
        "bounced at",
        "diagnostic",
        "smtp code",
        "mta",
    )
)
#: One of these must be there: `email,created` is such a list, `email` and `email,tags` are not.
SIGNS = frozenset(
    fold_text(title)
    for title in ("created", "created at", "reason", "error", "LastUpdateTime", "last update time")
)


def meaning_of_name(name: str) -> Meaning | None:
    """Return what the people of a file are, if its name says that they are not plain readers."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not 0x300 <= ord(char) <= 0x36F)
    return next((meaning for pattern, meaning in NAMES if pattern.search(plain)), None)


def is_sparse(titles: Sequence[str]) -> bool:
    """Whether a table has the few columns of a suppression list, and no other."""
    folded = {fold_text(title) for title in titles if title}
    return folded <= SPARSE and bool(folded & SIGNS)
