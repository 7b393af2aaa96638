"""Find in free text that somebody asked for no more mail: "asked to be removed", "退会希望".

Such a text is not a status of another system, and it may mean something else.  So it unsubscribes
nobody: a person sees the rows and says what they mean.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from subscribers.exports.words import STATUS, fold_text, fold_words, is_telling, over_folded

#: So much of a text is read.
MAX_NOTE_LENGTH = 2000
#: Titles of columns of free text; others are read where their cells are long.
TITLES = over_folded(
    r"note|comment|remark|memo|annotation|descri|bemerk|anmerk|notiz|hinweis|kommentar|"
    r"remarque|commentaire|observa|comentario|nota|commento|opmerking|notitie|anteckning|merknad|"
    r"huomautus|uwagi|komentarz|poznamk|megjegyz|примечан|комментар|заметк|notlar|aciklama|"
    r"備考|メモ|コメント|摘要|特記|連絡事項|その他|备注|備註|说明|메모|비고|"
    r"request|wunsch|demande|info$|^infos?$|other|misc|sonstig|autre|otros|altro|history|historie"
)
#: What says so, over folded text: no spaces, no signs, no accents; one pattern a family of
#: languages.
REQUESTS = (
    over_folded(
        # English
        r"(?:donot|dont|never|nomore|stop|nofurther|noe?|not|cease)"
        r"(?:re)?(?:e?mail|send|contact|writ|newsletter|mailing|messag|spam|bulkmail)|"
        r"(?:wants?|wanted|wishes|asked|asks|requested|requests|demands|demanded|told|likes?|please)"
        r"(?:us|me)?(?:to|for)?(?:be|get)?(?:taken|take|come|go)?"
        r"(?:off|remov|unsub|delet|optout|stop|nomail|noemail|nomore|noletter|eras)|"
        r"(?:be|get|getting)removed|remov(?:al)?request|remove(?:me|her|him|them|thisperson|from)|"
        r"off(?:the|our|this|my|all)?(?:mailing|e?mail)?lists?$|take(?:me|him|her|them)?off|"
        r"unsubscri|optedout|optingout|optout|righttobeforgotten|"
        r"(?:gdpr|data)(?:eras|delet|remov)|notto(?:be)?(?:e?mail|contact|sent)|"
        r"delete(?:me|her|him|them|my|this|data|account|address|from)|nolonger(?:want|wish|interest)|"
        r"notinterested|deceased|passedaway|leftthe(?:list|club|association|newsletter|company)|"
        r"cancel(?:l?ed)?(?:his|her|their|the|my)?(?:subscription|newsletter|membership)|"
        r"(?:reported|marked)(?:us)?asspam|complainedabout(?:mail|email|spam|news)"
    ),
    over_folded(
        # German
        r"nichtmehr(?:an|mail|kontakt|send|schick|zusend|interess|gewunsch|erwunsch|schreib)|"
        r"keine?(?:weiteren?)?(?:e?mails?|newsletter|werbung|infos?|post|zusendung|rundbrief|kontakt)|"
        r"(?:mochte|will|wunscht)(?:kein|nicht)|abgemeldet|abmeld|abbestell|austrag|ausgetragen|"
        r"(?:bitte|daten)?(?:loschen|geloscht|loschung)|verstorben|widerspr(?:uch|ochen)|widerruf|"
        r"gekundigt|kundigung|gesperrt|nichtkontaktieren|nichtanschreiben|ausdemverteiler"
    ),
    over_folded(
        # French
        r"(?:ne|n)?(?:pas|plus)(?:envoyer|contacter|ecrire|relancer|recevoir|derange|mailer)|"
        r"ne(?:veut|souhaite|desire)(?:pas|plus)|plusde(?:e?mail|news|courri|messag)|desabon|desinscri|"
        r"resili|(?:retirer|supprimer|enlever|radier|oter)(?:de(?:la|nos|notre)?(?:liste|fichier|base))|"
        r"asupprimer|radie|decede"
    ),
    over_folded(
        # Spanish, Portuguese, Catalan
        r"no(?:enviar|contactar|escribir|mandar|molestar)|no(?:quiere|desea|interesa)|nomas(?:correo|mail)|"
        r"(?:darse|darle|darla|dado|dada|dar|pide|pidio|solicita|solicito)(?:de|la|su)?baja|"
        r"(?:quitar|eliminar|borrar)de(?:la|nuestra)?lista|fallec|falec|"
        r"nao(?:enviar|mandar|quer|deseja|contatar|contactar)|descadastr|remover?da(?:nossa)?lista|"
        r"cancelarinscri|cancelou"
    ),
    over_folded(
        # Italian, Dutch
        r"non(?:inviare|contattare|scrivere|mandare|vuole|desidera|interessa)|disiscri|"
        r"(?:cancellare|togliere|rimuovere|eliminare)da(?:lla|lle)?(?:lista|mailing)|decedut|"
        r"niet(?:meer)?(?:mail|stur|verstur|contact|aanschrij|benader|schrijv)|"
        r"geen(?:e?mail|nieuwsbrief|post|interesse)|wil(?:niet|geen)|uitschrijv|uitgeschreven|"
        r"afgemeld|afmeld|overleden|opgezegd"
    ),
    over_folded(
        # Nordic
        r"ing(?:a|en)(?:mejl|mail|epost|utskick|nyhetsbrev)|vill(?:inte|ej)|skickainte|avregistr|"
        r"avprenumer|avliden|ikke(?:send|kontakt|onsk|mail)|onskerikke|afmeldt|frameld|avmeld|"
        r"eihalua|eisaalahet|alalaheta|poistalist|peruut"
    ),
    over_folded(
        # Slavic, Hungarian, Romanian, Turkish, Greek
        r"nie(?:wysyłać|wysyłaj|chce|życzy|kontaktować)|wypisa|wypisz|rezygn|zmarł|"
        r"ne(?:posilat|posilejte|chce|preje)|odhlas|vyradit|zemrel|zomrel|"
        r"не(?:отправ|присыл|пис|хо[чт]|жела|слать|высыл|беспоко|бажа|надсил)|отпис|удалить|умер|"
        r"nekuld|leiratkoz|elhunyt|nutrimite|dezabon|"
        r"gonderme|istemiyor|listedencikar|aboneliktencik|μηστελνετε|διαγραφη"
    ),
    over_folded(
        # Japanese, Chinese, Korean, Arabic, Hebrew
        r"退会|脱会|解約|死去|逝去|ご?逝去|亡くな|クレーム|苦情|送らないで|送るな|配信(?:停止|不要|不可|拒否|中止|解除|しない)|"
        r"(?:メール|案内|送信|送付|連絡|dm|お知らせ|メルマガ)(?:は|の)?(?:不要|不可|拒否|停止|中止|禁止|しない|いらない|ストップ)|"
        r"(?:登録|購読)(?:解除|削除|抹消|停止|中止)|(?:解除|削除|停止|中止)(?:希望|依頼|済)|"
        r"退订|退訂|取消订阅|取消訂閱|(?:不要|请勿|請勿|勿|别|別)(?:再)?(?:发|發|联系|聯繫|打扰|打擾|寄)|"
        r"拒收|不想收|不再接收|投诉|投訴|去世|수신거부|구독취소|구독해지|탈퇴|발송금지|보내지마|보내지말|메일거부|"
        r"لاترسل|إلغاءالاشتراك|الغاءالاشتراك|הסר|להסיר|לאלשלוח"
    ),
)

#: Words that are a whole note, or a part of it between commas; words for a status are, too.
WHOLE = frozenset(
    fold_words(
        # English
        "stop rip dead died deceased dnc dne dnm uns unsubd unsubbed left quit gone no_more "
        "no_more_please no_more_mail no_thanks no_thank_you remove delete drop exclude skip bounces bouncing "
        "bad_address wrong_address bad_email wrong_email invalid_email no_consent no_contact "
        "do_not_use dont_use not_interested off_list off_the_list take_off taken_off refuses ex_member "
        "retired_no_mail never_again moved_on no_longer_here no_longer_there not_here not_there_any_more "
        "has_left cancel wants_out want_out not_any_more not_anymore fed_up replaced opt_out "
        "mailbox_full returned lost churned spam abgem verst wrong_person not_me "
        # German, French
        "tot raus streichen löschen entfernen entfernt austreten ausgetreten ausgeschieden weg "
        "nicht_mehr unbekannt kein_interesse falsche_adresse ungültige_adresse npai npa refus opposition parti partie stop_pub "
        "retiré retirée à_retirer à_supprimer mort morte désabonner désinscrire plus_rien "
        # Spanish, Portuguese, Italian
        "muerto muerta murió difunto no_más baja_voluntaria eliminar borrar rebota "
        "morto morta saiu sair parar remover removido removida sem_interesse rimosso rimossa "
        "cancellare basta "
        # Dutch, Nordic, Slavic, Hungarian, Turkish
        "dood weg vertrokken uit_dienst död slutat avslutad avliden død sluttet utmeldt udmeldt "
        "kuollut poistettu zmarł zmarła odszedł odeszła zemřel zemřela mrtvý умер умерла мертв уволился "
        "уволилась ушел ушла meghalt kilépett törölt törölve öldü vefat_etti silindi çıkarıldı ayrıldı "
        # Japanese, Chinese, Korean
        "故人 死亡 死去 退職 離職 異動 停止 不要 中止 削除 取消 取り消し エラー 不明 宛先不明 返送 辞退 脱退 "
        "离职 離職 辞职 已故 死亡 取消 停用 注销 删除 刪除 拉黑 勿扰 勿擾 퇴사 퇴직 사망 해지 중지 삭제 거부 차단"
    )
)
#: Words that lead to a date behind such a word, and the names of months.
FILLING = frozenset(
    fold_words(
        "on in at since as_of the of by per a an am im seit vom den der zum le la du de en depuis el del desde em "
        "il dal op sinds "
        "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august "
        "september october november december januar februar märz mai juni juli oktober dezember "
        "janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo "
        "abril mayo junio julio agosto septiembre octubre noviembre diciembre 年 月 日 年月日 年月 月日"
    )
)
#: A longer part of a note is a sentence.
MAX_PART_LENGTH = 60
MAX_WORDS = 5
#: What a date is made of.
DIGITS = "0123456789./-:'’０１２３４５６７８９年月日"
#: What divides the parts of a note.
DIVIDER = re.compile(r"[,;|()\[\]{}\n!?<>（）、。・]|\s[-–—/:]\s?|[:.]\s|\s{3}")


def over_plain(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for plain texts; its own letters lose their accents like theirs."""
    return re.compile("".join(char if char.isascii() else without_marks(char) for char in pattern))


def at_words(pattern: str) -> re.Pattern[str]:
    """Compile alternatives that all begin at a word.

    The boundary is looked for once, before them: that is ten times as fast as in each.
    """
    parts = split_alternatives(pattern)
    begun = [part.removeprefix(r"\b") for part in parts if part.startswith(r"\b")]
    if len(begun) != len(parts):
        raise ValueError(f"begins at no word: {[p for p in parts if p[:2] != chr(92) + 'b']}")
    return over_plain(rf"\b(?:{'|'.join(begun)})")


def split_alternatives(pattern: str) -> list[str]:
    """Return the alternatives of a pattern, those in brackets left whole."""
    parts, depth = [""], 0
    for char in pattern:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def without_marks(text: str) -> str:
    """Return a text without accents."""
    if text.isascii():
        return text
    return "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )


def plain_of(text: str) -> str:
    """Return a text in small letters without accents, with one space for whatever is no letter."""
    text = without_marks(text.translate(APOSTROPHES).casefold())
    return " ".join(NO_LETTERS.split(text))


#: What stands within a word, and between words.
APOSTROPHES = dict.fromkeys(map(ord, "'’`´"))
NO_LETTERS = re.compile(r"[\W_]+")
OWN = r"(?:(?:his|her|their|the|our|my|this|your|any|all|from|own) ){0,3}"
#: What says so in plain text, where words are apart; one pattern a family of languages.
PHRASES = (
    at_words(
        # English: who left, or was taken off
        r"\btoo many (?:e ?mail|mail|newsletter|messag)|\bi never (?:signed|subscrib|asked)|\bhow did you get "
        r"my|\b(?:this|it) is spam|\bwrong person|\bnot me$|\bwho are you\b|"
        rf"\bunsub(?:bed|d|s|bing)?\b|\bleft {OWN}(?:company|firm|org\w{{0,11}}|business|job|group|"
        r"club|list|school|university|team|association|newsletter|party|church|council|board|office)\b|"
        r"\bno longer (?:at|with|works?|working|employed|here|there|a |an |on |in |part|member|"
        r"subscrib|valid|active|exist|read|receiv|interest|want|need|uses?|using)|"
        r"\b(?:doesnt|does not|didnt) (?:work here|want|wish|exist)|"
        r"\b(?:not|never) (?:a |an )?(?:subscriber|member|reader|customer|client) (?:any ?more|any longer)|"
        r"\b(?:removed|removal|taken off|deleted|struck off|dropped|cancell?ed) (?:at|on|by|per|upon|as|"
        r"following|from|after) (?:\w{1,12} ){0,2}(?:request|wish|list|phone|e ?mail|database|mailing|asked)|"
        r"\b(?:to be|please|pls|should be|must be|needs to be|has been|have been|was|were) (?:remove|"
        r"delete|erase|taken off|unsub|purge)|"
        r"\b(?:asked|asks|wants?|wanted|wishes|requested|would like|please)(?: us)?(?: to)? (?:not|leave|"
        r"stop|quit|cancel|opt|unsub|come off)\b|"
        r"\bcancell?(?:ed|ing)? (?:\w{1,6} )?(?:sub|newsletter|membership|mail|account)|"
        r"\b(?:membership|subscription|sub) (?:has |is |was )?(?:lapsed|expired|ended|cancell?ed|"
        r"terminated|over)\b|"
        r"\b(?:ex|former) (?:member|subscriber|reader|customer)\b|\bresigned\b|"
        r"\bha(?:s|ve) (?:\w{1,8} )?left\b|\bwants? out\b|\bnot any ?more\b|\bfed up\b|\breplaced by\b|"
        r"\bcomplain(?:ed|s|t|ts|ing)?\b|\bd (?:in )?(?:19|20)\d\d\b|"
        r"\bdied\b(?! in the)|\b(?:is|was|now|sadly) dead\b|\bin memoriam\b|\bpassed on\b"
    ),
    at_words(
        # English: bad addresses, consent, anger
        r"\b(?:bad|wrong|dead|invalid|defunct|incorrect|nonexistent|non existent) (?:e ?mail|address|"
        r"mailbox)|\b(?:e ?mail|address|mailbox|account|inbox)(?: is| was| has)?(?: now| been)? "
        r"(?:dead|invalid|wrong|closed|gone|not valid|no good|bad|bounc|return|full|disabled|"
        r"deactivated|not work|doesnt|does not|unknown)|"
        r"\bbounc(?:ed|es|ing)\b(?! (?:idea|castle|bab|ball|tim))|\breturned (?:mail|e ?mail|to sender)|"
        r"\b(?:mails?|e ?mails?|letters?|post) (?:was |were |came |come |is |are |always ){0,2}return|\bundeliver|"
        r"\b(?:blocked|banned|barred|blacklisted|blocklisted|suppressed)\b(?! nose| drain)|"
        r"\b(?:withdr[ae]w\w{0,4}|revok\w{1,3}|retract\w{0,3}|rescind\w{0,3}|refused?|no|without|denied|"
        rf"declined) {OWN}(?:gdpr |marketing |e ?mail |mailing ){{0,2}}(?:consent|permission)\b|"
        r"\b(?:consent|permission) (?:was |has been |is )?(?:withdr|revok|retract|refus|denied|"
        r"declined|expired|missing|not given)|"
        r"\b(?:gdpr|dsgvo|rgpd|ccpa|data protection|privacy) (?:request|complain|remov|eras|delet|object|opt|"
        r"losch|antrag|widerspr|demande)|"
        r"\b(?:eras\w{1,4}|deletion|removal|objection|opt ?out) request|\brequest (?:for |of |to )?"
        r"(?:eras|delet|remov)|\blegal action|\bcease and desist|\blawyers? letter|\bthreaten\w{0,3} (?:us|"
        r"legal|to sue)|"
        r"\b(?:do not|dont|never) (?:use|bother|disturb|approach|write|mail|post|add|include)\b|"
        r"\bno (?:more|further) (?:\w{1,10} )?(?:e ?mail|mail|messag|news|contact|letter|update|communic)"
    ),
    at_words(
        # German, Dutch
        r"\b(?:firma|verein|unternehmen|haus|liste|institut|verband|partei|schule)\w{0,5} verlassen|"
        r"\b(?:ausgetreten|ausgeschieden|gestorben|unzustellbar|unbekannt verzogen)\b|"
        r"\bnicht mehr (?:dabei|da|hier|im|in|bei|beim|aktiv|tatig|erreichbar|gultig|mitglied|angestellt|"
        r"beschaftigt|mailen|anmailen|melden)\b|\bbitte (?:nicht mehr|keine|streichen|entfernen|austragen)|"
        r"\bwill (?:nichts|keine) |\b(?:ungultige?|falsche|tote) (?:\w{1,6} )?(?:adresse|mail)|"
        r"\b(?:adresse|mail|postfach)(?: ist)? (?:ungultig|falsch|tot|unbekannt|geschlossen|geloscht|"
        r"existiert)|\bkein interesse|\bhat gekundigt|"
        r"\buit dienst|\bwerkt (?:hier |daar )?niet meer|\bniet meer (?:\w{1,12} )?(?:mail|lid|werkzaam|sturen|"
        r"actief|geinteresseerd)|\b(?:verwijderd|verwijderen)\b|\badres (?:ongeldig|onjuist|klopt niet)"
    ),
    at_words(
        # French
        r"\ba quitte\b|\bne (?:fait|travaille|est|veut|souhaite|recoit|desire) plus\b|\bnest plus\b|\bnpai\b|"
        r"\ba (?:retirer|supprimer|enlever|desinscrire|radier)\b|\b(?:retire|supprime|enleve|raye|radie)e? "
        r"(?:de|du) (?:la |notre |nos |le )?(?:liste|fichier|base)|"
        r"\b(?:adresse|mail|courriel)(?: est)? (?:invalide|errone|fausse|faux|inconnue?|ferme|hs)\b|"
        r"\bplus (?:de |d )?(?:mails?|e ?mails?|newsletters?|courriels?|envois?)\b|\bstop (?:pub|mail|"
        r"newsletter)|\bdemande (?:de |d )(?:suppression|desinscription|retrait|desabonnement|effacement)|"
        r"\bne pas (?:ecrire|envoyer|contacter|deranger|relancer)|\bdroit d opposition|\best (?:mort|decede)"
    ),
    at_words(
        # Spanish, Portuguese, Italian
        r"\bde baja\b|\bya no (?:trabaja|esta|quiere|desea|es|pertenece|recib|trabalha)|\bdejo (?:la|el) "
        r"(?:empresa|club|asociacion|lista)|\bha dejado\b|\bmurio\b|\brebota(?:do|n)?\b|\b(?:correo|direccion|"
        r"email) (?:invalid|erron|no existe|incorrect|devuelt)|\b(?:eliminar|borrar) (?:de|del|sus?)\b|"
        r"\bno (?:quiere|desea) (?:mas|recib|correo|mail)|\bsaiu d[ao]\b|\bja nao (?:trabalha|quer|esta|recebe)|"
        r"\bnao (?:quer|deseja|enviar|contactar|contatar|trabalha|receber)|\bfaleceu|\bpediu (?:para|a) "
        r"(?:sair|remo|cancel)|\bha lasciato\b|\bnon (?:lavora|fa parte|vuole|desidera|contattare|inviare|"
        r"scrivere|e piu)|\b(?:cancellat|rimoss)[oa]\b|\be mort[oa]\b|\bindirizzo (?:errato|non valido|inesist)"
    ),
    at_words(
        # Nordic, Slavic, Hungarian, Turkish, Greek
        r"\bhar (?:slutat|sluttet|gatt bort)\b|\butmeld|\budmeld|\bikke l(?:e|æ)nger|\binte langre|\bei enaa|"
        r"\bnie (?:pracuje|chce|wysyłac|kontaktowac|zyje|mailowac)|\b(?:odszedł|odeszła|zmarł)|"
        r"\bnekontakt|\bzemrel|\bnepracuje|\bneposil|"
        r"\bуволил|\bумер|\bскончал|\bудал(?:ен|ить)|\bне (?:беспоко|писать|пиш|слать|отправ|рассыл|работает|"
        r"хочет|жела)|\bбольше не |\bотказал|\bпокинул|"
        r"\bmeghalt|\bnem ker\b|\bnem dolgozik|\bvefat|\bayrıld|\bcıkarıl|\bistemiyor|\bαπεβιω|\bδιαγραφ|"
        r"\bδεν επιθυμει|\bδεν θελει"
    ),
)
#: The same where words are not apart.
OF_ASIA = over_plain(
    # Japanese, Chinese, Korean
    r"故人|退職|離職|転職|死亡|亡く|送付(?:不要|停止|不可|禁止)|受信拒否|宛先不明|届かな|届きません|"
    r"エラー(?:メール|で|戻)|戻ってき|連絡不要|抹消|辞め|辞退|やめ(?:たい|ました)|いらない|要らない|"
    r"离职|辞职|已故|身故|过世|過世|勿扰|勿擾|黑名单|黑名單|(?:请|請)(?:删除|刪除|移除)|无效(?:邮箱|地址)|"
    r"邮箱(?:无效|不存在|停用)|停止发|已注销|不愿|不想|"
    r"퇴사|퇴직|사망|별세|발송 ?(?:중지|금지)|삭제 ?요청|수신 ?거부|구독 ?(?:취소|해지)|메일 ?거부"
)
#: What looks like one of these and is none.
HARMLESS = over_folded(
    r"(?:never|not|hasnot|hasnt|didnot|didnt|wasnt|non|nicht|nie)(?:yet)?(?:unsubscribed|optedout|abgemeldet)"
)
#: Crosses and signs of a ban; a text struck through, also as Markdown and HTML write it.
MARKS = re.compile(
    "[†✝✞✟☠⚰⛔🚫❌✗✘✖✕☒🗙🪦\u0335-\u0338]|~~[^~\n]{1,300}~~|<(?:s|del|strike)>", re.IGNORECASE
)
#: What says so beside a name, where a note is short: "Bo UNSUBSCRIBED", "ZZZ do not mail".
IN_NAMES = re.compile(
    r"unsub|opt(?:ed)?[ -]?out|(?:do not|don'?t|no) (?:e-?mail|mail|contact|send|use)|deceased|"
    r"\b(?:bounce[ds]?|removed|inactive|cancell?ed|blocked|dnc|rip|verstorben|abgemeldet|gelöscht|"
    r"gesperrt|désabonné|désinscrit|décédé|fallecid[oa]|falecid[oa]|dado de baja|disiscritt|decedut)|"
    r"отписа|умер|退会|配信停止|配信不要|逝去|故人|退订|退訂|已故|수신거부|탈퇴|" + MARKS.pattern,
    re.IGNORECASE,
)
#: What strikes a row out where it is alone in its cell: a cross (also a Greek or Russian letter),
#: or a loud no (a small one may answer "Any comments?").
CROSSED = frozenset(("x", "X", "xx", "XX", "xxx", "XXX", "×", "⨯", "х", "Х", "χ", "Χ"))
CROSSED |= {"NO", "OUT", "NEIN", "NON"}
#: A small cross before or behind a name; a large one may be an initial.
CROSS_AT_NAME = re.compile(r"\A[x×]\s|\s[x×]\Z")
#: What stands between tags.
BETWEEN_TAGS = re.compile(r"[,;|\n]|:::")
#: Words that are a message wherever they stand in capitals, and others that are nothing else.
SHOUTED = frozenset(("STOP", "RIP", "R.I.P.", "DNC", "DNE", "REMOVE", "DELETE", "UNSUB"))
ALONE = frozenset(
    ("unsub", "deceased", "verstorben", "décédé", "décédée", "fallecido", "fallecida")
)
#: A date behind such a word.
DATES = re.compile(r"[\d./-]{2,10}")
#: Words without which no name needs to be read for that.
HINTS = frozenset(
    str.split(
        "unsub unsubscribed unsubscribe unsubs unsubd unsub'd opted optedout opt-out opted-out optout do not "
        "dont don't no deceased bounce bounced bounces removed inactive cancelled canceled blocked dnc rip "
        "verstorben abgemeldet gesperrt disiscritto disiscritta deceduto deceduta fallecido fallecida "
        "falecido falecida dado opt x"
    )
)
#: What may stand beside a name: "Ann Ember (do not mail)".
REMARK = over_folded(r"[(\[（【*!:#/–—]")


@lru_cache(maxsize=16384)
def is_plain_name(name: str) -> bool:
    """Whether nothing stands in a name but words of letters that are no message.

    The names of a table are the same again and again.
    """
    return (
        name.isascii()
        and name.replace(" ", "").isalpha()
        and HINTS.isdisjoint(name.lower().split())
    )


def asks_for_no_mail(text: str) -> bool:
    """Whether a text says, in one of many languages, that somebody wants no more mail, or left."""
    return asks_in_phrases(text[:MAX_NOTE_LENGTH]) or has_word_of_leaving(text[:MAX_NOTE_LENGTH])


def asks_in_phrases(text: str) -> bool:
    """Whether a text says so in more than one word, or by a mark."""
    folded = fold_text(text)
    if "unsub" in folded or "optedout" in folded or "abgemeldet" in folded:
        folded = HARMLESS.sub("", folded)
    plain = plain_of(text)
    if any(pattern.search(plain) for pattern in PHRASES):
        return True
    if any(pattern.search(folded) for pattern in REQUESTS):
        return True
    return MARKS.search(text) is not None or (
        not text.isascii() and OF_ASIA.search(plain) is not None
    )


def has_word_of_leaving(text: str) -> bool:
    """Whether a short text, or a part of one, is a word for leaving: "STOP", "left 3/4; was nice"."""
    parts = [text, *DIVIDER.split(text)][:40]
    return any(
        is_word_of_leaving(part)
        for part in parts
        if 1 < len(part) < MAX_PART_LENGTH and part.strip().count(" ") <= MAX_WORDS
    )


def is_word_of_leaving(part: str) -> bool:
    """Whether a text is a word for leaving, beside dates."""
    bare = [fold_text(word.strip(DIGITS)) for word in part.split()]
    word = "".join(word for word in bare if word and word not in FILLING)
    meaning = STATUS.get(word)
    return word in WHOLE or (meaning is not None and meaning.left)


@lru_cache(maxsize=16384)
def takes_off(tag: str) -> bool:
    """Whether a tag, or the name of a list, may say that a person wants no mail."""
    return is_telling(tag) or asks_for_no_mail(tag)


def telling_tags(text: str) -> list[str]:
    """Return those of the tags in a cell that may say so."""
    tags = [part.strip(" []{}\"'#*:\t") for part in BETWEEN_TAGS.split(text[:4000])]
    return [tag for tag in tags if tag and takes_off(tag[:200])]


@lru_cache(maxsize=16384)
def is_telling_text(text: str) -> bool:
    """Whether a short text in a column that nobody knows may say that a person wants no mail.

    A single word such as "Stop" may be a town; only those that nothing else is called count.
    """
    if "://" in text or text.startswith("www."):
        return False
    if text in SHOUTED or is_telling(text) or asks_in_phrases(text):
        return True
    return any(part.strip().casefold() in ALONE for part in DATES.split(text[:60]))


def is_note(title: str) -> bool:
    """Whether a column with that title holds free text."""
    return bool(TITLES.search(fold_text(title)))
