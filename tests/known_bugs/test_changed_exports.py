"""Exports as people really have them: in their language, saved again by a spreadsheet, half empty.

What was wrong in Fortnight: a column that a table of titles did not know ("Opted in?", "Zgoda na
marketing", "Estado de marketing por correo electrónico") became a field of people who were active.
Addresses that begin with `in-` may be mailed, all others may not; a file that leaves it open is
refused until a person says what it means.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone

from newsletter.errors import ImportRejected
from subscribers.importing.applying import import_file
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscriber, Subscription, Suppression
from subscribers.subscriptions import resubscribe, unsubscribe

pytestmark = pytest.mark.django_db

#: File, encoding, text; `@t` stands for a domain.
READ = (
    (
        "de-mailchimp.csv",
        "utf-8",
        (
            '\ufeff"E-Mail-Adresse";"Vorname";"E-Mail-Marketing-Status";"TAGS";;\n'
            '"in-a@t";"Ann";"Abonniert";;;\n'
            '"l@t";"Lou";"Abgemeldet";;;\n'
            '"c@t";"Cy";"Bereinigt";;;\n'
            '"n@t";"N";"Nicht abonniert";;;\n'
            '"ar@t";"N";"Archiviert";;;\n'
            '"tr@t";"N";"Transaktional";;;\n'
        ),
    ),
    (
        "fr-mailchimp.csv",
        "utf-8",
        (
            "Adresse e-mail;Prénom;Statut e-mail\n"
            "in-a@t;A;Abonné\n"
            "l@t;L;Désabonné\n"
            "c@t;C;Nettoyé\n"
            "n@t;N;Non abonné\n"
            "ar@t;R;Archivé\n"
        ),
    ),
    (
        "es-mailchimp.csv",
        "utf-8",
        (
            "Correo electrónico,Nombre,Estado de marketing por correo electrónico\n"
            "in-a@t,A,Suscrito\n"
            "l@t,L,Cancelada la suscripción\n"
            "c@t,C,Depurado\n"
            "n@t,N,No suscrito\n"
            "ar@t,R,Archivado\n"
        ),
    ),
    (
        "pt-mailchimp.csv",
        "utf-8",
        (
            "Endereço de e-mail,Nome,Status do e-mail\n"
            "in-a@t,A,Inscrito\n"
            "l@t,L,Inscrição cancelada\n"
            "c@t,C,Limpo\n"
            "n@t,N,Não inscrito\n"
            "ar@t,R,Arquivado\n"
        ),
    ),
    (
        "it-mailchimp.csv",
        "utf-8",
        (
            "Indirizzo email,Nome,Stato email\n"
            "in-a@t,A,Iscritto\n"
            "l@t,L,Iscrizione annullata\n"
            "c@t,C,Pulito\n"
            "n@t,N,Non iscritto\n"
        ),
    ),
    (
        "ja-status.csv",
        "cp932",
        (
            "メールアドレス,お名前,メール配信ステータス\n"
            "in-a@t,山田,配信中\n"
            "l@t,山田,配信停止済み\n"
            "m@t,山田,停止済\n"
            "n@t,山田,購読解除済\n"
            "k@t,山田,エラー停止\n"
        ),
    ),
    (
        "zh-status.csv",
        "gb18030",
        "电子邮件,姓名,订阅情况\nin-a@t,王,已订阅\nl@t,王,已退订\nm@t,王,未订阅\nn@t,王,拒收\n",
    ),
    (
        "nl-status.csv",
        "utf-8",
        (
            "E-mailadres;Voornaam;Abonnementsstatus\n"
            "in-a@t;A;Geabonneerd\n"
            "l@t;L;Uitgeschreven\n"
            "n@t;N;Niet geabonneerd\n"
            "z@t;N;Afgemeld op eigen verzoek\n"
        ),
    ),
    (
        "pl-status.csv",
        "utf-8",
        "Adres e-mail;Imię;Stan\nin-a@t;A;Aktywny\nl@t;L;Wypisany\nn@t;N;Nieaktywny\n",
    ),
    (
        "pl2.csv",
        "utf-8",
        (
            "Adres e-mail;Imię;Zgoda na marketing;Data wypisania\n"
            "in-a@t;A;tak;\n"
            "l@t;L;nie;\n"
            "n@t;N;tak;2024-02-01\n"
        ),
    ),
    (
        "ru-status.csv",
        "utf-8",
        "Email;Имя;Состояние подписки\nin-a@t;A;Активен\nl@t;L;Отписался сам\nn@t;N;Не активен\n",
    ),
    (
        "ru2.csv",
        "cp1251",
        (
            "Эл. почта;Имя;Подписка активна;Дата отписки\n"
            "in-a@t;A;да;\n"
            "l@t;L;нет;\n"
            "n@t;N;да;01.02.2024\n"
        ),
    ),
    (
        "ru-unisender.csv",
        "utf-8",
        (
            "email;Статус email;Доступность email\n"
            "in-a@t;Активный;Доступен\n"
            "l@t;Отписан;Доступен\n"
            "b@t;Активный;Недоступен\n"
        ),
    ),
    (
        "excel-serial.csv",
        "utf-8",
        "Email;Name;Subscribed at;Unsubscribed at\nin-a@t;A;45292,5;\nl@t;L;45292,5;45400,25\n",
    ),
    (
        "excel-bool-de.csv",
        "utf-8",
        (
            "Email;Name;opt_in;unsubscribed\n"
            "in-a@t;A;WAHR;FALSCH\n"
            "l@t;L;WAHR;WAHR\n"
            "m@t;L;FALSCH;FALSCH\n"
        ),
    ),
    (
        "excel-bool-fr.csv",
        "utf-8",
        "Email;Nom;Opted in;Bloqué\nin-a@t;A;VRAI;FAUX\nl@t;L;FAUX;FAUX\nm@t;L;VRAI;VRAI\n",
    ),
    (
        "emailstatus.csv",
        "utf-8",
        (
            "Email,Email Status\n"
            "in-a@t,Subscribed\n"
            "l@t,Unsubscribed\n"
            "c@t,Cleaned\n"
            "ar@t,Archived\n"
            "tr@t,Transactional\n"
        ),
    ),
    (
        "two-status.csv",
        "utf-8",
        (
            "Email,Status,Email Status,Name\n"
            "in-a@t,Active,Subscribed,A\n"
            "l@t,Active,Unsubscribed,L\n"
            "m@t,Inactive,Subscribed,M\n"
        ),
    ),
    (
        "su.csv",
        "utf-8",
        (
            "email,subscribed_at,unsubscribed_at\n"
            "in-a@t,2024-01-01,\n"
            "l@t,2024-01-01,2024-03-01\n"
            "m@t,2024-01-01 00:00,2024-03-01T10:00:00Z\n"
            "in-z@t,2024-01-01,NULL\n"
        ),
    ),
    (
        "oo1.csv",
        "utf-8",
        "email,email_opt_out,do_not_email\nin-a@t,0,0\nl@t,1,0\nm@t,0,1\n",
    ),
    (
        "oo2.csv",
        "utf-8",
        (
            "Email,Email Opt Out,Has Opted Out Of Email,HasOptedOutOfEmail\n"
            "in-a@t,FALSE,FALSE,0\n"
            "l@t,TRUE,FALSE,0\n"
            "m@t,FALSE,TRUE,0\n"
            "n@t,FALSE,FALSE,1\n"
        ),
    ),
    (
        "cntr1.csv",
        "utf-8",
        "email,hard_bounce,soft_bounce\nin-a@t,0,3\nl@t,1,0\nm@t,3,0\n",
    ),
    (
        "cntr2.csv",
        "utf-8",
        (
            "email,hard_bounces,soft_bounces,complaints\n"
            "in-a@t,0,3,0\n"
            "l@t,1,0,0\n"
            "m@t,3,0,0\n"
            "n@t,0,0,2\n"
        ),
    ),
    (
        "cntr3.csv",
        "utf-8",
        (
            "email,hard_bounce_count,complaint_count,name\n"
            "in-a@t,0,0,A\n"
            "l@t,1,0,B\n"
            "m@t,3,0,C\n"
            "n@t,0,2,D\n"
        ),
    ),
    (
        "flags.csv",
        "utf-8",
        (
            "email,blocked,spam,Bounced\n"
            "in-a@t,no,no,no\n"
            "l@t,yes,no,no\n"
            "m@t,no,yes,no\n"
            "n@t,no,no,yes\n"
        ),
    ),
    (
        "flags2.csv",
        "utf-8",
        "email,Blocked?,Spam?,Junk\nin-a@t,no,no,no\nl@t,yes,no,no\nm@t,no,yes,no\nn@t,no,no,yes\n",
    ),
    (
        "is_subscriber.csv",
        "utf-8",
        "email,is_subscriber\nin-a@t,true\nl@t,false\n",
    ),
    (
        "optedin.csv",
        "utf-8",
        "email,Opted in,GDPR consent\nin-a@t,Yes,yes\nl@t,No,yes\nm@t,Yes,no\n",
    ),
    (
        "optedinq.csv",
        "utf-8",
        (
            "email,Opted in?,GDPR consent given?,Newsletter?\n"
            "in-a@t,Yes,yes,yes\n"
            "l@t,No,yes,yes\n"
            "m@t,Yes,no,yes\n"
            "n@t,yes,yes,no\n"
        ),
    ),
    (
        "listmonk-lists.csv",
        "utf-8",
        (
            "uuid,email,name,attributes,status,created_at,updated_at,lists\n"
            'u1,in-a@t,A,{},enabled,2024-01-01,2024-01-01,"[{""subscripti'
            'on_status"":""confirmed""}]"\n'
            "u2,l@t,B,{},blocklisted,2024-01-01,2024-01-01,\n"
            "u3,d@t,B,{},disabled,2024-01-01,2024-01-01,\n"
        ),
    ),
    (
        "quoted-newline.csv",
        "utf-8",
        (
            "email,name,note,status\r\n"
            'in-a@t,A,"line\r\n'
            'left early? no",active\r\n'
            'l@t,L,"hi\n'
            'there",unsubscribed\r\n'
        ),
    ),
    (
        "bom16.csv",
        "utf-16",
        "email\tname\tstatus\nin-a@t\tA\tactive\nl@t\tL\tunsubscribed\n",
    ),
    (
        "trail.csv",
        "utf-8",
        "email,name,status,,,\nin-a@t,A,active,,,\nl@t,L,unsubscribed,,,\n",
    ),
    (
        "trail2.csv",
        "utf-8",
        "email,name,status\nin-a@t,A,active,,,\nl@t,L,unsubscribed,,,\n",
    ),
    (
        "ghost-es.csv",
        "utf-8",
        (
            "id,correo electrónico,nombre,nota,suscrito a correos,creado\n"
            "1,in-a@t,A,,VERDADERO,45000\n"
            "2,l@t,L,,FALSO,45000\n"
        ),
    ),
    (
        "kit-order.csv",
        "utf-8",
        (
            "status,email,first_name,created_at,subscriber_id\n"
            "active,in-a@t,A,2024-01-01,1\n"
            "cancelled,l@t,L,2024-01-01,2\n"
            "bounced,b@t,L,2024-01-01,3\n"
        ),
    ),
    (
        "aweber.csv",
        "utf-8",
        (
            "Email,Name,Message No.,Date Added,Stop Time,Stop Status,Misc Notes\n"
            "in-a@t,A,1,01/02/24,,,\n"
            "l@t,L,1,01/02/24,02/03/24,unsubscribed via email,\n"
            "m@t,M,1,01/02/24,02/03/24,undeliverable,\n"
        ),
    ),
    (
        "klaviyo.csv",
        "utf-8",
        (
            "Email,First Name,Email Marketing Consent,Email Suppressions\n"
            "in-a@t,A,SUBSCRIBED,\n"
            "l@t,B,UNSUBSCRIBED,\"['USER_SUPPRESSED']\"\n"
            "n@t,C,NEVER_SUBSCRIBED,\n"
            "m@t,D,SUBSCRIBED,\"[{'reason': 'HARD_BOUNCE'}]\"\n"
            "in-e@t,E,SUBSCRIBED,[]\n"
        ),
    ),
    (
        "hubspot-de.csv",
        "utf-8",
        (
            "E-Mail,Vorname,Von allen E-Mails abgemeldet,E-Mail-Opt-out,G"
            "rund für Hard Bounce\n"
            "in-a@t,A,Falsch,Nein,\n"
            "l@t,L,Wahr,Nein,\n"
            "m@t,M,Falsch,Ja,\n"
            "b@t,B,Falsch,Nein,Unknown user\n"
        ),
    ),
    (
        "hubspot-fr.csv",
        "utf-8",
        "E-mail,Prénom,Désinscrit de tous les e-mails\nin-a@t,A,false\nin-b@t,A,\nl@t,L,true\n",
    ),
    (
        "mailerlite.csv",
        "utf-8",
        (
            "Subscriber,Sent,Opens,Clicks,Subscribed,Unsubscribed,Location\n"
            "in-a@t,5,2,1,2024-01-01 10:00:00,,DE\n"
            "l@t,5,2,1,2024-01-01 10:00:00,2024-05-01 10:00:00,DE\n"
        ),
    ),
    (
        "mailerlite-status.csv",
        "utf-8",
        (
            "Email,Status,Date subscribed\n"
            "in-a@t,Active,2024-01-01\n"
            "l@t,Unsubscribed,2024-01-01\n"
            "u@t,Unconfirmed,2024-01-01\n"
            "b@t,Bounced,2024-01-01\n"
            "j@t,Junk,2024-01-01\n"
        ),
    ),
    (
        "campaignmonitor.csv",
        "utf-8",
        (
            "Email Address,Name,Date,State\n"
            "in-a@t,A,2024-01-01,Active\n"
            "l@t,L,2024-01-01,Unsubscribed\n"
            "d@t,D,2024-01-01,Deleted\n"
            "b@t,B,2024-01-01,Bounced\n"
            "u@t,U,2024-01-01,Unconfirmed\n"
        ),
    ),
    (
        "cc.csv",
        "utf-8",
        (
            "Email address,First name,Email status,Email permission statu"
            "s,Email update source\n"
            "in-a@t,A,Active,Express,x\n"
            "l@t,L,Unsubscribed,Unsubscribed,x\n"
            "t@t,T,Temp Hold,Implied,x\n"
            "n@t,N,No Permissions Set,,x\n"
        ),
    ),
    (
        "mixed-case-cols.csv",
        "utf-8",
        "EMAIL,UNSUB DATE,IS_ACTIVE?\nin-a@t,,Y\nl@t,2024-01-01,Y\nm@t,,N\n",
    ),
    (
        "sqldump.csv",
        "utf-8",
        (
            "id,email,active,deleted,unsubscribed_on,bounced_on\n"
            "1,in-a@t,1,0,\\N,\\N\n"
            "2,l@t,0,0,\\N,\\N\n"
            "3,m@t,1,1,\\N,\\N\n"
            "4,n@t,1,0,2024-01-01,\\N\n"
            "5,o@t,1,0,\\N,2024-01-01\n"
        ),
    ),
    (
        "pgdump.csv",
        "utf-8",
        "id,email,active,unsubscribed\n1,in-a@t,t,f\n2,l@t,f,f\n3,m@t,t,t\n",
    ),
    (
        "wp.csv",
        "utf-8",
        "user_email,display_name,newsletter_optin,unsub\nin-a@t,A,1,0\nl@t,L,0,0\nm@t,M,1,1\n",
    ),
    (
        "mailpoet-de.csv",
        "utf-8",
        (
            "E-Mail,Vorname,Globaler Status,Listenstatus\n"
            "in-a@t,A,Abonniert,Abonniert\n"
            "l@t,L,Nicht mehr abonniert,Abonniert\n"
            "u@t,U,Unbestätigt,Unbestätigt\n"
            "b@t,B,Bounced,Abonniert\n"
        ),
    ),
    (
        "salesforce.csv",
        "utf-8",
        (
            "Email,Email Opt Out,Email Bounced Reason,Email Bounced Date\n"
            "in-a@t,0,,\n"
            "l@t,1,,\n"
            "b@t,0,550 user unknown,2024-01-01\n"
        ),
    ),
    (
        "zoho.csv",
        "utf-8",
        (
            "Contact Email,First Name,Contact Status,Unsubscribed Time\n"
            "in-a@t,A,Active,\n"
            "l@t,L,Unsubscribed,Jan 3 2024 10:00\n"
            "d@t,D,Do-not-mail,\n"
            "b@t,B,Bounced,\n"
        ),
    ),
    (
        "eventbrite.csv",
        "utf-8",
        (
            "Email,Marketing opt-in,Newsletter Opt-In Status\n"
            "in-a@t,Yes,Opted in\n"
            "l@t,No,Not opted in\n"
            "m@t,Yes,Opted-out\n"
        ),
    ),
    (
        "gr2.csv",
        "utf-8",
        "email,name,Removed by\nin-a@t,A,\nl@t,L,user\n",
    ),
    (
        "drip.csv",
        "utf-8",
        (
            "email,status,base_lead_score,removed_at,time_zone\n"
            "in-a@t,active,1,,x\n"
            "l@t,unsubscribed,1,2024-01-01,x\n"
            "u@t,undeliverable,1,,x\n"
            "r@t,removed,1,,x\n"
        ),
    ),
    (
        "omnisend.csv",
        "utf-8",
        (
            "Email,Email status,Email status date,SMS status\n"
            "in-a@t,subscribed,2024-01-01,nonSubscribed\n"
            "l@t,unsubscribed,2024-01-01,subscribed\n"
            "n@t,nonSubscribed,2024-01-01,subscribed\n"
        ),
    ),
    (
        "squarespace.csv",
        "utf-8",
        (
            "Email Address,Subscribed On,Unsubscribed On,Subscriber Source\n"
            "in-a@t,2024-01-01,,form\n"
            "l@t,2024-01-01,2024-04-01,form\n"
        ),
    ),
    (
        "de-verein.csv",
        "utf-8",
        (
            "E-Mail;Vorname;Nachname;Newsletter erwünscht;Werbesperre\n"
            "in-a@t;A;B;ja;nein\n"
            "l@t;L;B;nein;nein\n"
            "w@t;W;B;ja;ja\n"
        ),
    ),
    (
        "consent-date.csv",
        "utf-8",
        (
            "email,name,consent_date,consent_withdrawn_date\n"
            "in-a@t,A,2024-01-01,\n"
            "l@t,L,2024-01-01,2024-05-01\n"
        ),
    ),
    (
        "consent-status.csv",
        "utf-8",
        "email,consent status\nin-a@t,Granted\nl@t,Withdrawn\nn@t,Not given\no@t,Expired\n",
    ),
    (
        "prefs.csv",
        "utf-8",
        "email,Email preference,contact preferences\nin-a@t,Weekly,Email\nl@t,None,None\n",
    ),
    (
        "freq.csv",
        "utf-8",
        "email,frequency\nin-a@t,weekly\nl@t,never\n",
    ),
    (
        "reason.csv",
        "utf-8",
        "email,name,Reason for leaving\nin-a@t,A,\nl@t,L,too many mails\n",
    ),
    (
        "struck.csv",
        "utf-8",
        "email,name,DNC,Do Not Contact?\nin-a@t,A,,No\nl@t,L,x,No\nm@t,M,,Yes\n",
    ),
    (
        "score.csv",
        "utf-8",
        "Email,State,Country,Unsub?\nin-a@t,CA,US,\nl@t,NY,US,y\n",
    ),
    (
        "neg.csv",
        "utf-8",
        "email,not_subscribed\nin-a@t,no\nl@t,yes\n",
    ),
    (
        "neg2.csv",
        "utf-8",
        "email,No newsletter,no_marketing\nin-a@t,no,no\nl@t,yes,no\nm@t,no,yes\n",
    ),
    (
        "suspended.csv",
        "utf-8",
        "email,account_status,suspended\nin-a@t,active,0\nl@t,active,1\n",
    ),
    (
        "dead.csv",
        "utf-8",
        "email,deceased\nin-a@t,no\nl@t,yes\n",
    ),
    (
        "good-plan.csv",
        "utf-8",
        (
            "email,Subscription type,Subscription plan,Newsletter source,"
            "Marketing channel\n"
            "in-0@t,Premium,yearly,web,ads\n"
            "in-1@t,Free,monthly,,mail\n"
        ),
    ),
    (
        "good-paid.csv",
        "utf-8",
        (
            "email,Paid subscriber,Premium subscription,Subscription tier\n"
            "in-0@t,yes,no,gold\n"
            "in-1@t,no,no,free\n"
        ),
    ),
    (
        "good-consent.csv",
        "utf-8",
        (
            "email,Email Marketing Consent Timestamp,Consent text,Consent"
            " IP,Opt-in date,Opt-in IP\n"
            "in-0@t,2024-01-01,I agree,192.0.2.1,2024-01-02,192.0.2.1\n"
            "in-1@t,,,,,\n"
        ),
    ),
    (
        "good-states.csv",
        "utf-8",
        (
            "email,State,Country\n"
            "in-0@t,CA,US\n"
            "in-1@t,NE,US\n"
            "in-2@t,OK,US\n"
            "in-3@t,ON,CA\n"
            "in-4@t,NO,NO\n"
        ),
    ),
    (
        "good-lang.csv",
        "utf-8",
        (
            "email,Newsletter language,Subscriber rating,Subscriber ID\n"
            "in-0@t,en,1,1\n"
            "in-1@t,no,2,2\n"
            "in-2@t,nein,0,3\n"
        ),
    ),
    (
        "good-dates.csv",
        "utf-8",
        (
            "email,Subscribed at,Inscription,Inscrit le,Abonniert am\n"
            "in-0@t,2024-01-01,2024-01-01,01/02/2024,31.12.2023\n"
            "in-1@t,,,,\n"
        ),
    ),
    (
        "good-nordic.csv",
        "utf-8",
        "email,Nordic newsletter,Nome newsletter\nin-0@t,yes,Foo\nin-1@t,yes,Bar\n",
    ),
    (
        "good-about.csv",
        "utf-8",
        "email,About,Labor,Standard,Estate\nin-0@t,me,x,y,z\nin-1@t,dead tired,x,y,z\n",
    ),
    (
        "good-tags.csv",
        "utf-8",
        'email,Tags,Groups\nin-0@t,vip,"a, b"\nin-1@t,"removed wisdom teeth, x",c\n',
    ),
    (
        "good-freq.csv",
        "utf-8",
        'email,Email frequency,Lists\nin-0@t,Weekly,News\nin-1@t,Monthly,"News, Extra"\n',
    ),
    (
        "good-mc.csv",
        "utf-8",
        (
            "email,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM"
            "_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST"
            "_CHANGED,LEID,EUID,NOTES,TAGS\n"
            "in-0@t,2,,,2024-01-01 10:00:00,1.1.1.1,,,,,,,,2024-01-01 10:"
            '00:00,1,x,,"a"""\n'
            "in-1@t,2,,,2024-01-01 10:00:00,1.1.1.1,,,,,,,,2024-01-01 10:00:00,1,x,,\n"
        ),
    ),
    (
        "good-firm.csv",
        "utf-8",
        (
            "email,Firma,Abteilung,Werbekanal,Spende,Abo-Nummer\n"
            "in-0@t,X,Marketing,Web,10,1\n"
            "in-1@t,Y,,Web,,2\n"
        ),
    ),
    (
        "good-company.csv",
        "utf-8",
        (
            "email,Department,Job title,Marketing region\n"
            "in-0@t,Marketing,VP Marketing,EMEA\n"
            "in-1@t,Sales,None,APAC\n"
        ),
    ),
    (
        "good-notes.csv",
        "utf-8",
        "email,Notes,Comments\nin-0@t,asked about spam,likes it\nin-1@t,no,yes\n",
    ),
    (
        "good-event.csv",
        "utf-8",
        "email,Status of order,Order type\nin-0@t,shipped,web\nin-1@t,open,web\n",
    ),
    (
        "good-sg.csv",
        "utf-8",
        (
            "email,first_name,last_name,address_line_1,city,country,posta"
            "l_code,phone_number,whatsapp,line,facebook,unique_name,creat"
            "ed_at,updated_at\n"
            "in-0@t,A,B,x,y,z,1,2,,,,,2024-01-01,2024-01-01\n"
        ),
    ),
    (
        "r2-02.csv",
        "utf-8",
        ("Email,Name,Unsubscribed?,Reason\nin-a@t,A,No,\nl@t,L,Yes,too many\n"),
    ),
    (
        "r2-03.csv",
        "utf-8",
        ("Email,Date Subscribed,Date Removed\nin-a@t,2024-01-01,\nl@t,2024-01-01,2024-04-01\n"),
    ),
    (
        "r2-04.csv",
        "utf-8",
        ("email,name,opted_out_at\nin-a@t,A,\nl@t,L,1700000000\n"),
    ),
    (
        "r2-05.csv",
        "utf-8",
        ("email,name,is_unsubscribed\nin-a@t,A,False\nl@t,L,True\n"),
    ),
    (
        "r2-07.csv",
        "utf-8",
        (
            "email,name,emailOptOut,mailStatus\n"
            "in-a@t,A,false,OK\n"
            "l@t,L,true,OK\n"
            "m@t,M,false,Bounced\n"
        ),
    ),
    (
        "r2-09.csv",
        "utf-8",
        ("email,subscriber_state\nin-a@t,active\nl@t,cancelled\nu@t,unconfirmed\n"),
    ),
    (
        "r2-10.csv",
        "utf-8",
        (
            "Email Address,Email Status,Email Status Reason\n"
            "in-a@t,Subscribed,\n"
            "l@t,Unsubscribed,Unsubscribed by admin\n"
        ),
    ),
    (
        "r2-11.csv",
        "utf-8",
        ("email,name,receive_mail\nin-a@t,A,yes\nl@t,L,no\n"),
    ),
    (
        "r2-12.csv",
        "utf-8",
        ("email,name,wants newsletter\nin-a@t,A,1\nl@t,L,0\n"),
    ),
    (
        "r2-19.csv",
        "utf-8",
        ("email,name,Email valid\nin-a@t,A,yes\nl@t,L,no\n"),
    ),
    (
        "r2-20.csv",
        "utf-8",
        (
            "email,name,verification_result\n"
            "in-a@t,A,deliverable\n"
            "l@t,L,undeliverable\n"
            "m@t,M,invalid\n"
        ),
    ),
    (
        "r2-21.csv",
        "utf-8",
        ("email,name,result\nin-a@t,A,valid\nl@t,L,invalid\n"),
    ),
    (
        "r2-23.csv",
        "utf-8",
        ("courriel,nom,désabonnement\nin-a@t,A,non\nl@t,L,oui\n"),
    ),
    (
        "r2-24.csv",
        "utf-8",
        ("courriel;nom;date de désinscription;bounce\nin-a@t;A;;0\nl@t;L;12/03/2024;0\nb@t;B;;1\n"),
    ),
    (
        "r2-25.csv",
        "utf-8",
        ("correo,nombre,boletín\nin-a@t,A,Sí\nl@t,L,No\n"),
    ),
    (
        "r2-27.csv",
        "utf-8",
        ("E-Mail,Name,Möchten Sie den Newsletter erhalten?\nin-a@t,A,Ja\nl@t,L,Nein\n"),
    ),
    (
        "r2-32.csv",
        "utf-8",
        (
            "メールアドレス,氏名,メルマガ受信,退会フラグ\n"
            "in-a@t,山,する,0\n"
            "l@t,田,しない,0\n"
            "m@t,川,する,1\n"
        ),
    ),
    (
        "r2-34.csv",
        "utf-8",
        ("邮箱,姓名,是否退订\nin-a@t,王,否\nl@t,李,是\n"),
    ),
    (
        "r2-35.csv",
        "utf-8",
        ("邮箱,姓名,接收邮件\nin-a@t,王,是\nl@t,李,否\n"),
    ),
    (
        "r2-36.csv",
        "utf-8",
        ("이메일,이름,수신동의\nin-a@t,김,Y\nl@t,이,N\n"),
    ),
    (
        "r2-37.csv",
        "utf-8",
        ("Email,Name,SUBSCRIBED (Y/N)\nin-a@t,A,Y\nl@t,L,N\n"),
    ),
    (
        "r2-38.csv",
        "utf-8",
        ("Email,Name,subscribed,subscribed\nin-a@t,A,1,1\nl@t,L,1,0\n"),
    ),
    (
        "r2-39.csv",
        "utf-8",
        ("Email,Status,Email\nin-a@t,active,\nl@t,unsubscribed,\n"),
    ),
    (
        "r2-40.csv",
        "utf-8",
        ("Email,Name,Status\na@t,A,Active\nA@t,A,Unsubscribed\n"),
    ),
    (
        "r2-41.csv",
        "utf-8",
        ("Email,Name,Stato consenso\nin-a@t,A,Concesso\nl@t,L,Revocato\n"),
    ),
    (
        "r2-43.csv",
        "utf-8",
        (
            "Email,Name,Email Opt-In Status,Opt-Out Source\n"
            "in-a@t,A,Opted In,\n"
            "l@t,L,Opted Out,Webform\n"
        ),
    ),
    (
        "r2-46.csv",
        "utf-8",
        ("Email,Name,Do not mail,Do-Not-Email\nin-a@t,A,No,No\nl@t,L,Yes,No\nm@t,L,No,Yes\n"),
    ),
    (
        "r2-47.csv",
        "utf-8",
        ("Email,Name,Exclude from mailings\nin-a@t,A,No\nl@t,L,Yes\n"),
    ),
    (
        "r2-48.csv",
        "utf-8",
        ("Email,Name,Opt In,Opt Out\nin-a@t,A,Yes,No\nl@t,L,Yes,Yes\nm@t,M,No,No\n"),
    ),
    (
        "r2-49.csv",
        "utf-8",
        ("Email,Name,Bounce type\nin-a@t,A,\nb@t,B,Hard\n"),
    ),
    (
        "r2-53.csv",
        "utf-8",
        ("Email,Name,active\nin-a@t,A,1.0\nl@t,B,0.0\n"),
    ),
    (
        "r2-54.csv",
        "utf-8",
        ("Email,Name,Unsubscribed\nin-a@t,A,0.0\nl@t,B,1.0\n"),
    ),
    (
        "r2-55.csv",
        "utf-8",
        ("Email,Name,opt_in\nin-a@t,A,TRUE \nl@t,B, FALSE\n"),
    ),
    (
        "r2-56.csv",
        "utf-8",
        ("Email,Name,opt_in\nin-a@t,A,'true\nl@t,B,'false\n"),
    ),
    (
        "r2-57.csv",
        "utf-8",
        ('Email,Name,Subscribed\nin-a@t,A,"=""TRUE"""\nl@t,B,"=""FALSE"""\n'),
    ),
    (
        "r2-58.csv",
        "utf-8",
        ("Email,Name,Stop\nin-a@t,A,\nl@t,B,x\n"),
    ),
    (
        "r2-61.csv",
        "utf-8",
        ("Email,Name,unsubscribed lists\nin-a@t,A,\nl@t,B,News\n"),
    ),
    (
        "good-contact.csv",
        "utf-8",
        (
            "email,Contact,Contact owner,Contact ID,Contact type,Company contact\n"
            "in-0@t,Bob,none,1,person,n/a\n"
            "in-1@t,none,none,2,person,-\n"
        ),
    ),
    (
        "good-mails.csv",
        "utf-8",
        (
            "email,Email opened,Email clicked,Last email sent,Html email,"
            "Email domain,Email type\n"
            "in-0@t,yes,no,2024-01-01,yes,x,html\n"
            "in-1@t,no,no,,no,y,text\n"
        ),
    ),
    (
        "good-info.csv",
        "utf-8",
        (
            "email,Information,Additional info,News source\n"
            "in-0@t,n/a,none,Blog\n"
            "in-1@t,hello,foo,Radio\n"
        ),
    ),
    (
        "good-sent.csv",
        "utf-8",
        ("email,Sent,Opens,Clicks,Received\nin-0@t,5,1,0,5\nin-1@t,4,0,0,4\n"),
    ),
)

#: The same, of files that must be asked about.
ASKED = (
    (
        "lists-empty.csv",
        "utf-8",
        'email,name,lists\nin-a@t,A,"[""News""]"\nl@t,L,\n',
    ),
    (
        "lists-empty2.csv",
        "utf-8",
        "email,name,status,lists\nin-a@t,A,enabled,News\nl@t,L,enabled,\nm@t,M,enabled,[]\n",
    ),
    (
        "lists-empty3.csv",
        "utf-8",
        "email,name,Subscribed lists\nin-a@t,A,News\nl@t,L,\n",
    ),
    (
        "getresponse.csv",
        "utf-8",
        (
            "email,name,Status,Removal reason,Removed on\n"
            "in-a@t,A,,,\n"
            "l@t,L,removed,unsubscribed,2024-01-01\n"
        ),
    ),
    (
        "wix.csv",
        "utf-8",
        (
            "Email,Email subscriber status,Email deliverability status\n"
            "in-a@t,Subscribed,Valid\n"
            "n@t,Never subscribed,Valid\n"
            "l@t,Unsubscribed,Valid\n"
            "b@t,Subscribed,Bounced\n"
            "z@t,Subscribed,Inactive\n"
            "in-q@t,Subscribed,Unknown\n"
        ),
    ),
    (
        "wp-newsletter-de.csv",
        "utf-8",
        "email;name;Newsletter;Kündigungsdatum\nin-a@t;A;ja;\nl@t;L;nein;\nk@t;K;ja;31.01.2024\n",
    ),
    (
        "de-x.csv",
        "utf-8",
        "E-Mail;Name;Newsletter (x)\nin-a@t;A;x\nl@t;L;\n",
    ),
    (
        "end.csv",
        "utf-8",
        "email,name,start_date,end_date\nin-a@t,A,2024-01-01,\nl@t,L,2024-01-01,2024-05-01\n",
    ),
    (
        "tags.csv",
        "utf-8",
        'email,name,tags\nin-a@t,A,vip\nl@t,L,"vip, unsubscribed"\nm@t,M,do-not-email\n',
    ),
    (
        "r2-01.csv",
        "utf-8",
        (
            "E-Mail;Anrede;Vorname;Newsletter-Abo;Abo beendet am\n"
            "in-a@t;Frau;Ann;Ja;\n"
            "l@t;Herr;Lou;Nein;\n"
            "m@t;Herr;M;Ja;12.05.2023\n"
        ),
    ),
    (
        "r2-06.csv",
        "utf-8",
        (
            "email,name,unsubscribed_from_newsletter,emails_enabled\n"
            "in-a@t,A,0,1\n"
            "l@t,L,1,1\n"
            "m@t,M,0,0\n"
        ),
    ),
    (
        "r2-08.csv",
        "utf-8",
        ("email;name;status_id\nin-a@t;A;1\nl@t;L;2\n"),
    ),
    (
        "r2-13.csv",
        "utf-8",
        ("email,name,send_email,sendEmails\nin-a@t,A,1,1\nl@t,L,0,1\nm@t,L,1,0\n"),
    ),
    (
        "r2-14.csv",
        "utf-8",
        ("email,name,mailing\nin-a@t,A,ja\nl@t,L,nein\n"),
    ),
    (
        "r2-15.csv",
        "utf-8",
        ("email,name,contactable\nin-a@t,A,Y\nl@t,L,N\n"),
    ),
    (
        "r2-16.csv",
        "utf-8",
        ("email,name,ok_to_email\nin-a@t,A,Y\nl@t,L,N\n"),
    ),
    (
        "r2-17.csv",
        "utf-8",
        ("email,name,allow_email,Allow Marketing\nin-a@t,A,Y,Y\nl@t,L,N,Y\nm@t,L,Y,N\n"),
    ),
    (
        "r2-18.csv",
        "utf-8",
        ("email,name,Mail?\nin-a@t,A,x\nl@t,L,\n"),
    ),
    (
        "r2-22.csv",
        "utf-8",
        ("email,name,last_event\nin-a@t,A,open\nl@t,L,unsubscribe\nb@t,B,bounce\n"),
    ),
    (
        "r2-26.csv",
        "utf-8",
        ("correo,nombre,¿Desea recibir correos?\nin-a@t,A,Sí\nl@t,L,No\n"),
    ),
    (
        "r2-28.csv",
        "utf-8",
        ("E-mail,Nom,Souhaitez-vous recevoir nos e-mails ?\nin-a@t,A,Oui\nl@t,L,Non\n"),
    ),
    (
        "r2-29.csv",
        "utf-8",
        ("E-mail,Nome,Deseja receber novidades?\nin-a@t,A,Sim\nl@t,L,Não\n"),
    ),
    (
        "r2-30.csv",
        "utf-8",
        ("Email,Name,May we contact you?\nin-a@t,A,Yes\nl@t,L,No\n"),
    ),
    (
        "r2-31.csv",
        "utf-8",
        ("Email,Name,Keep me informed\nin-a@t,A,Yes\nl@t,L,No\n"),
    ),
    (
        "r2-33.csv",
        "utf-8",
        ("メールアドレス,氏名,DM可否\nin-a@t,山,可\nl@t,田,不可\n"),
    ),
    (
        "r2-42.csv",
        "utf-8",
        ("Email,Name,Subscription end\nin-a@t,A,\nl@t,L,2024-01-01\n"),
    ),
    (
        "r2-44.csv",
        "utf-8",
        ("Email,Name,Ausgeschieden am\nin-a@t,A,\nl@t,L,01.02.2024\n"),
    ),
    (
        "r2-45.csv",
        "utf-8",
        ("Email,Name,Mitglied seit,Mitglied bis\nin-a@t,A,2020,\nl@t,L,2020,31.12.2023\n"),
    ),
    (
        "r2-50.csv",
        "utf-8",
        ("Email,Name,Email health\nin-a@t,A,Good\nb@t,B,Bounced\n"),
    ),
    (
        "r2-51.csv",
        "utf-8",
        (
            "Email,Name,Status\n"
            "in-a@t,A,Active (imported)\n"
            "l@t,B,Unsubscribed - 2024-01-01\n"
            "x@t,C,Cleaned (hard bounce)\n"
        ),
    ),
    (
        "r2-52.csv",
        "utf-8",
        ("Email,Name,Status\nin-a@t,A,1\nl@t,B,0\n"),
    ),
    (
        "r2-59.csv",
        "utf-8",
        ("Email,Name,Email Communication\nin-a@t,A,Yes\nl@t,B,No\n"),
    ),
    (
        "r2-60.csv",
        "utf-8",
        ("Email,Name,E-Mail-Kontakt erlaubt\nin-a@t,A,Ja\nl@t,B,Nein\n"),
    ),
    (
        "r2-62.csv",
        "utf-8",
        ("Email,Name,Segment\nin-a@t,A,Readers\nl@t,B,Unsubscribers\n"),
    ),
    (
        "r2-63.csv",
        "utf-8",
        ("Email,Name,group\nin-a@t,A,Readers\nl@t,B,Unsubscribed readers\n"),
    ),
)


def given(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write a file as the system called it."""
    file = folder / name
    file.write_bytes(text.replace("@t", "@tideline-mail.com").encode(encoding))
    return file


def active() -> set[str]:
    """Return who would be mailed, by what stands before the @-sign."""
    barred = Suppression.objects.values("key")
    rows = Subscription.objects.filter(state="active").exclude(subscriber__key__in=barred)
    return {key.partition("@")[0] for key in rows.values_list("subscriber__key", flat=True)}


def people_in(text: str) -> set[str]:
    """Return everybody whose address stands in a file."""
    words = re.findall(r"([\w-]+)@t", text)
    return set(words)


@pytest.mark.parametrize(("name", "encoding", "text"), READ, ids=[case[0] for case in READ])
def test_who_left_there_is_not_active_and_nobody_is_lost(
    name: str, encoding: str, text: str, readers: List, tmp_path: Path
) -> None:
    """Every row counts, and exactly those are active who were active there."""
    file = given(tmp_path, name, text, encoding)
    tried = import_file(file, readers, dry_run=True)
    done = import_file(file, readers)

    assert tried.figures() | {"dry_run": False} == done.figures()
    assert done.bad == ()
    assert active() == {person for person in people_in(text) if person.startswith("in-")}


@pytest.mark.parametrize(("name", "encoding", "text"), ASKED, ids=[case[0] for case in ASKED])
def test_what_leaves_it_open_is_asked_about(
    name: str, encoding: str, text: str, readers: List, tmp_path: Path
) -> None:
    """The error names the line and the way out, and nobody is written."""
    with pytest.raises(ImportRejected) as refused:
        import_file(given(tmp_path, name, text, encoding), readers)

    assert refused.value.line
    assert "--status" in refused.value.hint or "--column" in refused.value.hint
    assert not Subscriber.objects.exists()


def test_the_answers_to_the_questions_are_taken(readers: List, tmp_path: Path) -> None:
    """A blank value by name; a column that a person says is about something else."""
    file = given(tmp_path, "a.csv", "email,lists\nin-a@t,News\nl@t,\n")
    import_file(file, readers, told=told_of("", ["=unsubscribed"]))
    assert active() == {"in-a"}

    file = given(tmp_path, "b.csv", "email,tags,mood\nin-b@t,do-not-email,Unsubscribed\n")
    told = told_of("", [], ["attribute=tags", "attribute=mood"])
    import_file(file, readers, told=told)
    assert active() == {"in-a", "in-b"}


def test_a_date_of_ending_is_asked_about_once(readers: List, tmp_path: Path) -> None:
    """However many dates there are; the example to copy makes nobody active."""
    rows = "".join(f"l{day}@t,2024-01-{day:02}\n" for day in range(1, 29))
    file = given(tmp_path, "a.csv", f"email,Subscription end\nin-a@t,\n{rows}")
    with pytest.raises(ImportRejected, match="28 rows, first in line 3") as refused:
        import_file(file, readers)
    assert "--column 'unsubscribed=Subscription end'" in refused.value.hint

    import_file(file, readers, told=told_of("", [], ["unsubscribed=Subscription end"]))
    assert active() == {"in-a"}


def test_a_no_is_never_shown_as_active_in_an_example(readers: List, tmp_path: Path) -> None:
    """People copy what a hint shows."""
    file = given(tmp_path, "a.csv", "email,May we contact you?\nin-a@t,Yes\nl@t,No\n")
    with pytest.raises(ImportRejected) as refused:
        import_file(file, readers)
    assert "--status 'No=unsubscribed'" in refused.value.hint


def test_a_row_that_says_who_left_needs_no_second_answer(readers: List, tmp_path: Path) -> None:
    """A blank cell is not asked about where the person left by another."""
    text = "email,status,lists\nin-a@t,enabled,News\nl@t,blocklisted,\n"
    import_file(given(tmp_path, "a.csv", text), readers)
    assert active() == {"in-a"}


DATED = "email,unsubscribed_at\nann@t,2024-03-01 10:00\n"


def person_on(readers: List, name: str = "ann") -> Subscriber:
    """Return somebody who has been on a list for years."""
    person = Subscriber.objects.create(email=f"{name}@tideline-mail.com")
    long_ago = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
    Subscription.objects.create(
        subscriber=person, list=readers, source="form", created_at=long_ago, changed_at=long_ago
    )
    return person


def test_who_came_back_here_after_leaving_there_stays(readers: List, tmp_path: Path) -> None:
    """An old export does not undo a person's own act, and the import says so."""
    person = person_on(readers)
    unsubscribe(person.pk)
    resubscribe(person.pk, [readers.pk])
    done = import_file(given(tmp_path, "a.csv", DATED), readers)

    assert active() == {"ann"}
    assert (done.unchanged, done.newly_unsubscribed) == (1, 0)
    assert any("later came back here themselves" in remark for remark in done.remarks)


@pytest.mark.parametrize(
    "text",
    [
        "email,status\nann@t,unsubscribed\n",
        DATED + "ann@t,yes\n",
        "email,unsubscribed_at,bounced\nann@t,2024-03-01,yes\n",
        f"email,unsubscribed_at\nann@t,{timezone.now():%Y-%m-%d %H:%M}\n",
    ],
    ids=["no date", "one row without a date", "bounced, too", "the same day"],
)
def test_where_no_date_decides_the_file_wins(text: str, readers: List, tmp_path: Path) -> None:
    """Without a date, within a day of it, or where the address itself is bad."""
    person = person_on(readers)
    unsubscribe(person.pk)
    resubscribe(person.pk, [readers.pk])
    import_file(given(tmp_path, "a.csv", text), readers)
    assert active() == set()


def test_who_never_came_back_here_leaves_by_the_file(readers: List, tmp_path: Path) -> None:
    """To be on a list for years, by an import or an editor, is no act of one's own."""
    person_on(readers)
    import_file(given(tmp_path, "a.csv", DATED), readers)
    assert active() == set()


def test_a_reader_whom_a_file_takes_off_leaves_now(readers: List, tmp_path: Path) -> None:
    """Sends that have begun look for those who left since: the file's old date would hide them."""
    before = timezone.now()
    person_on(readers)
    person_on(readers, "bob")
    text = "email,unsubscribed_at,bounced_at\nann@t,2024-03-01,\nbob@t,,2024-03-01\n"
    import_file(given(tmp_path, "a.csv", text), readers)

    assert Subscription.objects.get(state="unsubscribed").changed_at >= before
    assert Suppression.objects.get().created_at >= before
