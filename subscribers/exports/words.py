"""Values of status columns, and the spellings of yes and no, in many languages.

All words are compared folded: without case, accents, spaces and signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from subscribers.exports.meanings import (
    ACTIVE,
    BOUNCED,
    COMPLAINED,
    INVALID,
    PENDING,
    SUPPRESSED,
    UNSUBSCRIBED,
    Meaning,
    choose_stricter,
)

#: What is not a letter or a digit of ASCII, to be left out.
SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


@lru_cache(maxsize=4096)
def fold_text(text: str) -> str:
    """Return a text without case, accents, spaces and signs."""
    if text.isascii():
        return text.lower().translate(SIGNS)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in plain if char.isalnum())


def fold_words(text: str) -> list[str]:
    """Return the words of a table, folded; underscores stand for spaces within one."""
    return [fold_text(word) for word in text.split()]


def over_folded(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for folded texts: its letters beyond ASCII are folded like theirs.

    Folding takes "バ" and "반" apart, so that a pattern written with them would never match.
    """
    return re.compile("".join(char if char.isascii() else fold_text(char) for char in pattern))


#: Said in a column that asks yes or no.
TRUE = frozenset(
    [
        *fold_words(
            "1 true yes y t on x ok checked enabled ja oui sí si sim да д yes_please evet tak ano "
            "kyllä igen da áno jah taip jā ναι כן نعم はい 是 예 네 有 あり 真 可 希望する 同意 同意する "
            "1.0 1,0 1.00 する vrai wahr verdadero vero verdadeiro waar sand sann prawda pravda tosi igaz истина "
            "true() 許可 承諾 受け取る 配信希望 希望 受信する 購読する 承認 接受 同意する 동의 동의함 "
            "हाँ हां ใช่ có ya jes yep ναι già sant ok okay ndiyo ticked selected yes_i_agree"
        ),
        *("👍", "🟢", "☑️", "✔️", "✅️", "🗹", "✓", "✔", "☑", "○", "◯", "✅", "+", "●", "〇"),
    ]
) - {""}
FALSE = frozenset(
    [
        *fold_words(
            "0 false no n f off nok ko none null nil nan na unchecked disabled never nein non nej nee "
            "нет н hayır hayir nie ne ei nem nu не όχι לא لا いいえ 否 不 不是 아니오 아니요 não nao 無 なし "
            "偽 faux falsch falso onwaar falsk fałsz nepravda epätosi hamis ложь false() 希望しない "
            "同意しない 拒否 不可 配信しない しない 受信しない 受け取らない 不要 停止 解除 不同意 拒绝 不需要 不接受 "
            "동의안함 거부 미동의 नहीं ไม่ ไม่ใช่ không tidak bukan nei ingen ikke inte aldrig nunca "
            "jamais niemals nooit nigdy nikdy никогда không_đồng_ý falskt nekat jo_nuk "
            "hapana ni not_checked unticked not_ticked not_selected"
        ),
        *(
            "👎",
            "🔴",
            "🚫",
            "⛔",
            "✖",
            "-",
            "--",
            "—",
            "–",
            "[]",
            "{}",
            '""',
            "\\n",
            "×",
            "✗",
            "✘",
            "☐",
            "❌",
            "n/a",
            "✕",
        ),
    ]
) - {""}

#: What stands beside the dead.
CROSSES = frozenset("†✝✞✟☠⚰")
#: Answers in more than one word: "No thanks", "Yes please".
NO_THANKS = re.compile(
    r"(?:no|nein|non|nao|nee|nej|nie|нет)(?:thank|danke|merci|graci|grazie|obrigad|bedankt|dank|tak|"
    r"tack|dziek|спасибо|i(?:dont|donot|wont|wouldnot|disagree)|notinterested|please|never|idrathernot)"
)
YES_PLEASE = re.compile(
    r"(?:yes|ja|oui|si|sim|tak|да)(?:please|bitte|gern|i(?:agree|want|would|d)|signmeup|svp|porfavor|"
    r"graag|send|subscribe|of ?course|absolutely)"
)
#: Dates that databases write where there is none.
ZERO_DATE = re.compile(r"0{4}[-/.]00[-/.]00(?:[ T]00:00:00)?|0001-01-01.*|1970-01-01[ T]00:00:00.*")


#: The values of status columns.  `inactive`, `disabled` and `deleted` say that the other system
#: mailed nobody there, and so they count as unsubscribed.
STATUS: Mapping[str, Meaning] = {
    **dict.fromkeys(
        fold_words(
            "active subscribed subscribe subscriber confirmed enabled optedin optin opted_in "
            "single_optin double_optin single double express implied explicit verified reachable "
            "deliverable valid cold engaged marketing marketing_contact granted given concesso concessa erteilt accordé otorgado concedido "
            "regular registered accepted agreed i_agree allowed allow permitted approved sendable "
            "mailable current akzeptiert erlaubt accepté acceptée autorisé autorisée aceptado aceptada "
            "autorizado autorizada accettato accettata autorizzato toegestaan geaccepteerd "
            "abonniert abonnent aktiv angemeldet bestätigt eingetragen "
            "abonné abonnée actif inscrit inscrite confirmé confirmée "
            "suscrito suscrita activo activa confirmado confirmada "
            "iscritto iscritta attivo attiva confermato confermata inscrito inscrita ativo ativa "
            "assinante actief ingeschreven aangemeld geabonneerd prenumererar prenumerant abonnerar abonnent "
            "tilmeldt påmeldt bekreftet tilaaja aktiivinen aktywny zapisany subskrybowany "
            "potwierdzony aktivní přihlášen potvrzeno aktív feliratkozott abone onaylandı aktif "
            "подписан подписана активен активный активна доступен подтвержден подтверждён підписаний "
            "有効 購読中 登録済み 登録済 配信中 登録中 会員 アクティブ 購読 確認済み 配信可 配信 "
            "已订阅 已訂閱 订阅 訂閱 有效 活跃 正常 已确认 구독 구독중 구독자 활성 확인됨 "
            "keep in ενεργός ενεργή εγγεγραμμένος εγγεγραμμένη συνδρομητής פעיל רשום מנוי نشط مشترك مفعل "
            "đang_hoạt_động đã_đăng_ký hoạt_động ใช้งาน สมัครแล้ว berlangganan abonăt abonat activ"
        ),
        ACTIVE,
    ),
    **dict.fromkeys(
        fold_words(
            "pending unconfirmed not_confirmed awaiting_confirmation unactivated unverified "
            "pending_confirmation pending_optin validating waiting waiting_for_confirmation "
            "confirmation_pending optin_pending double_optin_pending awaiting notverified "
            "confirmation_requested not_verified awaiting_optin requested "
            "unbestätigt nicht_bestätigt ausstehend wartend en_attente non_confirmé non_confirmée "
            "pendiente sin_confirmar no_confirmado in_attesa non_confermato da_confermare pendente "
            "não_confirmado onbevestigd in_afwachting niepotwierdzony oczekujący nepotvrzený "
            "obekräftad afventer ubekræftet vahvistamaton onaylanmadı bekliyor неподтвержден "
            "неподтвержденный не_подтвержден ожидает 未確認 仮登録 承認待ち 確認待ち 保留 未认证 "
            "未确认 待确认 未確認 待確認 미확인 대기 대기중"
        ),
        PENDING,
    ),
    **dict.fromkeys(
        fold_words(
            "unsubscribed unsubscribe unsub unsubs opted_out opt_out optout cancelled canceled "
            "inactive disabled deleted removed archived left gone non_subscribed nonsubscribed "
            "not_subscribed never_subscribed unsubscribed_globally deactivated revoked withdrawn "
            "archived_contact never no_emails temp_hold suspended deceased "
            "no_permissions_set no_permission no_consent non_marketing non_marketing_contact "
            "non_marketable not_opted_in notoptedin declined denied refused transactional former "
            "expired churned_out lapsed dead passive rejected disallowed forbidden prohibited ended "
            "closed finished terminated resigned quit stopped stop dropped erased erase anonymized "
            "anonymised forgotten trash trashed muted do_not_send dont_send unsendable no_mail nomail "
            "by_user not_sending i_do_not_agree i_disagree disagreed no_longer_member "
            "abgelehnt verweigert verboten erloschen beendet rechazado rechazada prohibido "
            "refuser rejetée_par_la_personne supprimer rifiutato rifiutata vietato geweigerd "
            "verboden recusado recusada odmowa odrzucony odmítnuto zamítnuto отказ отклонено "
            "запрещено не_согласен nicht_einverstanden je_refuse "
            "abgemeldet abbestellt ausgetragen inaktiv gelöscht widerrufen archiviert transaktional "
            "revocato revocata revocado revocada revogado revogada ingetrokken "
            "gekündigt ausgetreten storniert verstorben "
            "désabonné désabonnée désinscrit désinscrite inactif inactive supprimé supprimée "
            "désactivé résilié archivé archivée transactionnel transactionnelle refusé "
            "archivado archivada transaccional suscripción_cancelada cancelada_la_suscripción "
            "arquivado arquivada transacional inscrição_cancelada cancelou_a_inscrição "
            "archiviato archiviata transazionale iscrizione_annullata annullato annullata "
            "gearchiveerd transactioneel zarchiwizowany zarchiwizowana w_archiwum в_архиве архив "
            "baja dado_de_baja dada_de_baja cancelado cancelada inactivo "
            "inactiva no_suscrito eliminado desuscrito desuscrita disiscritto disiscritta "
            "cancellato cancellata inattivo inattiva descadastrado descadastrada inativo inativa "
            "cancelado não_inscrito uitgeschreven afgemeld inactief verwijderd opgezegd "
            "avregistrerad avprenumererad avslutad inaktiv frameldt afmeldt avmeldt peruttu "
            "perunut wypisany wypisana zrezygnował nieaktywny usunięty odhlášen odhlášený "
            "neaktivní leiratkozott inaktív abonelikten_çıktı ayrıldı pasif iptal dezabonat "
            "отписан отписана отписался отписалась неактивен неактивный удален удалён "
            "відписаний 解除 解除済み 配信停止 配信停止中 退会 退会済み 停止 停止中 購読解除 登録解除 "
            "購読停止 無効 拒否 配信不可 削除 削除済み オプトアウト 停止済み 停止済 解除済 退会済 削除済 未購読 アーカイブ "
            "退订 已退订 退訂 已退訂 取消订阅 取消訂閱 已取消 已取消订阅 已取消訂閱 无效 停用 未订阅 未訂閱 拒收 已归档 已存檔 "
            "구독취소 수신거부 해지 구독해지 비활성 탈퇴 "
            "out ex ehemalig ehemalige ancien ancienne remove delete drop take_off διαγραμμένος διαγραμμένη ανενεργός ανενεργή απεγγεγραμμένος הוסר לא_פעיל "
            "ביטל בוטל ملغى ملغي غير_نشط غير_مشترك ألغى_الاشتراك đã_hủy_đăng_ký hủy_đăng_ký "
            "ngừng_hoạt_động ไม่ใช้งาน ยกเลิก ยกเลิกแล้ว berhenti_berlangganan tidak_aktif poistunut "
            "poistettu eronnut inactiv șters"
        ),
        UNSUBSCRIBED,
    ),
    **dict.fromkeys(
        fold_words(
            "blocked blocklisted blocklist blacklisted blacklist suppressed suppression banned "
            "excluded spammy quarantined do_not_contact donotcontact do_not_email do_not_mail "
            "donotmail user_suppressed globally_suppressed held manualsuppression "
            "manual_suppression spamtrap spam_trap unmailable not_mailable by_moderator gesperrt blockiert bloqué bloquée bloqueado bloqueada bloccato "
            "geblokkeerd blockerad zablokowany заблокирован ブロック ブラックリスト 黑名单 黑名單 차단"
        ),
        SUPPRESSED,
    ),
    **dict.fromkeys(
        fold_words(
            "bounced bounce hard_bounce hard_bounced hardbounce hardbounced bounced_hard cleaned "
            "undeliverable by_bounces on_hold_bounce unreachable undelivered mailbox_not_found no_such_user nonexistent "
            "permanent_failure user_unknown unknown_user bereinigt nettoyé nettoyée depurado depurada "
            "limpo limpa pulito pulita ripulito opgeschoond wyczyszczony wyczyszczona очищен "
            "エラー停止 クリーニング済み 已清理 已清除 unzustellbar unerreichbar zurückgewiesen gebounced rejeté rejetée "
            "non_délivrable rebotado rebotada rebote respinto rimbalzato devolvido onbestelbaar "
            "studsad odbity nedoručitelný возвращено недоставлено недоступен バウンス 不達 エラー "
            "配信不能 配信エラー 不着 退信 硬退信 退回 반송 반송됨"
        ),
        BOUNCED,
    ),
    **dict.fromkeys(
        fold_words(
            "invalid invalid_email invalid_address malformed bad_address syntax_error ungültig "
            "invalide non_valide inválido inválida non_valido ongeldig ogiltig nieprawidłowy "
            "недействителен 無効なアドレス アドレス不正 无效地址 無效地址 잘못된주소"
        ),
        INVALID,
    ),
    **dict.fromkeys(
        fold_words(
            "complained complaint complaints spam spam_report spam_reported spam_complaint "
            "spamcomplaint abuse abuse_complaint marked_as_spam reported_spam junk "
            "feedback_loop fbl beschwerde beschwert plainte queja reclamo reclamação klacht "
            "klagomål skarga жалоба 迷惑メール 迷惑メール報告 苦情 投诉 投訴 垃圾邮件 스팸신고"
        ),
        COMPLAINED,
    ),
}

#: Parts of a longer value ("Unsubscribed by admin", "HARD_BOUNCE, UNSUBSCRIBE") that decide it,
#: the weightiest first.  Only words that take people off are looked for in this way.
PARTS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (over_folded(r"complain|spamreport|abuse|markedasspam|feedbackloop"), COMPLAINED),
    (over_folded(r"invalid"), INVALID),
    (over_folded(r"hardbounce|bounced?hard|permanentbounce|undeliverable|cleaned"), BOUNCED),
    (over_folded(r"suppress|bl(?:ock|ack)list|donot(?:e?mail|contact)|quarantine"), SUPPRESSED),
    (
        over_folded(
            r"unsub|optedout|optout|desabonn|desinscri|abgemeldet|abbestellt|dadodebaja|"
            r"disiscri|uitgeschreven|afgemeld|wypisan|odhlas|leiratkoz|dezabon|descadastr|"
            r"^(?:ex|former|past|ehemalig\w{0,2})(?:reader|member|subscriber|contact|customer|leser|"
            r"mitglied|abonnent)|"
            r"avregistr|suscripcioncancelada|inscricaocancelada|iscrizioneannullata|отписа|配信停止|購読解除|退会|退订|退訂|수신거부|구독취소"
        ),
        UNSUBSCRIBED,
    ),
)
#: What stands before a word for an active reader and turns it round ("No longer subscribed").
NOT = over_folded(
    r"(?:donot|dont|nicht(?:mehr|laenger)?|niet(?:meer)?|non(?:piu)?|nolonger|not|never|no|nao|nie|ne|inte|"
    r"ikke|ei|больше?не|не|ні|未|没有|沒有|不再|不)(?=.)"
)
#: Of these words the contrary is that the person has yet to confirm.
TO_CONFIRM = over_folded(r"confirm|bestat|bevest|potvrz|potwierdz|verifi|valid|подтвер|确认|確認")
#: What turns such a part round, or leaves open which it is.
UNCLEAR = over_folded(r"not|never|soft|resub|temporar|nicht|jamais|nunca|ない")

#: Answers of mail servers (RFC 3463) that say that the mailbox does not exist, or is closed.
NO_MAILBOX = re.compile(
    r"5\.(?:1\.(?:[12368]|10)|2\.1)\b.*|"
    r".{0,80}(?:unknown user|user unknown|no such (?:user|mailbox)|mailbox (?:not found|unknown)|"
    r"(?:user|mailbox|address|account) does ?n[o']t exist).*",
    re.IGNORECASE | re.DOTALL,
)

#: Words that no other column than one about a status holds alone in a cell.  A column that we
#: took for something else, and that holds one, is asked about.
TELLING = frozenset(
    spelling
    for word in str.split(
        "unsubscribed unsubscribe opted-out opted_out opt-out optout bounced cleaned complained "
        "blocklisted blacklisted suppressed non-subscribed nonsubscribed never_subscribed "
        "no_suscrito no_suscrita suscripción_cancelada cancelada_la_suscripción não_inscrito "
        "inscrição_cancelada non_iscritto iscrizione_annullata non_abonné nicht_abonniert "
        "nicht_mehr_abonniert niet_geabonneerd do_not_email do-not-email do_not_mail do_not_contact "
        "hard_bounce hard_bounced hard-bounced spam_complaint donotmail undeliverable "
        "abgemeldet abbestellt ausgetragen désabonné désabonnée desabonné désinscrit désinscrite "
        "disiscritto disiscritta descadastrado uitgeschreven afgemeld avregistrerad wypisany "
        "odhlášen leiratkozott dezabonat отписан отписался отписана отписалась 配信停止 退会 "
        "購読解除 登録解除 配信停止中 退会済み オプトアウト バウンス 退订 已退订 退訂 已退訂 取消订阅 "
        "取消訂閱 수신거부 구독취소 구독해지"
    )
    for plain in {word, word.replace("_", " "), word.replace("-", " ")}
    for spelling in (plain, plain.capitalize(), plain.title(), plain.upper())
) | {"dado de baja", "Dado de baja", "dada de baja", "do not email", "Do not email"}


def is_true(text: str) -> bool:
    """Whether a cell says yes."""
    if text[:1] == "-" or text[-1:] == "?":
        return False  # "-1", and what somebody doubted
    return text in TRUE or fold_text(text) in TRUE


def is_false(text: str) -> bool:
    """Whether a cell says no, or nothing at all."""
    if not text or text.lower() in FALSE or ZERO_DATE.fullmatch(text):
        return True
    folded = fold_text(text)
    return folded in FALSE or (folded.isdigit() and not folded.strip("0"))


def answers_no(text: str) -> bool:
    """Whether a cell says no in several words."""
    return bool(NO_THANKS.match(fold_text(text[:200])))


def answers_yes(text: str) -> bool:
    """Whether a cell says yes in several words."""
    return bool(YES_PLEASE.match(fold_text(text[:200])))


def status_of(text: str) -> Meaning | None:
    """Return what the value of a status column means; None when nobody knows."""
    folded = fold_text(text)
    if text in CROSSES:
        return UNSUBSCRIBED
    if (meaning := STATUS.get(folded)) is not None:
        return None if meaning == ACTIVE and text[-1:] == "?" else meaning
    if NO_MAILBOX.fullmatch(text):
        return BOUNCED
    if (turned := NOT.match(folded)) and STATUS.get(folded[turned.end() :]) == ACTIVE:
        return PENDING if TO_CONFIRM.search(folded) else UNSUBSCRIBED
    if not UNCLEAR.search(folded):
        found = [meaning for pattern, meaning in PARTS if pattern.search(folded[:200])]
        if found:
            whole = ACTIVE
            for meaning in found:
                whole = choose_stricter(whole, meaning)
            return whole
    return yes_or_no(text)


def is_telling(tag: str) -> bool:
    """Whether a word is one that only a status is."""
    folded = fold_text(tag[:200])
    return tag in TELLING or (
        not UNCLEAR.search(folded) and any(pattern.search(folded) for pattern, _said in PARTS)
    )


def yes_or_no(text: str) -> Meaning | None:
    """Return what a plain yes or no means in a status column; a digit there means nothing."""
    if not text or fold_text(text).isdigit():
        return None
    if is_true(text):
        return ACTIVE
    return UNSUBSCRIBED if fold_text(text) in FALSE - {"na", "none", "null", "nil", "nan"} else None
