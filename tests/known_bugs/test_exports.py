"""A mail to everybody of an export of another system: nobody who left there gets it.

What was wrong in Fortnight, and is in most importers (listmonk, Keila, Ghost): status columns
became fields of people who were active. Every file has the shape that the system writes; addresses
that begin with `in-` may be mailed, all others left, bounced, complained or never agreed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsletter.errors import ImportRejected
from newsletter.publishing.models import Issue
from newsletter.sending.models import Send
from newsletter.transports.memory import MemoryTransport
from subscribers.importing.applying import import_file
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscription, Suppression
from tests.known_bugs.conftest import submit_mail

pytestmark = pytest.mark.django_db

#: Starts a send to everybody on the list.
Start = Callable[..., Send]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file; `waiting` are kept as pending, `gone` as unsubscribed, `suppressed` with a reason."""

    name: str
    text: str
    state: str = ""
    waiting: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    suppressed: tuple[tuple[str, str], ...] = ()


def export(
    name: str, text: str, *, state: str = "", waiting: str = "", gone: str = "", **reasons: str
) -> Export:
    """Return an export; people are named by what stands before the @-sign."""
    return Export(
        name=name,
        text=text.replace("@t", "@tideline-mail.com"),
        state=state,
        waiting=frozenset(waiting.split()),
        gone=frozenset(gone.split()),
        suppressed=tuple(
            (person, reason) for reason, people in reasons.items() for person in people.split()
        ),
    )


EXPORTS = (
    export(
        "subscribed_email_audience_export_1.csv",
        '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID,NOTES,TAGS\n'
        'in-a@t,Ann,2,"2020-01-01 10:00:00",,1,x,,\n',
    ),
    export(
        "unsubscribed_email_audience_export_1.csv",
        '"Email Address","First Name",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID\n'
        'left@t,Lea,"2024-03-01 10:00:00","Issue 3",NORMAL,1\n'
        'angry@t,Ada,"2024-03-01 10:00:00","Issue 3",ABUSE,2\n',
        gone="left angry",
        complained="angry",
    ),
    export(
        "cleaned_email_audience_export_1.csv",
        '"Email Address","First Name",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\n'
        'dead@t,Bo,"2024-03-01 10:00:00",Issue 3\n',
        bounced="dead",
    ),
    export(
        "mailchimp-contacts.csv",
        "Email Address,Contact Status\nin-a@t,Subscribed\nl@t,Unsubscribed\nn@t,Non-Subscribed\n"
        "c@t,Cleaned\na@t,Archived\n",
        gone="l n a",
        bounced="c",
    ),
    export(
        "ghost.csv",
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
        "deleted_at,labels,tiers\n"
        "1,in-a@t,A,,true,false,,2024-01-15T10:00:00.000Z,,,\n"
        "2,l@t,L,,false,false,,2024-01-15T10:00:00.000Z,,,\n"
        "3,d@t,D,,true,false,,2024-01-15T10:00:00.000Z,2025-01-15T10:00:00.000Z,,\n",
        gone="l d",
    ),
    export(
        "substack.csv",
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "in-free@t,false,,,false,2024-01-15T10:00:00.000Z,\n"
        "in-paid@t,true,2027-01-01,yearly,false,2024-01-15T10:00:00.000Z,2024-01-16\n"
        "l@t,false,,,true,2024-01-15T10:00:00.000Z,\n",
        gone="l",
    ),
    export(
        "beehiiv.csv",
        "id,email,status,created_at,subscription_tier,utm_source\n1,in-a@t,active,2024-01-01,free,\n"
        "2,l@t,inactive,2024-01-01,free,\n3,w@t,pending,2024-01-01,free,\n"
        "4,v@t,validating,2024-01-01,free,\n5,x@t,invalid,2024-01-01,free,\n",
        gone="l",
        waiting="w v",
        invalid="x",
    ),
    export(
        "kit.csv",
        "subscriber_id,first_name,email,status,created_at,tags\n1,A,in-a@t,active,2024-01-01,\n"
        "2,C,c@t,cancelled,2024-01-01,\n3,B,b@t,bounced,2024-01-01,\n"
        "4,S,s@t,complained,2024-01-01,\n5,U,u@t,inactive,2024-01-01,\n"
        "6,K,in-cold@t,cold,2024-01-01,\n",
        gone="c",
        waiting="u",
        bounced="b",
        complained="s",
    ),
    export(
        "buttondown.csv",
        "email_address,type,creation_date,unsubscription_date,undeliverability_date,notes,tags\n"
        "in-a@t,regular,2024-01-01,,,,\nin-p@t,premium,2024-01-01,,,,\n"
        "in-c@t,churning,2024-01-01,,,,\nw@t,unactivated,2024-01-01,,,,\n"
        "l@t,unsubscribed,2024-01-01,2024-02-01,,,\nd@t,undeliverable,2024-01-01,,2024-02-02,,\n"
        "z@t,spammy,2024-01-01,,,,\nr@t,removed,2024-01-01,,,,\nk@t,complained,2024-01-01,,,,\n",
        gone="l r",
        waiting="w",
        bounced="d",
        manual="z",
        complained="k",
    ),
    export(
        "brevo.csv",
        "EMAIL;FIRSTNAME;BLACKLIST;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME\n"
        "in-a@t;A;0;1;2024-01-01;2024-01-01\nb@t;B;1;0;2024-01-01;2024-01-01\n",
        manual="b",
    ),
    export(
        "brevo-blocklisted-words.csv".replace("blocklisted-", ""),
        "CONTACT ID,EMAIL,EMAIL_MARKETING,SMS_MARKETING,ADDED_TIME\n"
        "1,in-a@t,Subscribed,,2024-01-01\n2,b@t,Unsubscribed,,2024-01-01\n",
        gone="b",
    ),
    export(
        "activecampaign.csv",
        "Contact ID,Email,First Name,Date Created,Status,Tags\n1,in-a@t,A,2024-01-01,Active,\n"
        "2,w@t,W,2024-01-01,Unconfirmed,\n3,l@t,L,2024-01-01,Unsubscribed,\n"
        "4,b@t,B,2024-01-01,Bounced,\n",
        gone="l",
        waiting="w",
        bounced="b",
    ),
    export(
        "activecampaign-codes.csv",
        "Contact ID,Email,Date Created,Status\n1,in-a@t,2024-01-01,1\n2,w@t,2024-01-01,0\n"
        "3,l@t,2024-01-01,2\n4,b@t,2024-01-01,3\n",
        gone="l",
        waiting="w",
        bounced="b",
    ),
    export(
        "campaignmonitor.csv",
        "Email Address,Name,State,Date Subscribed,Date Unsubscribed\nin-a@t,A,Active,2024-01-01,\n"
        "l@t,L,Unsubscribed,2024-01-01,2024-05-06\nb@t,B,Bounced,2024-01-01,\n"
        "d@t,D,Deleted,2024-01-01,\nw@t,W,Unconfirmed,2024-01-01,\n",
        gone="l d",
        bounced="b",
        waiting="w",
    ),
    export(
        "constantcontact.csv",
        "Email address,Email status,Email permission status,Email Opt-out Date,Opt-out Reason\n"
        "in-a@t,Active,Express,,\nl@t,Unsubscribed,,2024-02-03,no time\n"
        "w@t,Awaiting Confirmation,Pending confirmation,,\nn@t,No Permissions Set,,,\n".replace(
            "Unsubscribed,,", "Unsubscribed,Opted out,"
        ).replace("No Permissions Set,,", "No Permissions Set,No permission,"),
        gone="l n",
        waiting="w",
    ),
    export(
        "aweber.csv",
        "Email,Name,Status,Date Added,Stop Time,Stop Status\n"
        "in-a@t,A,Subscribed,2024-01-01,,Active\n"
        "l@t,L,Unsubscribed,2024-01-01,2024-04-04,Unsubscribed\n"
        "w@t,W,Unconfirmed,2024-01-01,,Pending\n",
        gone="l",
        waiting="w",
    ),
    export(
        "mailerlite.csv",
        "Subscriber,Name,Status,Subscribed,Unsubscribed\nin-a@t,A,Active,2024-01-01 10:00:00,\n"
        "l@t,L,Unsubscribed,2024-01-01 10:00:00,2024-03-03 10:00:00\n"
        "w@t,W,Unconfirmed,2024-01-01 10:00:00,\nb@t,B,Bounced,2024-01-01 10:00:00,\n"
        "j@t,J,Junk,2024-01-01 10:00:00,\n",
        gone="l",
        waiting="w",
        bounced="b",
        complained="j",
    ),
    export(
        "klaviyo.csv",
        "Email,First Name,Email Marketing Consent,Email Marketing Consent Timestamp,"
        "Email Suppressions,SMS Marketing Consent\n"
        "in-a@t,A,SUBSCRIBED,2024-01-01,[],NEVER_SUBSCRIBED\n"
        "l@t,L,UNSUBSCRIBED,2024-01-01,[],\nn@t,N,NEVER_SUBSCRIBED,,[],\n"
        "b@t,B,SUBSCRIBED,2024-01-01,['HARD_BOUNCE'],\n"
        "s@t,S,SUBSCRIBED,2024-01-01,['SPAM_COMPLAINT'],\n"
        "u@t,U,SUBSCRIBED,2024-01-01,['USER_SUPPRESSED'],\n",
        gone="l n",
        bounced="b",
        complained="s",
        manual="u",
    ),
    export(
        "hubspot.csv",
        "Record ID,Email,First Name,Unsubscribed from all email,Opted out of email: One to One,"
        "Email hard bounce reason,Marketing contact status,Lead Status\n"
        "1,in-a@t,A,,,,Marketing contact,OPEN\n2,u@t,U,true,,,Marketing contact,NEW\n"
        "3,o@t,O,,true,,Marketing contact,NEW\n4,b@t,B,,,Mailbox unknown,Marketing contact,NEW\n"
        "5,n@t,N,,,,Non-marketing contact,NEW\n",
        gone="u o n",
        bounced="b",
    ),
    export(
        "hubspot-portal.csv",
        "Email,Portal Bounce,Portal Unsubscribe,Portal Spam Report,Global Bounce\n"
        "in-a@t,,,,\nb@t,User unknown,,,\nu@t,,TRUE,,\ns@t,,,TRUE,\ng@t,,,,TRUE\n",
        gone="u",
        bounced="b g",
        complained="s",
    ),
    export(
        "listmonk.csv",
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        'a,in-a@t,A,"{""city"": ""Kiel""}",enabled,2024-01-01,2024-01-01\n'
        "b,d@t,D,{},disabled,2024-01-01,2024-01-01\nc,b@t,B,{},blocklisted,2024-01-01,2024-01-01\n",
        gone="d",
        manual="b",
    ),
    export(
        "keila.csv",
        "Email,First name,Last name,Data,Status,External ID\nin-a@t,A,K,{},active,\n"
        "l@t,L,K,,unsubscribed,\nu@t,U,K,,unreachable,\n",
        gone="l",
        bounced="u",
    ),
    export(
        "mailtrain.csv",
        "CID,EMAIL,FIRST_NAME,STATUS\na,in-a@t,A,1\nb,l@t,L,2\nc,b@t,B,3\nd,s@t,S,4\n",
        gone="l",
        bounced="b",
        complained="s",
    ),
    export(
        "phplist.csv",
        "id,email,confirmed,blacklisted,optedin,bouncecount,htmlemail,disabled\n"
        "1,in-a@t,1,0,0,0,1,0\n2,w@t,0,0,0,0,1,0\n3,b@t,1,1,0,2,1,0\n4,d@t,1,0,0,0,1,1\n",
        gone="d",
        waiting="w",
        manual="b",
    ),
    export(
        "mailpoet.csv",
        "Email,First name,List Status,Global Status,Confirmed at\n"
        "in-a@t,A,Subscribed,Subscribed,2024-01-01\nl@t,L,Subscribed,Unsubscribed,2024-01-01\n"
        "m@t,M,Unsubscribed,Subscribed,2024-01-01\nw@t,W,Unconfirmed,Unconfirmed,\n"
        "i@t,I,Subscribed,Inactive,2024-01-01\nb@t,B,Subscribed,Bounced,\n",
        gone="l m i",
        waiting="w",
        bounced="b",
    ),
    export(
        "sendy.csv",
        "name,email,unsubscribed,bounced,complaint,confirmed\nA,in-a@t,0,0,0,1\nL,l@t,1,0,0,1\n"
        "B,b@t,0,1,0,1\nS,s@t,0,0,1,1\nW,w@t,0,0,0,0\n",
        gone="l",
        bounced="b",
        complained="s",
        waiting="w",
    ),
    export(
        "shopify.csv",
        "Customer ID,First Name,Email,Accepts Email Marketing,State,Accepts SMS Marketing,Tags\n"
        "1,A,in-a@t,yes,disabled,no,vip\n2,B,n@t,no,enabled,yes,\n",
        gone="n",
    ),
    export(
        "sendgrid_unsubscribes.csv",
        "email,created\nl@t,1700000000\n",
        state="unsubscribed",
        gone="l",
    ),
    export(
        "suppression_bounces.csv",
        "status,reason,email,created\n5.1.1,550 no such user,b@t,1700000000\n",
        bounced="b",
    ),
    export(
        "suppression_blocks.csv",
        "status,reason,email,created\n5.7.1,policy,b@t,1700000000\n",
        state="suppressed",
        manual="b",
    ),
    export(
        "spam_reports.csv",
        "ip,email,created\n192.0.2.1,s@t,1700000000\n",
        state="complained",
        complained="s",
    ),
    export(
        "invalid_emails.csv",
        "reason,email,created\nbad syntax,i@t,1700000000\n",
        state="invalid",
        invalid="i",
    ),
    export(
        "postmark.csv",
        "EmailAddress,SuppressionReason,Origin,CreatedAt\n"
        "b@t,HardBounce,Recipient,2024-01-01T00:00:00Z\n"
        "s@t,SpamComplaint,Recipient,2024-01-01T00:00:00Z\n"
        "m@t,ManualSuppression,Customer,2024-01-01T00:00:00Z\n",
        bounced="b",
        complained="s",
        manual="m",
    ),
    export(
        "japanese.csv",
        "メールアドレス,氏名,配信希望,配信停止日,会員区分\nin-a@t,山田 太郎,はい,,一般\n"
        "l@t,山田 花子,いいえ,,一般\nd@t,佐藤 一,はい,2024年3月1日,一般\n",
        gone="l d",
    ),
    export(
        "french.csv",
        "Adresse e-mail;Prénom;Nom;Statut;Désinscrit le\nin-a@t;Ann;E;Abonné;\n"
        "l@t;Lou;E;Désabonné;01/03/2024\nb@t;Bo;E;Rejeté;\n",
        gone="l",
        bounced="b",
    ),
    export(
        "german.csv",
        "E-Mail-Adresse;Vorname;Name;Aktiv;Abgemeldet am\nin-a@t;Ann;Ember;WAHR;\n"
        "l@t;Lou;Ember;WAHR;31.12.2024\nm@t;Max;Ember;FALSCH;\n",
        gone="l m",
    ),
)


def given(folder: Path, name: str, text: str) -> Path:
    """Write a file as the system called it."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("case", EXPORTS, ids=lambda case: case.name)
def test_nobody_who_left_there_is_mailed_here(
    case: Export, readers: List, issue: Issue, start: Start, tmp_path: Path
) -> None:
    """A mail to everybody reaches who may be mailed, and the others are kept for what they are."""
    file = given(tmp_path, case.name, case.text)
    tried = import_file(file, readers, dry_run=True, told=told_of(case.state))
    done = import_file(file, readers, told=told_of(case.state))
    again = import_file(file, readers, told=told_of(case.state))

    assert tried.figures() | {"dry_run": False} == done.figures()
    assert again.added == again.pending == again.newly_unsubscribed == again.newly_suppressed == 0
    assert states("unsubscribed") == case.gone
    assert states("pending") == case.waiting
    kept = dict(Suppression.objects.values_list("key", "reason"))
    assert {key.partition("@")[0]: why for key, why in kept.items()} == dict(case.suppressed)
    assert mailed(start) == {person for person in people_in(case) if person.startswith("in-")}


def mailed(start: Start) -> set[str]:
    """Send an issue to everybody, and return who got it; a list of nobody is not sent to."""
    if not Subscription.objects.filter(state="active").exists():
        return set()
    start()
    transport = MemoryTransport()
    submit_mail(transport)
    return {
        person.address.partition("@")[0]
        for _letter, people in transport.submitted
        for person in people
    }


def states(state: str) -> set[str]:
    """Return who is on the list in a state."""
    rows = Subscription.objects.filter(state=state)
    return {key.partition("@")[0] for key in rows.values_list("subscriber__key", flat=True)}


def people_in(case: Export) -> set[str]:
    """Return everybody whose address stands in a file."""
    words = case.text.replace(";", ",").replace("\n", ",").split(",")
    return {word.partition("@")[0] for word in words if word.endswith("@tideline-mail.com")}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unsubscribed_segment_export_1.csv", "Email Address,First Name\nl@t,L\n"),
        ("cleaned_members.csv", "email\nl@t\n"),
        ("nonsubscribed_export.csv", "Email Address\nl@t\n"),
        ("suppression_group_3.csv", "email\nl@t\n"),
        ("blocks.csv", "email,created\nl@t,1700000000\n"),
        ("export.csv", "email,created\nl@t,1700000000\n"),
        ("export.csv", "email,reason\nl@t,no thanks\n"),
        ("export.csv", "address,tags,created_at\nl@t,*,2024-01-01\n"),
        ("Abgemeldete (2024).csv".replace("Abgemeldete", "Abgemeldet"), "E-Mail\nl@t\n"),
        ("配信停止リスト.csv", "メールアドレス\nl@t\n"),
        ("désabonnés.csv", "Courriel\nl@t\n"),
    ],
)
def test_a_file_that_says_who_left_makes_nobody_active(
    readers: List, tmp_path: Path, name: str, text: str
) -> None:
    """By its name or its columns; `--as` is offered, and taken."""
    file = given(tmp_path, name, text.replace("@t", "@tideline-mail.com"))
    with pytest.raises(ImportRejected) as refused:
        import_file(file, readers)

    assert "--as " in refused.value.hint
    assert not Subscription.objects.exists()
    import_file(file, readers, told=told_of("unsubscribed"))
    assert states("unsubscribed") == {"l"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("email,status\na@t,VIP\nb@t,VIP\nc@t,active\n", "'VIP' (2 rows, first in line 2)"),
        ("email,status\na@t,1\n", "'1' (1 row, in line 2)"),
        ("email,status\na@t,active\nb@t,\n", "'' (1 row, in line 3)"),
        ("email,status\na@t,soft bounce\n", "'soft bounce'"),
        ("email,subscribed\na@t,perhaps\n", "'perhaps'"),
        ("email,bounced\na@t,3\n", "'3'"),
        ("email,Cancel date\na@t,2024-01-01\n", "2024-01-01"),
    ],
)
def test_an_unknown_value_is_asked_about(
    readers: List, tmp_path: Path, text: str, named: str
) -> None:
    """The file is refused with all such values, and says how to tell what they mean."""
    file = given(tmp_path, "readers.csv", text.replace("@t", "@tideline-mail.com"))
    with pytest.raises(ImportRejected) as refused:
        import_file(file, readers)

    assert named in str(refused.value)
    assert "--status" in refused.value.hint or "--column" in refused.value.hint
    assert "--column" in refused.value.hint
    assert not Subscription.objects.exists()


def test_a_person_says_what_a_value_means(readers: List, tmp_path: Path) -> None:
    """`--status VALUE=STATE`, also of a blank one; what takes people off cannot be undone by it."""
    text = "email,status\na@t,VIP\nb@t,guest\nc@t,\nd@t,unsubscribed\n"
    file = given(tmp_path, "readers.csv", text.replace("@t", "@tideline-mail.com"))

    import_file(file, readers, told=told_of("", ["vip=active", "guest=pending", "=unsubscribed"]))

    assert (states("active"), states("pending")) == ({"a"}, {"b"})
    assert states("unsubscribed") == {"c", "d"}
    with pytest.raises(ImportRejected, match="not brought back"):
        import_file(file, readers, told=told_of("", ["unsubscribed=active"]))


def test_what_is_said_of_a_blank_is_said_of_columns_where_it_is_unclear(
    readers: List, tmp_path: Path
) -> None:
    """A date of leaving that is blank still means that nobody left, and no example is a blank."""
    text = "email,status,deleted_at\na@t,active,\nb@t,,\nc@t,odd,\n"
    file = given(tmp_path, "readers.csv", text.replace("@t", "@tideline-mail.com"))

    with pytest.raises(ImportRejected) as refused:
        import_file(file, readers)
    import_file(file, readers, told=told_of("", ["=unsubscribed", "odd=pending"]))

    assert "--status 'odd=unsubscribed'" in refused.value.hint
    assert (states("active"), states("unsubscribed")) == ({"a"}, {"b"})


def test_left_wins_in_any_order_and_over_what_is_here(readers: List, tmp_path: Path) -> None:
    """A row that says so counts before or behind one that does not, and ends what was active."""
    first = given(tmp_path, "first.csv", "email\nhere@tideline-mail.com\n")
    import_file(first, readers)
    text = (
        "email,status\na@t,active\nA@t,unsubscribed\nb@t,bounced\nb@t,active\n"
        "here@t,unsubscribed\nc@t,active\n"
    )
    import_file(given(tmp_path, "x.csv", text.replace("@t", "@tideline-mail.com")), readers)

    assert states("unsubscribed") == {"a", "here"}
    assert states("active") == {"c"}
    assert Suppression.objects.get().reason == "bounced"
    import_file(first, readers, told=told_of("active"))
    assert "here" in states("unsubscribed")


def test_a_word_for_leaving_in_any_other_column_is_asked_about(
    readers: List, tmp_path: Path
) -> None:
    """Nobody knows what the column `Marker` is; but a cell of it says "unsubscribed"."""
    text = "email,Marker\na@t,blue\nb@t,Unsubscribed\n".replace("@t", "@tideline-mail.com")
    file = given(tmp_path, "readers.csv", text)
    with pytest.raises(ImportRejected, match="'Marker' says 'Unsubscribed'"):
        import_file(file, readers)

    told = told_of("", ["blue=active"], ["status=Marker"])
    import_file(file, readers, told=told)
    assert (states("active"), states("unsubscribed")) == ({"a"}, {"b"})


def test_the_date_of_leaving_is_kept(readers: List, tmp_path: Path) -> None:
    """Of a status column, or of the one in a list of a sending service."""
    text = "email,UNSUB_TIME\nl@tideline-mail.com,2024-03-01 10:00:00\n"
    import_file(given(tmp_path, "m.csv", text), readers)
    text = "email,created,reason\nb@tideline-mail.com,1700000000,550 no such user\n"
    import_file(given(tmp_path, "b.csv", text), readers, told=told_of("bounced"))

    assert f"{Subscription.objects.get().changed_at:%Y-%m-%d %H:%M}" == "2024-03-01 10:00"
    kept = Suppression.objects.get()
    assert f"{kept.created_at:%Y-%m-%d}" == "2023-11-14"
    assert (kept.source, kept.note) == ("file", "import of b.csv: 550 no such user")


def test_two_tables_in_one_file_are_not_mixed(readers: List, tmp_path: Path) -> None:
    """What was joined by `cat` has columns of another file behind its second line of titles."""
    text = "email,name\na@tideline-mail.com,A\nemail,name\nb@tideline-mail.com,B\n"
    done = import_file(given(tmp_path, "same.csv", text), readers)
    assert done.added == 2
    assert "is repeated" in done.remarks[0]

    other = "Email,UNSUB_TIME\nc@tideline-mail.com,2024-01-01\n"
    with pytest.raises(ImportRejected, match="another table begins"):
        import_file(given(tmp_path, "joined.csv", text + other), readers)
