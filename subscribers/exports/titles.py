"""Detect a status column by its title and, if that is not enough, by its cells.

First come the titles of the known systems, then those below, then parts of titles that can
mean nothing else ("… unsubscribed …").  A title with two meanings (`State`, `Type`) counts only
when its cells hold words for a status.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from subscribers.exports.dates import is_date
from subscribers.exports.meanings import (
    BOUNCED,
    COMPLAINED,
    INVALID,
    PENDING,
    SUPPRESSED,
    UNSUBSCRIBED,
    Meaning,
)
from subscribers.exports.rules import (
    ACCOUNT,
    BOUNCES,
    CHANNELS,
    CONFIRMED,
    DOUBTED,
    GONE,
    LISTS,
    MAIL_CHANNEL,
    NEVER,
    OFTEN,
    STATUS,
    TAGS,
    UNCLEAR,
    VALID,
    WANTED,
    Kind,
    Rule,
    flag,
    gone,
)
from subscribers.exports.systems import DELIVERY, SYSTEMS
from subscribers.exports.words import (
    answers_no,
    answers_yes,
    fold_text,
    fold_words,
    is_false,
    is_true,
    over_folded,
    status_of,
    yes_or_no,
)


def titled(text: str, rule: Rule) -> dict[str, Rule]:
    """Return a rule for many titles; underscores stand for spaces."""
    return dict.fromkeys(fold_words(text), rule)


#: CiviCRM's values, and a plain yes.
ON_HOLD = Rule(
    kind=Kind.FLAG,
    meaning=BOUNCED,
    values={"1": BOUNCED, "2": UNSUBSCRIBED, fold_text("On Hold Opt Out"): UNSUBSCRIBED},
)
GENERAL: Mapping[str, Rule] = {
    **titled(
        "status email_status mail_status subscriber_status subscription_status contact_status "
        "member_status list_status newsletter_status mailing_status marketing_status "
        "consent_status email_consent_status optin_status opt_in_status permission_status "
        "sub_status email_marketing_state subscription_state subscriber_state statut statut_email "
        "statut_de_l'abonnement abonnementsstatus statut_abonnement abostatus abo-status "
        "newsletter-status email-status estado_de_suscripción estado_de_la_suscripción "
        "estado_suscripción estado_del_contacto estado_da_inscrição status_da_inscrição "
        "stato_iscrizione stato_dell'iscrizione inschrijfstatus status_subskrypcji stav_odběru "
        "статус статус_подписки статус_контакта "
        "状態 ステータス 配信状態 配信状況 購読状態 購読状況 購読ステータス 配信ステータス 登録状態 会員状態 登録状況 "
        "状态 订阅状态 狀態 訂閱狀態 상태 구독상태 구독_상태 status_id status_code status_nr state_id "
        "subscription_status_id subscriber_status_id email_status_id "
        "opt in/out opt_in/out κατάσταση κατάσταση_συνδρομής סטטוס מצב الحالة حالة_الاشتراك durum abonelik_durumu állapot "
        "státusz trạng_thái สถานะ stare starea_abonării",
        STATUS,
    ),
    **titled(
        "subscribed is_subscribed email_subscribed subscribed_to_emails subscribed_to_newsletter "
        "newsletter_subscribed opt_in optin opted_in is_opted_in email_opt_in email_optin "
        "opted_in_email marketing_opt_in newsletter_opt_in accepts_marketing accepts_email "
        "accepts_emails accepts_email_marketing accepts_newsletter email_marketing_consent "
        "marketing_consent email_consent newsletter_consent consent gdpr_consent consent_given "
        "permission permission_to_email email_permission email_allowed can_email can_be_emailed "
        "mailable is_mailable wants_email wants_emails wants_newsletter receive_emails "
        "receive_newsletter receives_newsletter receive_email newsletter is_active active "
        "email_active enabled is_enabled email_enabled marketing_allowed marketable "
        "einwilligung zustimmung newsletter_abonniert abonniert aktiv consentement "
        "consentement_email accepte_la_newsletter abonné abonné_à_la_newsletter inscrit actif "
        "consentimiento suscrito suscrito_al_boletín acepta_marketing activo consenso "
        "consenso_marketing iscritto attivo consentimento inscrito ativo aceita_marketing "
        "toestemming ingeschreven actief samtycke zgoda zgoda_marketingowa souhlas "
        "согласие подписан подписка активен "
        "配信希望 メール配信 メルマガ メルマガ配信 メルマガ希望 メールマガジン メールマガジン配信 購読 購読希望 配信許可 "
        "配信可否 配信同意 同意 案内メール お知らせメール オプトイン メール受信 受信希望 "
        "sub subs abo mailing_list on_mailing_list send_newsletter "
        "still_subscribed berlangganan langganan đăng_ký đăng_ký_nhận_tin nhận_tin nhận_bản_tin εγγραφή συνδρομή "
        "ενημερωτικό_δελτίο דיוור רשימת_תפוצה ניוזלטר הסכמה الاشتراك مشترك الموافقة النشرة_البريدية "
        "النشرة_الإخبارية bülten abonelik onay uutiskirje tilaus hírlevél feliratkozva สมัครรับข่าวสาร "
        "รับข่าวสาร सदस्यता buletin_informativ abonat "
        "订阅 是否订阅 接收邮件 同意接收 訂閱 是否訂閱 수신동의 수신_동의 메일수신동의 이메일_수신동의 구독여부",
        WANTED,
    ),
    **titled(
        "confirmed is_confirmed email_confirmed confirmed_at email_confirmed_at confirmed_on "
        "verified is_verified email_verified verified_at email_verified_at activated "
        "double_opt_in double_optin doi doi_confirmed double_opt_in_confirmed doubleoptin "
        "confirmé confirmado confermato bestätigt bevestigd potwierdzony подтвержден "
        "подтверждён 確認済み 認証済み メール認証 已确认 已验证 已確認 已驗證 인증 인증여부",
        CONFIRMED,
    ),
    **titled(
        "deleted is_deleted deleted_at deleted_on date_deleted deletion_date removed is_removed "
        "removed_at removed_on date_removed archived archived_at inactive is_inactive disabled "
        "is_disabled disabled_at deactivated deactivated_at left left_at left_on date_left "
        "revoked_at consent_revoked consent_revoked_at consent_withdrawn withdrawn_at ended_at "
        "remove delete gone trashed trashed_at erased erased_at anonymized anonymised "
        "forget_me forgotten right_to_be_forgotten gdpr_erased gdpr_delete resigned resigned_at "
        "resignation_date terminated terminated_at no_longer_member "
        "停止フラグ 削除フラグ 解除フラグ 退会フラグ 탈퇴 해지 삭제 "
        "gelöscht gelöscht_am inaktiv austritt austrittsdatum supprimé supprimé_le eliminado "
        "eliminado_el fecha_de_baja baja fecha_baja eliminato cancellato removido excluído "
        "verwijderd usunięty удален дата_удаления 削除 削除日 削除日時 解除日 解除日時 停止日 退会日 "
        "退会日時 停止 无效 删除 删除时间 탈퇴일 삭제일",
        GONE,
    ),
    **titled(
        "cancel_date cancelled_at canceled_at cancellation_date date_cancelled cancelled canceled "
        "end_date date_ended ended expired_at kündigungsdatum kündigung gekündigt gekündigt_am "
        "subscription_end subscription_ended membership_end membership_ended beendet beendet_am "
        "abo_beendet abo_beendet_am abo_ende mitglied_bis mitgliedschaft_bis ausgeschieden "
        "ausgeschieden_am "
        "until active_until valid_to valid_until valid_till member_until end expiry_date expiration_date "
        "membership_expiry subscription_expiry gültig_bis austritt_zum fin_d'abonnement fin_abonnement "
        "kill void obsolete defunct del x "
        "archive ex former hidden skip ignore muted snoozed snoozed_until paused paused_until "
        "pause lapsed lapsed_at expired churned churned_at dead closed closed_at ended_on hold "
        "dropped stopped stopped_at radié radiée "
        "enddatum date_de_fin fecha_de_fin data_fine data_de_término",
        UNCLEAR,
    ),
    **titled(
        "exclude exclude_from_mailings exclude_from_email exclude_from_mailing "
        "dnc dne dnm dnd do_not_contact suspended is_suspended banned is_banned blocked is_blocked "
        "skip_mailings blocked_at blocked_on suspended_at banned_at mute sperre "
        "sperrkennzeichen sperrvermerk 送信不可 送付不可 配信不可 送らない 不要 拒否 拒收 "
        "robinson gesperrt werbesperre mailsperre newslettersperre bloqué bloquée bloqueado "
        "bloqueada bloccato bloccata geblokkeerd zablokowany заблокирован ブロック 차단",
        flag(SUPPRESSED),
    ),
    **titled(
        "deceased is_deceased died verstorben décédé fallecido falecido deceduto overleden",
        flag(UNSUBSCRIBED),
    ),
    **titled(
        "spam is_spam junk is_junk spam_flag marked_spam spamverdacht",
        flag(COMPLAINED),
    ),
    **titled("spam_reports spam_complaints complaints fbl feedback_loop", gone(COMPLAINED)),
    **titled(
        "email_valid valid_email is_valid_email email_deliverable deliverable valid is_valid "
        "email_validity 有効 有效",
        VALID,
    ),
    **titled("invalid invalid_at 無効 無効フラグ", flag(INVALID)),
    **titled("エラー エラーフラグ 配信エラー", flag(BOUNCED)),
    **titled("on_hold onhold", ON_HOLD),
    **titled("nomail no_mail reception delivery_status", DELIVERY),
    **titled("pending is_pending unconfirmed not_confirmed unverified", flag(PENDING)),
    **titled(
        "user_status account_status account_state membership_status member_state "
        "mitgliedsstatus mitgliedschaftsstatus kundenstatus",
        ACCOUNT,
    ),
    **titled(
        "lists list mailing_lists subscribed_lists subscriptions newsletters "
        "list_names email_lists listen verteiler abonnements listes listas liste lijsten listy "
        "списки リスト 配信リスト 列表 邮件列表",
        LISTS,
    ),
    **titled(
        "digest email_digest frequency email_frequency mail_frequency newsletter_frequency mailing_frequency "
        "email_preference email_preferences mail_preference contact_preference "
        "contact_preferences communication_preference communication_preferences "
        "newsletter_preference marketing_preference häufigkeit fréquence frecuencia frequência "
        "frequenza frequentie częstotliwość частота 配信頻度 頻度 频率",
        OFTEN,
    ),
}

#: Parts of folded titles that say that somebody left, the weightiest first.
PARTS: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (
        over_folded(
            r"(?:optin|confirmation|activation)pending|pending(?:optin|confirmation|activation)|"
            r"awaitingconfirmation"
        ),
        flag(PENDING),
    ),
    (
        over_folded(
            r"(?:communication|contact|consent\w{0,3}|optin|optedin|subscribed|allowed)channels?$|"
            r"kommunikationskan|canauxdecommunication|canalesdecomunicacion"
        ),
        CHANNELS,
    ),
    (over_folded(r"howoften.{0,40}(?:mail|hear|contact|news)"), OFTEN),
    (
        over_folded(
            r"(?:marketing|e?mail|mailings?|newsletter)(?:is)?(?:suspended|stopped|paused)"
        ),
        flag(SUPPRESSED),
    ),
    (
        over_folded(
            r"complain|spamreport|reportedspam|markedasspam|abuse|beschwerde|苦情|投诉|жалоб"
        ),
        gone(COMPLAINED),
    ),
    (over_folded(r"hardbounce|undeliverab|cleantime|cleaned"), gone(BOUNCED)),
    (over_folded(r"bounce|unzustellbar|バウンス|不達|退信|反송|반송"), flag(BOUNCED)),
    (
        over_folded(
            r"invalidemail|emailinvalid|isinvalid|emailisbad|invalididentifier|invalidaddress|無効なアドレス"
        ),
        flag(INVALID),
    ),
    (
        over_folded(
            r"bl(?:ack|ock)list|suppress|do?n[o']?t(?:bulk|mass|allow)*(?:e?mail|contact|send|write)|"
            r"donotallow(?!phone|fax|post|sms|call)|noe?mail$|noemails|noe?mailing|quarantine|"
            r"robinson|nepas(?:envoyer|contacter|ecrire|mailer)|noenviar|nocontactar|noninviare|"
            r"noncontattare|nao(?:enviar|contatar|contactar)|niewysyłać|niekontaktować|"
            r"нерассылать|неотправлять|неписать|nicht(?:mailen|senden|kontaktieren|anschreiben)|"
            r"niet(?:mailen|versturen|contacteren)|ineligible|"
            r"gesperrt|sperrliste|listenoire|listanegra|listanera|ブラックリスト|黑名单|黑名單|"
            r"черн\w*спис|banned|exclu(?:ded|sion)"
        ),
        flag(SUPPRESSED),
    ),
    (
        over_folded(
            r"reasonforleaving|leavingreason|ausgetret|austritts|ausgeschieden|^del(?:ete)?fla?g$|"
            r"remov(?:al|ed)(?:reason|by|date|on|at)|"
            r"(?:consent|permission|optin|agreement).{0,20}(?:withdr|revok|retir|widerr)|"
            r"withdrawnconsent|revokedconsent|unsub|optout|optedout|outofemail|desabon|desinscri|desinscrip|abgemeldet|abmelde|"
            r"abmeldung|abbestell|austrag|widerruf|dadodebaja|fechadebaja|desuscri|disiscri|"
            r"cancelaciondesuscri|descadastr|uitgeschreven|uitschrijf|afgemeld|afmeld|avregistr|"
            r"avprenumer|frameld|peruutt|wypisan|odhlas|leiratkoz|dezabon|отпис|відпис|"
            r"配信停止|購読解除|登録解除|配信解除|退会|オプトアウト|配信不要|受信拒否|退订|退訂|取消订阅|"
            r"取消訂閱|수신거부|구독취소|구독해지"
        ),
        gone(UNSUBSCRIBED),
    ),
)
#: Titles that are about mail that somebody wants, in many languages; the cells decide the rest.
ABOUT_MAIL = over_folded(
    r"subscri|suscri|inscri[tc]|iscritt|iscrizion|abonn|abonad|abonat|newsletter|boletin|infolettre|"
    r"infobrief|rundbrief|nieuwsbrief|nyhetsbrev|nyhedsbrev|biuletyn|mailinglist|mailverteiler|"
    r"optin|opted|consent|consens|einwillig|zustimm|erlaubnis|zgod|souhlas|toestemm|samtyck|samtykke|"
    r"permission|gdpr|dsgvo|rgpd|lgpd|accepts?(?:e?mail|market|news)|wants?(?:e?mail|news)|"
    r"receives?(?:e?mail|news)|e?mail(?:ok|allowed|able)|marketing|werb(?:ung|ema|ein|esp)|"
    r"согла|подпис|рассыл|配信|購読|受信|メルマガ|お知らせ|订阅|訂閱|接收|구독|수신"
)
#: Titles that may be about mail: whoever says no there is asked about.
PERHAPS_ABOUT_MAIL = over_folded(
    r"mail|courriel|correo|correio|メール|邮件|郵件|이메일|почт|contact|kontakt|"
    r"receiv|recevoir|recibir|receber|ricever|erhalt|ontvang|otrzym|получа|"
    r"inform|updates?$|announce|anuncio|annonce|bulletin|bolletin|circular|rundschreiben|lettre|"
    r"^sends?$|^included?$|^current$|^keep$|^interested|^still|^on(?:the)?list$|^okay?$|"
    r"keepme|stayintouch|keepintouch|hearfrom|^member$|^mitglied$|^reader$|^leser(?:in)?$|^subscriber$|"
    r"^(?:bi|fort)?(?:daily|weekly|nightly|monthly|quarterly)(?:digest|letter|mail|news|newsletter)?$|"
    r"privacy|datenschutz|preference|novedad|novidad|nouvelle|novita|news|allow|erlaub|permit|autori|dm可否|可否|案内|通知|"
    r"^stop$|^exclu|^dm$"
)
#: What else a column with such a title counts: what became of single mails, forms of mail.
OF_MAILS = over_folded(
    r"open|click|sent|repl|read(?!er)|mails?(?:received|delivered)|html|format|^has|count|address|adresse|sync|valid"
)
#: What turns such a title round: who says yes there wants no mail.
REFUSING = re.compile(
    r"\b(?:no|not|never|non|kein|keine|keinen|nicht|sans|sin|geen|niet|bez|без|не|nie|não|stop)\b|"
    r"\bnon?(?=marketing|newsletter|subscri)|notsubscri|"
    r"exclu|sperr|verbot|refus|reject|declin|withdr|revok|不要|拒否|停止|不可|解除"
)
#: What such a title may be about besides: the form, money, other channels than mail.
OF_A_FORM = over_folded(
    r"source|origin|quelle|herkunft|version|channel|kanal|method|ip$|id$|campaign|rating|score|"
    r"language|sprache|langue|idioma|locale|text$|wording|reminder|"
    r"paid|paying|premium|plan$|price|payment|tier$|gift|trial|billing|stripe|bezahl|kosten|payant|"
    r"thirdpart|partner|profil|print|magazin|podcast|level|donat|spende"
)
#: What such a title is not about: other channels; links, counts and keys that everybody has.
ELSEWHERE = over_folded(
    r"sms|text(?:ing|message)|whatsapp|phone|mobile|telefon|push|postal|viber|telegram|fax|"
    r"url|link|token|hash|secret|count|total|rate|percent|resub|number|anzahl|nombre|soft|回数|件数"
)
#: Counts of what takes a person off as soon as it is one.
BAD_COUNT = over_folded(
    r"^(?:email)?(?:hardbounces?|permanentbounces?|complaints?|spamcomplaints?|spamreports?|"
    r"abusereports?)(?:count|total|number)$|^(?:number|count|total)(?:of)?(?:hardbounces|complaints|"
    r"spamreports|spamcomplaints)$"
)
#: Counts of mails that came back, for whatever reason.
COUNT_OF_BOUNCES = over_folded(
    r"^(?:e?mail)?(?:soft)?bounces?(?:count(?:er)?|total)$|^(?:number|count|total|num|nr|no)(?:of)?(?:e?mail|soft)?bounces?$|"
    r"^(?:anzahl|nombre|numero)(?:der|de)?(?:bounces|rebotes|rebonds)$"
)
#: Titles with two meanings, of which the cells decide.
TWO_MEANINGS = over_folded(
    r"(?:reason|grund|motif|motivo|raison|reden|理由|原因|^actions?$|^todo$|^disposition$|^decision$|"
    r"^followup$|^aktion$|^massnahme$|^対応$|status|statut|state|stato|estado|situation|situacao|type|typ|tipo|zustand|etat|"
    r"result|ergebnis|resolution|health|quality|event|validation|verification|deliverab|zustellbar|"
    r"consens|valid|activ|aktiv|member|mitglied|会員|role|rolle|stav|tila|\bstan|состояни|статус|доступност|情况|情況|ステータス|状態|区分|种别|状态|狀態|kategorie|category|segment|abo|abonnement)"
)
#: Titles about mail, if not always about whether it is wanted.
MAIL = over_folded(r"mail(?!box|server|domain|type)|メール|news")
#: Titles of a preference; "none" there wants no mail.
PREFERENCE = re.compile(r"prefer|communicat")
#: Letters or digits of a code ("A", "P2").
MAX_CODE_LENGTH = 2
#: What stands where nobody was asked.
NO_ANSWER = frozenset(
    {"", "-", "--", "—", "–", "[]", "{}", '""', *fold_words("na none null nil nan")}
)
#: Titles that say why, or what is to be done, in many languages: most cells are blank.
WHY = over_folded(
    r"reason|grund|motif|motivo|raison|reden|理由|原因|^actions?$|^todo$|^disposition$|^decision$|"
    r"^followup$|^aktion$|^massnahme$|^対応$"
)
#: Titles of a status, of which one word that we know is enough: the others are asked about.
SURELY_STATUS = over_folded(
    r"status|statut|estado|situac|tila$|stav$|zustand|состояни|статус|ステータス|状態|状态|狀態|상태"
)
#: What else has a status.
OF_OTHERS = re.compile(
    r"(?:last|latest|current)?(?:order|payment|invoice|shipping|shipment|fulfil|refund|ticket|booking|"
    r"appointment|deal|lead|loan|job|employment|marital|project|task|billing|purchase|cart|visa|eventstat|"
    r"familien|bestell|zahlungs|auftrags|liefer)"
)
#: A date of consent, which is blank where nobody consented.
CONSENT_DATE = over_folded(
    r"(?:consent|einwillig|consens|consentim|gdpr|dsgvo|rgpd|zgod|toestemm|samtyck|同意).{0,20}"
    r"(?:date|time|datum|fecha|data|日|at$|on$)"
)
#: An account in a shop has these words, too; they decide nothing alone.
OF_ACCOUNTS = frozenset(fold_words("enabled disabled invited declined registered regular single"))

KNOWN: Mapping[str, Rule] = {
    **GENERAL,
    **{fold_text(title): rule for system in SYSTEMS for title, rule in system.columns.items()},
}
OTHERS = frozenset(fold_text(title) for system in SYSTEMS for title in system.elsewhere)


def rules_of(titles: Sequence[str]) -> dict[int, Rule]:
    """Return the rule of each column whose title says that it holds a status, by place."""
    folded = [fold_text(title) for title in titles]
    codes = {
        fold_text(title): rule
        for system in SYSTEMS
        if system.codes and {fold_text(title) for title in system.signature} <= set(folded)
        for title, rule in system.codes.items()
    }
    found = {place: codes.get(title) or rule_of(title) for place, title in enumerate(folded)}
    return {place: rule for place, rule in found.items() if rule}


def rule_of(title: str) -> Rule | None:
    """Return the rule of a column by its folded title, if that says enough."""
    if title in OTHERS:
        return None
    if title in KNOWN:
        return KNOWN[title]
    if BAD_COUNT.search(title):
        return gone(COMPLAINED if "bounce" not in title else BOUNCED)
    if COUNT_OF_BOUNCES.search(title):
        return BOUNCES
    if ELSEWHERE.search(title):
        return None
    return next((rule for pattern, rule in PARTS if pattern.search(title)), None)


def is_about_mail(title: str) -> bool:
    """Whether a title leaves it open that the column is about mail; one of text messages does not."""
    folded = fold_text(title)
    return folded not in OTHERS and not ELSEWHERE.search(folded)


def holds_status(title: str, cells: Collection[str]) -> bool:
    """Whether a column with a title of two meanings holds words for a status."""
    folded = fold_text(title)
    if not is_about_mail(title) or not TWO_MEANINGS.search(folded) or OF_OTHERS.match(folded):
        return False
    told = {cell for cell in cells if cell}
    meanings = [
        status_of(cell)
        for cell in told
        if fold_text(cell) not in OF_ACCOUNTS and not yes_or_no(cell)
    ]
    known = [meaning for meaning in meanings if meaning is not None]
    if WHY.search(fold_text(title)):
        return any(meaning.left for meaning in known)
    surely = SURELY_STATUS.search(folded) or len(known) == len(told)
    return bool(known) and (bool(surely) or any(meaning.left for meaning in known))


def rule_by_cells(title: str, cells: Collection[str]) -> Rule | None:
    """Return the rule of a column about mail whose cells say yes, no, or a status.

    A title such as "Opted in?" or "Zgoda na marketing" is about mail, and there are more of them
    than a table can hold.  A column of dates only says since when, and one of other words is none.
    """
    folded = fold_text(title)
    if folded in OTHERS or ELSEWHERE.search(folded):
        return None
    surely = bool(ABOUT_MAIL.search(folded))
    if not surely and (not PERHAPS_ABOUT_MAIL.search(folded) or OF_MAILS.search(folded)):
        return None
    told = {cell for cell in cells if (fold_text(cell) or cell) not in NO_ANSWER}
    dated = bool(told) and all(is_date(cell) for cell in told)
    if OF_A_FORM.search(folded) or dated:
        return WANTED if dated and CONSENT_DATE.search(folded) else None
    if not all(is_answer(cell) or is_date(cell) for cell in told):
        left = any((said := status_of(cell)) and said.left for cell in told)
        known = all(status_of(cell) or is_answer(cell) for cell in told)
        if PREFERENCE.search(folded) and folded[:6] != "prefer" and names_mail(told):
            return CHANNELS
        codes = bool(told) and all(map(is_code, told)) and (surely or MAIL.search(folded))
        if PREFERENCE.search(folded) and any(NEVER.match(fold_text(cell)) for cell in cells):
            return OFTEN
        if surely or codes:
            return STATUS if left or known or codes else None
        return DOUBTED if left else None
    if REFUSING.search(title.casefold().replace("_", " ")):
        return flag(UNSUBSCRIBED)
    if not told:
        return None
    return WANTED if surely else DOUBTED


def names_mail(cells: Collection[str]) -> bool:
    """Whether the cells of a column name ways to be reached, of which mail is one."""
    return any(MAIL_CHANNEL.search(fold_text(cell)) for cell in cells)


def is_answer(cell: str) -> bool:
    """Whether a cell says yes or no, in one word or several."""
    return is_true(cell) or is_false(cell) or answers_no(cell) or answers_yes(cell)


def is_code(cell: str) -> bool:
    """Whether a cell holds a letter or digit that stands for something ("A", "2")."""
    return len(cell) <= MAX_CODE_LENGTH and not cell.isspace()


def rule_named(kind: str) -> Rule | None:
    """Return the rule that a person gives a column by name: `status`, or a state it stands for."""
    states: dict[str, Meaning] = {
        "unsubscribed": UNSUBSCRIBED,
        "suppressed": SUPPRESSED,
        "bounced": BOUNCED,
        "invalid": INVALID,
        "complained": COMPLAINED,
    }
    if kind in states:
        return Rule(kind=Kind.GONE, meaning=states[kind])
    kinds = {"status": STATUS, "wanted": WANTED, "confirmed": CONFIRMED, "tags": TAGS}
    return kinds.get(kind)
