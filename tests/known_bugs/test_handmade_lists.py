"""Lists as people keep them: marks, notes, headings, fields in a cell, columns of any title.

What was wrong in Fortnight: "STOP" in a note, "Unsubscribed" above the last rows, an address struck
through, `{"optin": false}` in a cell, "RIP" in a column without a title: all of them were readers.
Addresses that begin with `in-` may be mailed, all others may not; a file that leaves it open is
refused until a person says what it means.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter.errors import ImportRejected
from subscribers.importing.applying import import_file
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscription
from tests.known_bugs.test_export_variants import active_in

#: Whole notes of people who left, in the languages that lists are kept in.
NOTES = str.split(
    "STOP|RIP|R.I.P.|unsub'd|Removed at her request|deceased|do not contact|"
    "left the company|opted-out 3/4|unsubbed|opt out|opted out|removed|Remove|"
    "no longer here|no longer works here|retired - no mail|dead|died 2021|†|gone|bounced|"
    "bounces|bad address|wrong address|address invalid|mailbox full/gone|returned mail|"
    "spam complaint|no emails please|no e-mail|NO MAIL|no more|no thanks|blocked|"
    "blacklisted|GDPR request|erasure request|asked to leave|left|left 2022|quit|cancelled|"
    "canceled her sub|not interested|unsubscribe|UNSUBSCRIBED|unsub|uns.|DNC|DNE|"
    "do not use|don't use|inactive|delete|deleted|to be deleted|off list|off the list|"
    "take off|taken off|not a subscriber any more|no longer subscribes|no longer a member|"
    "resigned|ex-member|moved away, no mail|lapsed|suspended|hard bounce|undeliverable|"
    "do not send|DO NOT EMAIL|dont mail|angry, never mail again|threatened legal action|"
    "lawyer letter: cease|complained|withdrew consent|consent withdrawn|revoked consent|"
    "no consent|退会|退会済|配信停止|配信停止済み|配信不要|停止|解約|死亡|逝去|故人|退職|"
    "退職済み|送付不要|不要|メール拒否|解除済|連絡不可|エラー|宛先不明|削除|削除希望|"
    "受信拒否|abgemeldet|Abmeldung 3.4.|gelöscht|verstorben|tot|keine Mails mehr|"
    "kein Newsletter|nicht anschreiben|ausgetreten|ausgeschieden|hat die Firma verlassen|"
    "nicht mehr in der Firma|gekündigt|unzustellbar|Adresse ungültig|Widerspruch|"
    "will nichts mehr|bitte nicht mehr|gesperrt|raus|unbekannt verzogen|DSGVO Löschung|"
    "nicht mehr dabei|désabonné|désinscrit|décédée|ne plus contacter|a quitté la société|"
    "parti|à retirer|NPAI|plus de mails|ne pas envoyer|résilié|supprimé|refus|"
    "adresse invalide|opposition|stop pub|retiré de la liste|ne souhaite plus|baja|"
    "dado de baja|fallecido|no contactar|ya no trabaja aquí|no enviar|rebotado|eliminado|"
    "se dio de baja|cancelado|no quiere|no desea recibir|ya no quiere recibir|退订|已退订|"
    "不要再发|离职|已离职|去世|已故|拒收|取消|停用|无效邮箱|勿扰|黑名单|投诉|请删除|탈퇴|"
    "수신거부|퇴사|사망|해지|발송 중지|cancelou|removido|descadastrado|falecido|"
    "não contactar|saiu da empresa|disiscritto|cancellato|deceduto|non contattare|"
    "ha lasciato l'azienda|uitgeschreven|overleden|niet mailen|uit dienst|avregistrerad|"
    "avliden|slutat|afmeldt|død|utmeldt|wypisany|zmarł|nie kontaktować|odszedł|отписался|"
    "умер|не писать|уволился|удалён|не беспокоить|leiratkozott|meghalt|odhlášen|zemřel|"
    "nekontaktovat|çıkarıldı|vefat etti|ayrıldı|too many mails|I never signed up|"
    "how did you get my address|this is spam|abgem.|verst.|x|X|✗|×|has left|"
    "has left the think tank|cancel|NO|wants out|not any more|fed up with us|d. 2021|"
    "replaced by Jane|complained to the director about us",
    "|",
)
#: And of people who did not.
HARMLESS_NOTES = str.split(
    "stops by on Fridays|met at the stop|likes RIP currents|left-handed|left a tip|"
    "removed wall|removal company owner|Boat delete? no|works for Stop Hunger|"
    "died-in-the-wool fan|retired teacher|moved to Kiel|gone fishing, loves boats|"
    "wants to be called Bob|the dead poets society|prefers phone|no allergies|"
    "not vegetarian|quit smoking|cancelled his trip to Rome|lost his phone|bounces ideas|"
    "block captain|blocked nose|inactive volcano fan|invalid parking ticket|"
    "spam musubi lover|has a lapsed passport|deletes nothing|gives consent|GDPR ok|"
    "consent given 2020|subscribed at the fair|resubscribed 2022|never unsubscribed|"
    "tot ziens|Raus aufs Land|Partit a Lyon|parti socialiste|Bajaj owner|"
    "baja california trip|取消なし|停止線|バス停止|不要品交換会|削除なし|エラーなし|"
    "特になし|refuse collection dept|retired, still wants the mail|stopped at booth 4|"
    "Stop by the booth",
    "|",
)

#: Files, by what is odd about them.
FILES = (
    ("cross-untitled", "name;email;since;\nAnn;in-a@t;2019;\nBo;x@t;2019;x\nCy;x2@t;2020;✗\n"),
    ("cross-untitled-first", ",name,email\n,Ann,in-a@t\nX,Bo,x@t\n×,Cy,x2@t\n"),
    ("cross-name", "name,email\nAnn,in-a@t\n✗ Bo Two,x@t\nx Cy Nine,x2@t\nDi Four x,x3@t\n"),
    ("cross-remark", "name,email,Remark\nAnn,in-a@t,\nBo,x@t,x\nCy,x2@t,✗\n"),
    (
        "sf-report",
        (
            "Contact ID,First Name,Email,Email Opt Out,Do Not Call\n"
            "0031,Ann,in-a@t,0,1\n"
            "0032,Bo,x@t,1,0\n"
        ),
    ),
    ("HasOptedOutOfEmail", "Id,Email,HasOptedOutOfEmail\n1,in-a@t,false\n2,x@t,true\n"),
    ("DoNotEmail-tick", "Name,Email,Do Not Email\nA,in-a@t,☐\nB,x@t,☑\n"),
    ("DoNotEmail-tick2", "Name,Email,No email please\nA,in-a@t,\nB,x@t,✔️\n"),
    ("Consent=No", "Name,Email,Consent\nA,in-a@t,Yes\nB,x@t,No\n"),
    ("marketing_permission", "name,email,marketing_permission\nA,in-a@t,true\nB,x@t,false\n"),
    ("gdpr", "name,email,gdpr\nA,in-a@t,yes\nB,x@t,no\n"),
    ("gdpr-date", "name,email,GDPR consent date\nA,in-a@t,2024-01-01\nB,x@t,\n"),
    ("bounce count", "email,name,bounce count\nin-a@t,A,0\nx@t,B,7\n"),
    ("bounces", "email,name,bounces\nin-a@t,A,0\nx@t,B,7\n"),
    ("num bounces", "email,name,Number of bounces\nin-a@t,A,0\nx@t,B,12\n"),
    ("last_status", "email,name,last_status\nin-a@t,A,delivered\nx@t,B,hard_bounce\n"),
    ("last_event", "email,name,last_event\nin-a@t,A,open\nx@t,B,bounce\n"),
    ("last_delivery", "email,last delivery result\nin-a@t,delivered\nx@t,550 user unknown\n"),
    (
        "contradict",
        "email,Status,Newsletter\nin-a@t,Active,yes\nx@t,Active,no\nx2@t,Unsubscribed,yes\n",
    ),
    ("oddate1", "email,name,left on\nin-a@t,A,\nx@t,B,3rd May '22\n"),
    ("oddate2", "email,name,Opt-out\nin-a@t,A,\nx@t,B,Q3/2021\n"),
    ("oddate3", "email,name,unsub date\nin-a@t,A,\nx@t,B,12.3.\n"),
    ("oddate4", "email,name,Abmeldung\nin-a@t,A,\nx@t,B,KW 12/2023\n"),
    ("oddate5", "email,name,退会日\nin-a@t,A,\nx@t,B,令和5年3月1日\n"),
    ("check marks", "Email,Newsletter?\nin-a@t,✓\nx@t,✗\n"),
    ("check marks2", "Email,Newsletter?\nin-a@t,✔️\nx@t,✖️\n"),
    ("check marks3", "Email,Newsletter?\nin-a@t,☑️\nx@t,☒\n"),
    ("blank tick", "Email,Newsletter?\nin-a@t,x\nx@t,\n"),
    ("blank tick2", "Email,Mailing list\nin-a@t,x\nx@t,\n"),
    ("emoji", "Email,Sends\nin-a@t,🟢\nx@t,🔴\n"),
    ("emoji2", "Email,Newsletter\nin-a@t,👍\nx@t,👎\n"),
    ("emoji3", "Email,Status\nin-a@t,✅ active\nx@t,🚫\n"),
    ("yesno sw", "Email,Newsletter\nin-a@t,ndiyo\nx@t,hapana\n"),
    ("yesno id", "Email,Berlangganan\nin-a@t,ya\nx@t,tidak\n"),
    ("yesno vn", "Email,Đăng ký nhận tin\nin-a@t,có\nx@t,không\n"),
    ("yesno gr", "Email,Εγγραφή\nin-a@t,Ναι\nx@t,Όχι\n"),
    ("yesno he", "Email,דיוור\nin-a@t,כן\nx@t,לא\n"),
    ("yesno ar", "Email,الاشتراك\nin-a@t,نعم\nx@t,لا\n"),
    ("status el", "Email,Κατάσταση\nin-a@t,Ενεργός\nx@t,Διαγραμμένος\n"),
    ("status he", "Email,סטטוס\nin-a@t,פעיל\nx@t,הוסר\n"),
    ("status ar", "Email,الحالة\nin-a@t,نشط\nx@t,ملغى\n"),
    ("status tr", "E-posta,Durum\nin-a@t,Aktif\nx@t,Abonelikten çıktı\n"),
    ("status hu", "E-mail cím,Állapot\nin-a@t,aktív\nx@t,leiratkozott\n"),
    ("status fi", "Sähköposti,Tila\nin-a@t,aktiivinen\nx@t,poistunut\n"),
    ("status vi", "Email,Trạng thái\nin-a@t,Đang hoạt động\nx@t,Đã hủy đăng ký\n"),
    ("status th", "อีเมล,สถานะ\nin-a@t,ใช้งาน\nx@t,ยกเลิก\n"),
    ("status id", "Email,Status\nin-a@t,Aktif\nx@t,Berhenti berlangganan\n"),
    ("strike md", "Name,Email\nA,in-a@t\nB,~~x@t~~\n"),
    ("strike html", "Name,Email\nA,in-a@t\nB,<s>x@t</s>\n"),
    ("strike html del", "Name,Email\nA,in-a@t\nB,<del>x@t</del>\n"),
    ("strike unicode", "Name,Email\nA,in-a@t\nB\u0336o\u0336,x@t\n"),
    ("strike unicode email", "Name,Email\nA,in-a@t\nBo,x\u0336@t\n"),
    ("strike row", "Name,Email\nA,in-a@t\n~~Bo~~,x@t\n"),
    ("x prefix", "Name,Email\nA,in-a@t\nB,XXX x@t\n"),
    ("hash prefix", "Name,Email\nA,in-a@t\nB,#x@t\n"),
    ("hash row", "Email,Name\nin-a@t,A\n#x@t,B\n"),
    ("paren", "Name,Email\nA,in-a@t\nB,(x@t)\n"),
    ("minus", "Name,Email\nA,in-a@t\nB,-x@t\n"),
    ("section", "Name,Email\nA,in-a@t\n,\nUnsubscribed,\nB,x@t\nC,x2@t\n"),
    (
        "section1",
        ('Name,Email,City\nA,in-a@t,Kiel\n\n"--- Unsubscribed ---",,\nB,x@t,Kiel\n'),
    ),
    ("section2", "Email\nin-a@t\n\nUnsubscribed:\nx@t\n"),
    ("section3", "Email,Name\nin-a@t,A\nPlease do not mail these,\nx@t,B\n"),
    ("section4", "メールアドレス,名前\nin-a@t,A\n【退会者】,\nx@t,B\n"),
    ("section5", "Name;E-Mail\nA;in-a@t\nAbgemeldet 2023;\nB;x@t\n"),
    ("section bounced", "Name,Email\nA,in-a@t\nBounced,\nB,x@t\n"),
    ("section former", "Name,Email\nA,in-a@t\nFormer members,\nB,x@t\n"),
    ("section wide", "Email,Name\nin-a@t,A\nDO NOT EMAIL BELOW THIS LINE\nx@t,B\n"),
    (
        "two lists",
        "email,Weekly,Monthly\nin-a@t,subscribed,subscribed\nx@t,unsubscribed,unsubscribed\n",
    ),
    (
        "two lists cell",
        (
            "email,lists\n"
            'in-a@t,"Weekly:subscribed;Monthly:subscribed"\n'
            'x@t,"Weekly:unsubscribed;Monthly:unsubscribed"\n'
        ),
    ),
    (
        "lists removed",
        ('email,lists\nin-a@t,Weekly\nx@t,"Weekly (unsubscribed)"\n'),
    ),
    (
        "json cell",
        (
            "email,attributes\n"
            'in-a@t,"{""status"":""enabled""}"\n'
            'x@t,"{""status"":""unsubscribed""}"\n'
        ),
    ),
    (
        "json cell bool",
        (
            "email,subscriptions\n"
            'in-a@t,"{""email"":{""marketing"":true}}"\n'
            'x@t,"{""email"":{""marketing"":false}}"\n'
        ),
    ),
    (
        "json consent",
        (
            "email,consents\n"
            'in-a@t,"[{""channel"":""email"",""status"":""granted""}]"\n'
            'x@t,"[{""channel"":""email"",""status"":""revoked""}]"\n'
        ),
    ),
    (
        "json unsub",
        ('email,meta\nin-a@t,"{""unsubscribed"": false}"\nx@t,"{""unsubscribed"": true}"\n'),
    ),
    (
        "json optin",
        ('email,data\nin-a@t,"{""opt_in"": true}"\nx@t,"{""opt_in"": false}"\n'),
    ),
    ("kv cell", "email,custom\nin-a@t,newsletter=yes\nx@t,newsletter=no\n"),
    (
        "kv cell2",
        (
            "email,preferences\n"
            'in-a@t,"newsletter: true, sms: false"\n'
            'x@t,"newsletter: false, sms: true"\n'
        ),
    ),
    (
        "prefs arr",
        ('email,communication channels\nin-a@t,"email,sms"\nx@t,"sms"\n'),
    ),
    ("newsletter freq", "email,digest\nin-a@t,weekly\nx@t,never\n"),
    ("group unsub", "email,Name,Interest: unsubscribed from\nin-a@t,A,\nx@t,B,Weekly\n"),
    ("status combos", "email,status\nin-a@t,active\nx@t,active (unsubscribed 3/4)\n"),
    (
        "status combos2",
        ('email,status\nin-a@t,active\nx@t,"Active; Opted out"\n'),
    ),
    ("status combos3", "email,status\nin-a@t,active\nx@t,active->inactive\n"),
    ("status was", "email,status\nin-a@t,active\nx@t,was subscribed\n"),
    ("status ghosted", "email,status\nin-a@t,active\nx@t,ghosted\n"),
    ("status optin no", "email,status\nin-a@t,opt-in: yes\nx@t,opt-in: no\n"),
    ("status sub=0", "email,sub\nin-a@t,1\nx@t,0\n"),
    ("unsub=1", "email,unsub\nin-a@t,0\nx@t,1\n"),
    ("mail?", "email,mail?\nin-a@t,y\nx@t,n\n"),
    ("do we mail", "email,Send?\nin-a@t,y\nx@t,n\n"),
    ("send", "email,send newsletter\nin-a@t,ja\nx@t,nein\n"),
    ("active?", "email,Active?\nin-a@t,y\nx@t,n\n"),
    ("current?", "email,Current\nin-a@t,y\nx@t,n\n"),
    ("include", "email,Include\nin-a@t,y\nx@t,n\n"),
    ("still member", "email,Still a member\nin-a@t,yes\nx@t,no\n"),
    ("on list", "email,On list\nin-a@t,yes\nx@t,no\n"),
    ("wants", "email,Interested\nin-a@t,yes\nx@t,no\n"),
    ("engagement", "email,Engagement\nin-a@t,High\nx@t,Unsubscribed\n"),
    ("category", "email,Category\nin-a@t,Reader\nx@t,Unsubscribed\n"),
    ("action", "email,Action\nin-a@t,keep\nx@t,remove\n"),
    ("action2", "email,To do\nin-a@t,\nx@t,remove\n"),
    ("untitled col", "email,name,\nin-a@t,A,\nx@t,B,unsubscribed\n"),
    ("untitled col2", "email,name,\nin-a@t,A,\nx@t,B,asked to be removed\n"),
    ("untitled short", "email,name,\nin-a@t,A,\nx@t,B,STOP\n"),
    ("extra cell", "email,name\nin-a@t,A\nx@t,B,unsubscribed\n"),
    ("name remark", "email,name\nin-a@t,A\nx@t,Bo UNSUBSCRIBED\n"),
    ("name remark2", "email,name\nin-a@t,A\nx@t,ZZZ DO NOT MAIL Bo\n"),
    ("name remark3", "email,name\nin-a@t,A\nx@t,Bo (deceased)\n"),
    ("name remark4", "email,name\nin-a@t,A\nx@t,Bo †\n"),
    ("name remark5", "email,name\nin-a@t,A\nx@t,† Bo\n"),
    ("lastname remark", "email,first name,last name\nin-a@t,A,B\nx@t,Bo,Smith - unsubscribed\n"),
    ("email remark", "email,name\nin-a@t,A\nx@t (unsubscribed),Bo\n"),
    ("email remark2", "email,name\nin-a@t,A\nx@t UNSUB,Bo\n"),
    (
        "zoho",
        (
            "Email,Contact Status,Email Opt Out\n"
            "in-a@t,Active,false\n"
            "x@t,Active,true\n"
            "x2@t,Opt-out,false\n"
        ),
    ),
    (
        "pipedrive",
        (
            "Person - Email,Person - Marketing status,Person - Name\n"
            "in-a@t,Subscribed,A\n"
            "x@t,Unsubscribed,B\n"
            "x2@t,No consent,C\n"
            "x3@t,Archived,D\n"
        ),
    ),
    (
        "freshsales",
        (
            "Email,Subscription status,Subscription types\n"
            "in-a@t,Subscribed,All\n"
            "x@t,Unsubscribed,\n"
        ),
    ),
    ("eventbrite", "Email,Name,Email Opt-in\nin-a@t,A,Yes\nx@t,B,No\n"),
    (
        "mailjet",
        (
            "email,name,IsExcludedFromCampaigns,IsOptInPending\n"
            "in-a@t,A,False,False\n"
            "x@t,B,True,False\n"
        ),
    ),
    ("woocommerce", "Email,Name,Marketing opt-in\nin-a@t,A,yes\nx@t,B,no\n"),
    (
        "patreon",
        (
            "Name,Email,Patron Status,Email disabled\n"
            "A,in-a@t,Active patron,no\n"
            "B,x@t,Former patron,yes\n"
        ),
    ),
    ("outlook", "First Name,E-mail Address,Categories\nA,in-a@t,Friends\nB,x@t,Do not mail\n"),
    (
        "google contacts",
        (
            "Name,E-mail 1 - Value,Labels\n"
            "A,in-a@t,* myContacts\n"
            "B,x@t,Unsubscribed ::: * myContacts\n"
        ),
    ),
    (
        "mailchimp tags",
        (
            "Email Address,First Name,TAGS\n"
            'in-a@t,A,"""vip"""\n'
            'x@t,B,"""unsubscribed-2023"",""vip"""\n'
        ),
    ),
    (
        "hubspot sub",
        "Email,Email subscription type: Newsletter\nin-a@t,Opted in\nx@t,Opted out\n",
    ),
    (
        "intercom",
        (
            "Email,Name,Unsubscribed from Emails,Marked email as spam,Hard bounced\n"
            "in-a@t,A,false,false,false\n"
            "x@t,B,true,false,false\n"
            "x2@t,C,false,true,false\n"
            "x3@t,C,false,false,true\n"
        ),
    ),
    (
        "customer.io",
        "email,unsubscribed,cio_subscription_preferences\nin-a@t,false,\nx@t,true,\n",
    ),
    (
        "iterable",
        (
            "email,emailListIds,unsubscribedChannelIds,unsubscribedMessageTypeIds\n"
            "in-a@t,[1],[],[]\n"
            "x@t,[1],[22],[]\n"
        ),
    ),
    (
        "braze",
        (
            "email,email_subscribe,push_subscribe\n"
            "in-a@t,subscribed,subscribed\n"
            "x@t,unsubscribed,subscribed\n"
            "in-c@t,opted_in,unsubscribed\n"
        ),
    ),
    (
        "onesignal",
        "identifier,email,unsubscribed_at,invalid_identifier\n1,in-a@t,,f\n2,x@t,,t\n",
    ),
    (
        "emma",
        "Email,member_status_id,Member Status\nin-a@t,a,active\nx@t,o,opt-out\nx2@t,e,error\n",
    ),
    ("vertical response", "email_address,optin_status\nin-a@t,0\nx@t,3\n"),
    (
        "acoustic",
        (
            "Email,Opt In Date,Opted Out,Opt Out Date\n"
            "in-a@t,2020-01-01,False,\n"
            "x@t,2020-01-01,True,2021-01-01\n"
        ),
    ),
    (
        "marketo",
        (
            "Email Address,Unsubscribed,Marketing Suspended,Black Listed,Email Invalid\n"
            "in-a@t,0,0,0,0\n"
            "x@t,1,0,0,0\n"
            "x2@t,0,1,0,0\n"
            "x3@t,0,0,1,0\n"
            "x4@t,0,0,0,1\n"
        ),
    ),
    ("pardot", "Email,Opted Out,Do Not Email,Mailable\nin-a@t,0,0,1\nx@t,1,0,0\nx2@t,0,0,0\n"),
    ("eloqua", "Email Address,Is Subscribed?,Is Bounced?\nin-a@t,1,0\nx@t,0,0\nx2@t,1,1\n"),
    (
        "nationbuilder",
        (
            "email,email_opt_in,unsubscribed_at,email_is_bad\n"
            "in-a@t,true,,false\n"
            "x@t,false,,false\n"
            "x2@t,true,,true\n"
        ),
    ),
    (
        "action network",
        (
            "email,subscription_status\n"
            "in-a@t,subscribed\n"
            "x@t,unsubscribed\n"
            "x2@t,bouncing\n"
            "x3@t,previous bounce\n"
            "x4@t,spam complaint\n"
            "x5@t,previous spam complaint\n"
        ),
    ),
    (
        "gravity forms",
        (
            "Email,Consent (Consent),Consent (Text)\n"
            "in-a@t,Checked,I agree\n"
            "x@t,Not Checked,I agree\n"
        ),
    ),
    (
        "google form",
        (
            "Timestamp,Email Address,Would you like to receive our newsletter?\n"
            "1/1/2024,in-a@t,Yes please\n"
            "1/1/2024,x@t,No thanks\n"
        ),
    ),
    (
        "google form2",
        (
            "Timestamp,Email Address,How would you like to hear from us?\n"
            "1/1/2024,in-a@t,By email\n"
            "1/1/2024,x@t,Please don't contact me\n"
        ),
    ),
    ("notes1", "email,name,notes\nin-a@t,A,likes boats\nx@t,B,STOP\n"),
    ("emailcol after", "status,email\nactive,in-a@t\nunsubscribed,x@t\n"),
    ("two emails", "email,email 2,unsubscribed\nin-a@t,x2@t,\nx@t,x3@t,yes\n"),
    ("same twice", "email,status\nx@t,active\nX@t,unsubscribed\nin-a@t,active\n"),
    ("same twice plus dot", "email,status\nin-a@t,active\nx@t,unsubscribed\n x@t ,active\n"),
    ("section titled repeated", "email,name\nin-a@t,A\n\nUnsubscribed\nemail,name\nx@t,B\n"),
    ("section count", "email,name\nin-a@t,A\nUnsubscribed (12),\nx@t,B\n"),
    ("section de", "email,name\nin-a@t,A\nAbmeldungen,\nx@t,B\n"),
    ("section ja", "email,name\nin-a@t,A\n配信停止,\nx@t,B\n"),
    ("section fr", "email,name\nin-a@t,A\nDésabonnés :,\nx@t,B\n"),
    ("section es", "email,name\nin-a@t,A\nBajas,\nx@t,B\n"),
    ("section do not", "email,name\nin-a@t,A\n*** DO NOT MAIL ***,\nx@t,B\n"),
    ("section left", "email,name\nin-a@t,A\nLeft us,\nx@t,B\n"),
    ("section dead", "email,name\nin-a@t,A\nDeceased,\nx@t,B\n"),
    ("section old", "email,name\nin-a@t,A\nOld list (do not use),\nx@t,B\n"),
    ("section pend", "email,name\nin-a@t,A\nPending,\nx@t,B\n"),
    ("section back", "email,name\nin-a@t,A\nUnsubscribed,\nx@t,B\nActive,\nin-c@t,C\n"),
    ("section col3", "email,name,city\nin-a@t,A,Kiel\n,,Unsubscribed\nx@t,B,Kiel\n"),
    ("plain list section", "in-a@t\nin-b@t\n# unsubscribed\nx@t\n"),
    ("commented line", "email\nin-a@t\n#x@t\n//x2@t\n"),
    ("commented line2", "email\nin-a@t\n# x@t\n; x2@t\n"),
    ("x mark", "x,name,email\n,A,in-a@t\nx,B,x@t\n"),
    ("bracket", "name,email\nA,in-a@t\nB,[x@t]\n"),
    ("removed in mail", "name,email\nA,in-a@t\nB,x@t - removed\n"),
    ("old prefix", "name,email\nA,in-a@t\nB,OLD x@t\n"),
    ("OPT-OUT prefix", "name,email\nA,in-a@t\nB,unsubscribed: x@t\n"),
    (
        "angle remark",
        ('name,email\nA,in-a@t\nB,"""Bo [UNSUB]"" <x@t>"\n'),
    ),
    ("plain txt", "in-a@t\nx@t unsubscribed\n"),
    ("plain txt2", "in-a@t\nx@t (bounced)\n"),
    ("title unsub", "Unsubscribed contacts export\n\nemail,name\nx@t,B\n"),
    ("ja title", "退会者一覧\nメールアドレス,名前\nx@t,B\n"),
    ("two status langs", "email,Status,Statut\nin-a@t,active,abonné\nx@t,active,désabonné\n"),
    ("status twice", "email,Status,Status\nin-a@t,active,active\nx@t,active,unsubscribed\n"),
    (
        "status three lists",
        (
            "email,Status (Weekly),Status (Monthly)\n"
            "in-a@t,Subscribed,Subscribed\n"
            "x@t,Unsubscribed,Subscribed\n"
        ),
    ),
    ("lists wide", "email,Weekly,Monthly\nin-a@t,1,1\nx@t,0,0\n"),
    ("lists wide2", "email,Newsletter: Weekly,Newsletter: Monthly\nin-a@t,yes,yes\nx@t,no,no\n"),
    (
        "lists wide mixed",
        "email,Newsletter: Weekly,Newsletter: Monthly\nin-a@t,yes,yes\nx@t,yes,no\n",
    ),
    (
        "json nested",
        (
            "email,traits\n"
            'in-a@t,"{""a"":{""unsubscribedAt"":null}}"\n'
            'x@t,"{""a"":{""unsubscribedAt"":""2020-01-01""}}"\n'
        ),
    ),
    (
        "json py",
        "email,traits\nin-a@t,\"{'unsubscribed': False}\"\nx@t,\"{'unsubscribed': True}\"\n",
    ),
    (
        "json dnd",
        (
            "email,DND settings\n"
            'in-a@t,"{""Email"":{""status"":""inactive""}}"\n'
            'x@t,"{""Email"":{""status"":""active""}}"\n'
        ),
    ),
    ("ghl dnd", "Email,DND\nin-a@t,false\nx@t,true\n"),
    (
        "json arr",
        ('email,status\nin-a@t,"[""subscribed""]"\nx@t,"[""unsubscribed""]"\n'),
    ),
    ("querystring", "email,extra\nin-a@t,a=1&optin=1\nx@t,a=1&optin=0\n"),
    ("xml", "email,extra\nin-a@t,<optin>1</optin>\nx@t,<optin>0</optin>\n"),
    ("status at end w/o title", "email,name\nin-a@t,A,\nx@t,B,unsubscribed\n"),
    ("html entity", "email,status\nin-a@t,active\nx@t,un&shy;subscribed\n"),
    ("nbsp", "email,status\nin-a@t,active\nx@t,\u00a0Unsubscribed\u00a0\n"),
    ("zero width", "email,status\nin-a@t,active\nx@t,Unsub\u200bscribed\n"),
    ("fullwidth", "email,status\nin-a@t,active\nx@t,Ｕｎｓｕｂｓｃｒｉｂｅｄ\n"),
    ("homoglyph", "email,status\nin-a@t,active\nx@t,unsubsсribed\n"),
    ("quote", 'email,status\nin-a@t,active\nx@t,"\'Unsubscribed"\n'),
    ("upper title", "EMAIL,STATUS\nin-a@t,ACTIVE\nx@t,UNSUBSCRIBED\n"),
    ("camel", "emailAddress,subscriptionStatus\nin-a@t,Active\nx@t,Inactive\n"),
    ("is_sub", "email,isSubscribed\nin-a@t,1\nx@t,0\n"),
    ("dot", "email,user.email_opt_in\nin-a@t,1\nx@t,0\n"),
    ("nested title", "email,preferences.marketing.email\nin-a@t,1\nx@t,0\n"),
    ("slash title", "email,Marketing / E-Mail\nin-a@t,ja\nx@t,nein\n"),
    (
        "question",
        ('email,"Do you want to unsubscribe?"\nin-a@t,No\nx@t,Yes\n'),
    ),
    (
        "question neg",
        ('email,"Tick if you do NOT want our emails"\nin-a@t,\nx@t,Yes\n'),
    ),
    (
        "question neg2",
        ('email,"I do not wish to receive marketing emails"\nin-a@t,\nx@t,1\n'),
    ),
    ("question neg3", 'email,"Please don\'t email me offers"\nin-a@t,\nx@t,1\n'),
    (
        "question neg4",
        ('email,"Ich möchte keinen Newsletter"\nin-a@t,\nx@t,1\n'),
    ),
    (
        "question neg5",
        ('email,"Je ne souhaite pas recevoir la newsletter"\nin-a@t,\nx@t,1\n'),
    ),
    (
        "question pos",
        ('email,"I would like to receive news by email"\nin-a@t,1\nx@t,0\n'),
    ),
    (
        "question pos blank",
        ('email,"I would like to receive news by email"\nin-a@t,1\nx@t,\n'),
    ),
    (
        "question pos long",
        ('email,"Yes! Keep me posted about events and offers"\nin-a@t,1\nx@t,0\n'),
    ),
    (
        "keep me posted",
        ('email,"Keep me posted"\nin-a@t,Yes\nx@t,No\n'),
    ),
    (
        "stay in touch",
        ('email,"Stay in touch?"\nin-a@t,Yes\nx@t,No\n'),
    ),
    (
        "hear from us",
        ('email,"Would you like to hear from us?"\nin-a@t,Yes\nx@t,No\n'),
    ),
    (
        "agree",
        ('email,"I agree to the privacy policy and marketing"\nin-a@t,Yes\nx@t,No\n'),
    ),
    (
        "EU",
        ('email,"CASL consent"\nin-a@t,Express\nx@t,None\n'),
    ),
    (
        "casl",
        ('email,"CASL status"\nin-a@t,Express\nx@t,Expired\n'),
    ),
    ("robinson", "email,Robinsonliste\nin-a@t,nein\nx@t,ja\n"),
    ("dnm col", "email,DNM\nin-a@t,\nx@t,Y\n"),
    ("dne col", "email,DNE\nin-a@t,\nx@t,1\n"),
    ("optout col ja", "email,オプトアウト日\nin-a@t,\nx@t,2020/1/1\n"),
    ("kill", "email,kill\nin-a@t,\nx@t,1\n"),
    ("void", "email,void\nin-a@t,0\nx@t,1\n"),
    ("obsolete", "email,obsolete\nin-a@t,0\nx@t,1\n"),
    ("deprecated", "email,defunct\nin-a@t,0\nx@t,1\n"),
    ("delete flag", "email,delete_flg\nin-a@t,0\nx@t,1\n"),
    ("del", "email,del\nin-a@t,0\nx@t,1\n"),
    ("del_flag", "email,del_flag\nin-a@t,0\nx@t,1\n"),
    ("status int", "email,status\nin-a@t,1\nx@t,0\n"),
    ("isdeleted", "email,IsDeleted\nin-a@t,0\nx@t,1\n"),
    ("state col", "email,state\nin-a@t,enabled\nx@t,unsubscribed\n"),
    ("opt", "email,opt\nin-a@t,in\nx@t,out\n"),
    ("in/out", "email,In/Out\nin-a@t,In\nx@t,Out\n"),
    ("newsletter out", "email,newsletter\nin-a@t,in\nx@t,out\n"),
    ("sub/unsub", "email,sub_status\nin-a@t,S\nx@t,U\n"),
)

#: Title, a reader's cell, and cells of people who left, or of whom it is not certain.
COLUMNS = (
    (
        "Status",
        "Active",
        (
            "Bounce - Hard|Spam Report|Global Unsubscribe|Admin removed|"
            "User unsubscribed|self-removed|Suppressed (bounce)|Opt-Out (all)|"
            "Not subscribed|Pending removal|Invalid/Bounced|DO_NOT_MARKET|"
            "GDPR deleted|Anonymised|unsub.|UNSUBSCRIBE REQUESTED|Un-subscribed|"
            "un subscribed|Un Subscribed|optedout|OPT OUT|Opted-Out|Ex|Off|N|No|0|"
            "false|❌|Bounced (5.1.1)|550 5.1.1 no such user|hardbounced|Complainer|"
            "Abuse|Do-Not-Contact|Cancelled|cancelled by user|Deactivated|Removed|"
            "Unsubscribed on 3/4/2020|Unsubscribed: too many mails|"
            "subscribed → unsubscribed|formerly subscribed|previously subscribed|"
            "was active|no longer active|Inaktiv (abgemeldet)|Unreachable|expired|"
            "stale|trial ended|subscribed?|maybe|???|unknown|TBD|archived|"
            "quarantine|grey-listed|rejected|On hold|paused|snoozed"
        ),
    ),
    (
        "Email Opt Out",
        "No",
        ("Yes|TRUE|1|X|✓|☑|checked|opted out|2021-01-01|3rd May|yes (phone)|per email 3/4"),
    ),
    (
        "Do Not Email",
        "",
        ("Yes|TRUE|1|X|✓|☑|checked|requested|2021-01-01|since 2020|please|per email 3/4|ask Ann"),
    ),
    (
        "Newsletter",
        "yes",
        (
            "no|No!|no longer|NO MORE|nope|nah|none|never|stop|cancelled|off|✗|☐|-|"
            "N/A|removed 2020|until 2021|not any more|no (moved)|unsubscribed|n.|"
            "N |ないです|nein danke|non merci|no gracias|nej tack|nie, dziękuję|"
            "nee bedankt"
        ),
    ),
    ("Subscribed", "TRUE", "FALSE|#N/A|#REF!|0.0|FALSE()|Falsch|NIE|-1|2"),
    (
        "Consent",
        "given 2020-01-01",
        (
            "withdrawn 2021-01-01|not given|none|refused|pending|expired|no record|"
            "unknown|declined|-"
        ),
    ),
    ("marketing_permission", "true", "false|0|none|revoked|withdrawn"),
    ("Permission", "Opt-in", "Opt-out|Unknown|None|Implied - expired"),
    ("Legal basis", "Consent", "Consent withdrawn|Opt-out"),
    ("Emailable", "Yes", "No"),
    ("Contactable", "Yes", "No"),
    ("Mailable?", "Y", "N"),
    ("Marketing", "Opted in", "Opted out|Do not contact|No"),
    ("Marketing preferences", "Email, Phone", "Phone only|None|No email"),
    ("Contact preferences", "Email", "No contact|None|Do not contact"),
    ("Suppress", "", "Y|1|Yes - complained"),
    ("Suppression", "", "bounce|complaint|manual"),
    ("Bounced", "", "Yes|Hard|1|3|2021-03-03|5.1.1"),
    ("Bounce type", "", "Permanent|hard|HARD_BOUNCE|Undetermined"),
    ("Bounce status", "OK", "Hard|Bounced"),
    ("Hard bounces", "0", "1|3"),
    ("bounce_count", "0", "7|3|12.0"),
    ("Bounces total", "0", "9"),
    ("Email status", "Valid", "Invalid|Bounced|Unknown|Do not use|Catch-all|Spamtrap|Disposable"),
    ("Verification result", "valid", "invalid|do_not_mail|abuse|spamtrap"),
    ("ZB Status", "valid", "invalid|do_not_mail|spamtrap|abuse"),
    ("Deliverability", "deliverable", "undeliverable"),
    ("last_status", "sent", "hard_bounce|unsubscribed|spam|complaint|dropped|suppressed"),
    ("Last result", "delivered", "bounced|complained"),
    (
        "Left",
        "",
        ("2020|May 2020|yes|x|Ann told us|03/04/05|20200304|44000|Q2 20|spring 2019|last year"),
    ),
    (
        "Date left",
        "",
        (
            "2020|20200304|1583280000|04.03.20|4 mars 2020|4. März 2020|2020年3月4日|"
            "R2.3.4|Mar-20|2020-W10|２０２０年"
        ),
    ),
    (
        "Unsubscribed",
        "",
        (
            "2020|never again|yes|t|TRUE|1583280000000|04-Mar-20 10:11 PM|"
            "Wed Mar 04 2020 10:11:00 GMT+0100 (CET)|via link|see notes|"
            "by phone, Bo"
        ),
    ),
    ("Unsub date", "", "2020|20200304|??|yes"),
    ("End", "", "2020-01-01|yes"),
    ("Until", "", "2020-01-01"),
    ("Active until", "", "2020-01-01"),
    ("Valid to", "", "2020-01-01"),
    ("Ausgetreten", "", "2020|ja|x"),
    ("Austritt zum", "", "31.12.2020"),
    ("Abo", "ja", "nein|gekündigt|beendet|ruht"),
    ("Fin d'abonnement", "", "01/01/2020"),
    ("退会", "", "2020/3/4|○|済"),
    ("退会フラグ", "0", "1"),
    ("配信", "○", "×|停止|不可|NG"),
    ("メルマガ", "希望", "不要|停止|希望しない|解除|✕"),
    ("备注", "", "退订|已退订|不要发"),
    ("是否退订", "否", "是"),
    ("수신여부", "Y", "N|거부"),
    ("Subscriber", "yes", "no|ex|former"),
    ("Reader", "yes", "no|former"),
    ("Member", "yes", "no|ex|former|resigned|left|†"),
    ("Mitglied", "ja", "nein|ehemalig|ausgetreten"),
    ("Role", "reader", "former reader|unsubscribed"),
    ("List", "Newsletter", "Unsubscribed|Do not mail|Blacklist|Removed|STOP|Bounced|Abgemeldet"),
    ("Lists", "Newsletter", "Newsletter (removed)|Unsubscribed|~~Newsletter~~|Newsletter:off"),
    ("Segment", "A", "Unsubscribed|Do Not Mail|Lost|Ex-members|Suppression list"),
    (
        "Tags",
        "vip",
        (
            "unsubscribed; vip|vip, do-not-email|[vip,unsubscribed]|"
            "#unsub|opt-out-2020|no-mail|dnc|do not send|nomail|gdpr-delete|"
            "deceased|left|remove|STOP"
        ),
    ),
    ("Labels", "vip", "unsubscribed|Unsubscribe me|deceased|do not contact"),
    ("Groups", "A", "Unsubscribers|No Mailing|Ex"),
    ("Flag", "", "unsubscribed|X unsub|STOP|do not mail|R.I.P.|†"),
    ("Info", "", "unsubscribed|STOP|do not mail|no mail!"),
    ("Bemerkung", "", "STOP|nicht mehr senden|abgem.|verst.|†|keine Zusendung mehr"),
    (
        "Comments",
        "",
        (
            "please unsubscribe me!|I never signed up|who are you? stop|"
            "how did you get my address|spam!!|this is spam|not me|wrong person"
        ),
    ),
    ("Reason for leaving", "", "too many mails"),
    ("Feedback", "", "unsubscribe|too many mails"),
    ("Custom 1", "", "unsubscribed|Opt out|do not mail|bounced 3x"),
    (
        "Field5",
        "",
        (
            "unsubscribed|opted out 2020|STOP|STOP MAIL|no newsletter|DO NOT MAIL|"
            "abgemeldet am 3.4.|配信停止希望"
        ),
    ),
    ("Salutation", "Mr", "DO NOT MAIL|unsubscribed"),
    ("Company", "Acme", "UNSUBSCRIBED"),
    ("First", "A", "unsubscribed"),
)

#: Columns that are about something else; everybody stays, and nobody is asked.
HARMLESS = (
    ("Country", ("US", "DE", "JP")),
    ("State", ("CA", "NY", "TX")),
    ("Type", ("Customer", "Lead", "Partner")),
    ("Source", ("Web", "Import", "API")),
    ("Lead status", ("New", "Open", "Closed")),
    ("Gender", ("m", "f", "x")),
    ("Active campaigns", ("0", "2", "3")),
    ("Bounce rate", ("0.1", "0.2", "0")),
    ("Unsubscribe link", ("https://a/1", "https://a/2", "https://a/3")),
    ("Newsletter language", ("en", "de", "ja")),
    ("Email verified", ("yes", "yes", "yes")),
    ("Last open", ("2024-01-01", "", "2023-01-01")),
    ("Marital status", ("married", "single", "divorced")),
    ("Order status", ("shipped", "cancelled", "refunded")),
    ("Payment status", ("paid", "failed", "refunded")),
    ("Employment status", ("employed", "retired", "self-employed")),
    ("Job title", ("Head of Stop", "CEO", "Intern")),
    ("Address line 2", ("", "Apt 3", "")),
    ("Contact owner", ("Ann", "Bo", "Cy")),
    ("Last contacted", ("2024-01-01", "", "2023-01-01")),
    ("Opt-in date", ("2024-01-01", "2023-01-01", "2022-05-05")),
    ("Opt-in IP", ("10.0.0.1", "10.0.0.2", "10.0.0.3")),
    ("Created at", ("2024-01-01", "2023-01-01", "2022-05-05")),
    ("Score", ("0", "1", "2")),
    ("Total spent", ("0", "1", "2")),
    ("Orders", ("0", "1", "2")),
    ("Tags", ("vip", "", "new")),
    ("Group", ("A", "B", "A")),
    ("Birthday", ("0000-00-00", "1980-01-01", "")),
    ("Is company", ("no", "yes", "no")),
    ("Do not call", ("yes", "no", "yes")),
    ("SMS consent", ("no", "yes", "no")),
    ("Phone opt out", ("yes", "no", "yes")),
    ("Student", ("no", "yes", "no")),
    ("Email type", ("html", "text", "html")),
    ("Preferred language", ("en", "none", "de")),
    ("Email domain", ("a.com", "b.com", "c.com")),
    ("Email client", ("Gmail", "Outlook", "Apple")),
    ("Last bounce", ("", "", "")),
    ("Deleted", ("", "", "")),
    ("Vaccination", ("yes", "no", "yes")),
    ("Has car", ("no", "yes", "no")),
    ("Attended 2023", ("no", "yes", "no")),
    ("会員番号", ("1", "2", "3")),
    ("性別", ("男", "女", "男")),
    ("部署", ("営業", "総務", "開発")),
    ("Region", ("North", "South", "East")),
    ("Donor", ("no", "yes", "no")),
    ("Volunteer", ("no", "yes", "no")),
    ("Newsletter format", ("HTML", "Text", "HTML")),
    ("Interests", ("boats", "dead languages", "stop motion")),
    ("Company", ("Stop & Shop", "Ex Libris", "Gone West Ltd")),
    ("City", ("Baja", "Bath", "Left Bank")),
    ("Comment", ("", "", "")),
    ("Title", ("Mr", "Ms", "Dr.")),
    ("Segment", ("A", "B", "C")),
    ("Owner email", ("a@t", "b@t", "c@t")),
    ("Account type", ("free", "paid", "free")),
    ("Subscription plan", ("monthly", "yearly", "free")),
    ("Subscription date", ("2024-01-01", "2023-01-01", "2022-01-01")),
    ("Subscribed on", ("2024-01-01", "2023-01-01", "2022-01-01")),
    ("Subscription source", ("form", "import", "api")),
    ("Renewal date", ("2025-01-01", "", "2026-01-01")),
    ("Last active", ("2024-01-01", "2023-01-01", "2022-01-01")),
    ("Membership level", ("gold", "silver", "bronze")),
    ("Membership number", ("1", "2", "3")),
    ("Expiry date", ("2027-01-01", "", "2028-01-01")),
    ("Email count", ("3", "4", "5")),
    ("Emails sent", ("3", "0", "5")),
    ("Emails bounced", ("0", "0", "0")),
    ("Timezone", ("Europe/Berlin", "UTC", "Asia/Tokyo")),
    ("Rating", ("5", "1", "3")),
    ("Registered", ("2024-01-01", "2023-01-01", "2022-01-01")),
    ("Notes", ("likes boats", "", "met in Kiel")),
    ("Website", ("https://a.example", "", "https://b.example")),
    ("MEMBER_RATING", ("2", "3", "5")),
    ("OPTIN_TIME", ("2020-01-01 10:00:00", "", "2021-01-01 10:00:00")),
    ("OPTIN_IP", ("1.2.3.4", "", "1.2.3.5")),
    ("CONFIRM_TIME", ("2020-01-01 10:00:00", "", "2021-01-01 10:00:00")),
    ("LATITUDE", ("50.1", "", "-3")),
    ("GMTOFF", ("1", "0", "-5")),
    ("DSTOFF", ("2", "1", "-4")),
    ("TIMEZONE", ("Europe/Berlin", "", "")),
    ("CC", ("DE", "US", "IN")),
    ("REGION", ("NO", "ON", "IN")),
    ("LAST_CHANGED", ("2020-01-01 10:00:00", "2020-01-01 10:00:00", "")),
    ("LEID", ("1", "2", "3")),
    ("EUID", ("ab1", "cd2", "ef3")),
    ("TAGS", ("", '"vip"', 'vip","new')),
    ("Address", ("1 Stop Lane, Left Bay", "Ex Way 3", "No 5, Removal Rd")),
    ("Street", ("Left Street", "Stop Road", "Dead End")),
    ("Zip", ("00000", "12345", "0")),
    ("Company", ("Bouncy Castle Ltd", "Never Stop Inc", "Blocked Drains Co")),
    ("Company name", ("Opt Out Advertising", "Unilever", "Delete This Ltd")),
    ("Job title", ("Owner", "Former CEO", "Retired")),
    ("Department", ("Returns", "Removals", "Dead letters office")),
    ("Favourite colour", ("red", "none", "green")),
    ("T-shirt size", ("S", "M", "none")),
    ("Dietary", ("none", "vegan", "no nuts")),
    ("How did you hear about us?", ("Google", "Friend", "No idea")),
    ("Referrer", ("google.com", "none", "facebook")),
    ("UTM source", ("google", "none", "newsletter")),
    ("utm_campaign", ("spring_stop", "unsub_winback", "x")),
    ("Landing page", ("https://a.example/stop", "https://a.example/unsubscribe", "/")),
    ("Last campaign", ("Don't stop", "Last call", "We miss you")),
    ("First order date", ("2020-01-01", "", "2021-01-01")),
    ("Last order", ("2020-01-01", "", "2021-01-01")),
    ("Lifetime value", ("0", "12.50", "300")),
    ("Customer type", ("Retail", "Wholesale", "none")),
    ("Lead source", ("Web", "None", "Event")),
    ("Lead Status", ("New", "Unqualified", "Closed")),
    ("Contact owner", ("Ann", "None", "Bo")),
    ("Lifecycle stage", ("subscriber", "lead", "customer")),
    ("Parent", ("yes", "no", "yes")),
    ("Teacher", ("yes", "no", "no")),
    ("Over 18", ("yes", "yes", "yes")),
    ("First time visitor", ("no", "yes", "no")),
    ("Paid", ("yes", "no", "yes")),
    ("Stripe customer", ("cus_1", "", "cus_2")),
    ("Complimentary plan", ("false", "false", "true")),
    ("Premium", ("true", "false", "false")),
    ("Subscription type", ("free", "paid", "comp")),
    ("Plan", ("free", "cancelled-free", "gold")),
    ("Subscriber ID", ("1", "2", "3")),
    ("Subscription ID", ("1", "2", "3")),
    ("Subscribed via", ("form", "import", "api")),
    ("Signup form", ("Footer", "Popup", "None")),
    ("Subscriber since", ("2020-01-01", "2020-01-02", "2020-01-03")),
    ("Date added", ("1/2/2020", "3/4/2020", "5/6/2020")),
    ("Email address 2", ("", "", "")),
    ("Work phone", ("", "123", "")),
    ("Fax", ("", "", "")),
    ("Facebook", ("", "https://fb.example/a", "")),
    ("Twitter", ("@a", "@stop", "")),
    (
        "Bio",
        (
            "She never stops reading about boats and left Kiel in 2020 for the sea",
            "Former ballet dancer. Loves cats.",
            "I collect dead leaves and broken umbrellas",
        ),
    ),
    (
        "About",
        (
            "Gone fishing, back soon",
            "A retired sailor who quit his job at the bank",
            "Deleted scenes fan club chair",
        ),
    ),
    (
        "Question",
        (
            "What is the best time to stop by?",
            "Do you deliver to Norway?",
            "Can I cancel my hotel booking?",
        ),
    ),
    (
        "Message",
        ("Please call me back", "I love it, never change", "Looking forward to the next issue"),
    ),
    ("Gift aid", ("yes", "no", "yes")),
    ("Recurring donor", ("no", "no", "yes")),
    ("Deceased date", ("", "", "")),
    ("Birth date", ("1950-01-01", "", "1970-05-05")),
    ("Anniversary", ("2020-01-01", "", "")),
    ("Membership type", ("Full", "Honorary", "Student")),
    ("Membership expires", ("2030-01-01", "2031-01-01", "")),
    ("Seat", ("A1", "B2", "C3")),
    ("Ticket", ("Standard", "None", "VIP")),
    ("Checked in", ("yes", "no", "no")),
    ("RSVP", ("yes", "no", "maybe")),
    ("Attending", ("yes", "no", "yes")),
    ("Event status", ("Attending", "Cancelled", "Checked In")),
    ("Order status", ("Completed", "Cancelled", "Refunded")),
    ("Language", ("en", "no", "de")),
    ("Lang", ("no", "nn", "sv")),
    ("Country code", ("NO", "SE", "DE")),
    ("Sprache", ("de", "no", "en")),
    ("Locale", ("no_NO", "en_US", "de_DE")),
    ("Nationality", ("None", "German", "Norwegian")),
    ("Initials", ("N.O.", "A.B.", "C.D.")),
    ("Middle name", ("No", "X", "J")),
    ("Suffix", ("Jr", "", "III")),
    ("Custom field", ("a", "b", "c")),
    ("Open rate", ("0%", "12%", "100%")),
    ("Click rate", ("0", "1", "0")),
    ("Avg. open", ("0", "1", "0")),
    ("Opened", ("yes", "no", "yes")),
    ("Last opened", ("2020-01-01", "", "2021-01-01")),
    ("Total opens", ("0", "3", "5")),
    ("Emails received", ("3", "4", "5")),
    ("Is customer", ("yes", "no", "no")),
    ("Has account", ("no", "yes", "no")),
    ("Created by", ("admin", "import", "api")),
    ("Modified", ("2020-01-01", "2020-01-01", "2020-01-01")),
    ("updated_at", ("2020-01-01", "2020-01-01", "2020-01-01")),
    ("uuid", ("a-b-c", "d-e-f", "g-h-i")),
    ("attributes", ("{}", "{city: Kiel}", "{vip: false}")),
    ("custom", ("{newsletter: true}", "{}", "{}")),
    ("Topics", ("boats", "boats; weather", "none")),
    ("Interests", ("boats", "weather|ports", "stop-motion; film")),
    ("Categories", ("A;B", "C", "A")),
    ("Groups", ("Crew", "Harbour;Friends", "Crew;Retired")),
    ("Lists", ("Weekly", "Weekly; Monthly", "Monthly")),
    ("Segments", ("A", "B|C", "new")),
    ("Note", ("", "", "call her before noon, no later")),
    (
        "Notes",
        (
            "Spoke on the phone, very nice, no follow up needed",
            "Wants to know whether we ship to Norway",
            "Not sure about his last name",
        ),
    ),
    ("Notes", ("VIP", "cash only", "2 children")),
    ("Comments", ("Thanks!", "no", "-")),
    ("備考", ("担当変更", "資料送付済み", "要確認")),
    ("メモ", ("展示会", "紹介", "なし")),
    ("Bemerkung", ("Kennt Anna", "ruft zurück", "keine Angabe")),
    ("Bemerkungen", ("Lieferung nicht vor 9 Uhr", "Hat Hund", "Rentner")),
    ("Remarque", ("aime les bateaux", "rappeler lundi", "pas de code postal")),
    ("Observaciones", ("llamar el lunes", "sin datos", "amigo de Ana")),
    ("部署", ("配信部", "停止管理課", "なし")),
    ("業種", ("メディア", "退職金コンサル", "その他")),
    ("城市", ("北京", "取消", "上海")),
    ("备注", ("老客户", "朋友介绍", "无")),
    ("Delivery address", ("Left door", "No 3", "ring bell")),
    ("Delivery method", ("Post", "Email", "none")),
    ("Payment method", ("card", "none", "invoice")),
    ("Marketing source", ("Google", "None", "Facebook")),
    ("Marketing channel", ("Email", "Social", "None")),
    ("Contact method", ("email", "email", "email")),
    ("Preferred contact method", ("email", "phone", "post")),
    ("Email provider", ("gmail", "gmx", "other")),
    ("Email format", ("HTML", "TEXT", "HTML")),
    ("Email quality", ("good", "good", "good")),
    ("Send time", ("09:00", "10:00", "12:00")),
    ("Send day", ("Mon", "Tue", "Wed")),
    ("Include in report", ("yes", "yes", "yes")),
    ("Keep until", ("2030-01-01", "", "2031-01-01")),
    ("Valid from", ("2020-01-01", "2020-01-01", "")),
    ("Active since", ("2020-01-01", "2020-01-01", "")),
    ("Ends with", ("a", "b", "c")),
    ("End of term", ("2030", "2031", "")),
    ("Weekly hours", ("40", "20", "0")),
    ("Monthly spend", ("0", "10", "20")),
    ("Digest", ("weekly", "daily", "weekly")),
    ("Consent date", ("2020-01-01", "2020-01-01", "2021-01-01")),
    ("Consent source", ("form", "form", "fair")),
    ("GDPR consent text", ("I agree", "I agree", "I agree")),
    ("Double opt-in", ("yes", "yes", "yes")),
    ("Confirmation IP", ("1.1.1.1", "", "1.1.1.2")),
    ("Legal basis", ("Consent", "Contract", "Consent")),
    ("X", ("", "", "")),
    ("DND", ("", "", "")),
    ("Membership", ("full", "full", "student")),
    ("Member", ("yes", "yes", "yes")),
    ("Level", ("1", "2", "3")),
    ("Status date", ("2020-01-01", "", "")),
    ("Stage", ("New", "Won", "Lost")),
    ("Result", ("A", "B", "C")),
    ("Grade", ("A", "B", "F")),
    ("Code", ("A", "U", "B")),
)


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_somebody_left_is_asked_about(note: str, tmp_path: Path) -> None:
    """One word is enough, with or without a date."""
    assert active_in(noted(tmp_path, note)) == set()


@pytest.mark.parametrize("note", HARMLESS_NOTES)
def test_a_note_about_something_else_is_not_asked_about(note: str, tmp_path: Path) -> None:
    """Words for leaving have other meanings, too."""
    assert active_in(noted(tmp_path, note)) == {"in-a", "x"}


def noted(folder: Path, note: str) -> Path:
    """Write a file with a note."""
    file = folder / "people.csv"
    text = f'email,name,Notes\nin-a@t,A,likes boats\nx@t,B,"{note}"\n'
    file.write_text(text.replace("@t", "@tideline-mail.com"), encoding="utf-8")
    return file


@pytest.mark.parametrize(("oddity", "text"), FILES, ids=[case[0] for case in FILES])
def test_nobody_who_left_is_active(oddity: str, text: str, tmp_path: Path) -> None:
    """They are taken off, or asked about; and where nothing is asked no reader is lost."""
    file = tmp_path / "people.csv"
    file.write_text(text.replace("@t", "@tideline-mail.com"), encoding="utf-8")
    active = active_in(file)

    assert {person for person in active if not person.startswith("in-")} == set(), oddity
    assert active in (set(), set(re.findall(r"(in-\w+)@t", text)))


@pytest.mark.parametrize(("title", "reader", "gone"), COLUMNS, ids=[case[0] for case in COLUMNS])
def test_a_cell_of_whoever_left_makes_nobody_active(
    title: str, reader: str, gone: str, tmp_path: Path
) -> None:
    """Each value is tried beside two readers."""
    for cell in gone.split("|"):
        file = tmp_path / "people.csv"
        quoted = cell.replace('"', '""')
        file.write_text(
            f'email,name,{title}\nin-a@tideline-mail.com,A,"{reader}"\n'
            f'x@tideline-mail.com,B,"{quoted}"\nin-b@tideline-mail.com,A,"{reader}"\n',
            encoding="utf-8",
        )
        assert "x" not in active_in(file), (title, cell)


@pytest.mark.parametrize(("title", "cells"), HARMLESS, ids=[case[0] for case in HARMLESS])
def test_a_common_column_is_not_asked_about(
    title: str, cells: tuple[str, ...], tmp_path: Path
) -> None:
    """Whatever stands there, everybody is a reader."""
    file = tmp_path / "people.csv"
    quoted = [cell.replace('"', '""') for cell in cells]
    rows = "".join(f'p{at}@tideline-mail.com,P,"{cell}"\n' for at, cell in enumerate(quoted))
    file.write_text(f"email,name,{title}\n{rows}", encoding="utf-8")

    assert active_in(file) == {f"p{at}" for at in range(len(cells))}


TAGGED = (
    "email,name,Tags,Stage,Notes\nin-a@t,A,vip,x,\nl@t,B,unsubscribed; vip,x,\n"
    "m@t,C,do-not-mail,x,\nn@t,D,vip; bounced,x,\no@t,E,vip,Unsubscribed,\np@t,F,new,x,STOP\n"
)


@pytest.mark.django_db
def test_all_that_is_unclear_is_asked_at_once(readers: List, tmp_path: Path) -> None:
    """Tags, another column and notes are named together, and one command answers them all."""
    file = tmp_path / "people.csv"
    file.write_text(TAGGED.replace("@t", "@tideline-mail.com"), encoding="utf-8")
    with pytest.raises(ImportRejected) as refused:
        import_file(file, readers, told=told_of(command="newsletter list import people.csv"))

    for word in ("'unsubscribed'", "'do-not-mail'", "'bounced'", "'Unsubscribed'", "'STOP'"):
        assert word in str(refused.value)
    command = refused.value.hint.rpartition("unsubscribe them: ")[2]
    assert command == (
        "newsletter list import people.csv --column 'tags=Tags' --column 'tags=Stage' "
        "--notes unsubscribed"
    )
    import_file(
        file, readers, told=told_of("", [], ["tags=Tags", "tags=Stage"], notes="unsubscribed")
    )
    active = Subscription.objects.filter(state="active")
    assert [each.subscriber.name for each in active] == ["A"]


@pytest.mark.django_db
def test_unknown_values_of_all_columns_are_asked_at_once(readers: List, tmp_path: Path) -> None:
    """Not one column after the other."""
    file = tmp_path / "people.csv"
    file.write_text(
        "email,Status,Newsletter\na@tideline-mail.com,VIP,yes\nb@tideline-mail.com,active,perhaps\n",
        encoding="utf-8",
    )
    with pytest.raises(ImportRejected) as refused:
        import_file(file, readers)

    assert "'VIP'" in str(refused.value)
    assert "'perhaps'" in str(refused.value)
    answers = "--status 'VIP=unsubscribed' --status 'perhaps=unsubscribed'"
    assert answers in refused.value.hint


@pytest.mark.django_db
def test_a_heading_between_the_rows_counts_until_the_next(readers: List, tmp_path: Path) -> None:
    """Who stands below "Unsubscribed" is asked about; below "Active" people are readers again."""
    file = tmp_path / "people.csv"
    text = "name,email\nA,in-a@t\nUnsubscribed 2023,\nB,l@t\nC,m@t\nActive,\nD,in-d@t\n"
    file.write_text(text.replace("@t", "@tideline-mail.com"), encoding="utf-8")
    tried = import_file(file, readers, dry_run=True)

    assert [(note.line, note.text) for note in tried.noted] == [
        (4, "below line 3: Unsubscribed 2023"),
        (5, "below line 3: Unsubscribed 2023"),
    ]
    import_file(file, readers, told=told_of(notes="unsubscribed"))
    states = Subscription.objects.filter(state="active").values_list("subscriber__name", flat=True)
    assert set(states) == {"A", "D"}


@pytest.mark.django_db
def test_a_person_may_say_that_many_bounces_are_no_reason(readers: List, tmp_path: Path) -> None:
    """A count of three or more is asked about once, whatever the numbers are."""
    file = tmp_path / "people.csv"
    file.write_text(
        "email,Bounce count\na@tideline-mail.com,2\nb@tideline-mail.com,7\n"
        "c@tideline-mail.com,12\n",
        encoding="utf-8",
    )
    with pytest.raises(ImportRejected, match=r"'3 or more' \(2 rows, first in line 3\)"):
        import_file(file, readers)

    assert import_file(file, readers, told=told_of("", ["3 or more=active"])).added == 3
