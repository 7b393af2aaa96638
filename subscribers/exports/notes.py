"""Find in free text that somebody asked for no more mail: "asked to be removed", "退会希望".

Such a text is no status that another system wrote, and it may mean something else.  So nobody is
taken off by it: a person is shown the rows and says what they mean.
"""

from __future__ import annotations

from subscribers.exports.words import fold, over_folded

#: So much of a text is read.
LONGEST_NOTE = 2000
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
#: What may stand beside a name: "Ann Ember (do not mail)".
REMARK = over_folded(r"[(\[（【*!:#/–—]")


def asks_for_no_mail(text: str) -> bool:
    """Whether a text says, in one of many languages, that somebody wants no more mail."""
    folded = fold(text[:LONGEST_NOTE])
    return any(pattern.search(folded) for pattern in REQUESTS)


def is_note(title: str) -> bool:
    """Whether a column with that title holds free text."""
    return bool(TITLES.search(fold(title)))
