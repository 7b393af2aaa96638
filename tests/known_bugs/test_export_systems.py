"""Each known system's export, with invented people: what becomes of every row, and since when.

The shapes are those that the systems write (sources: `subscribers/exports/systems.py`). A row is
told by what stands before the @-sign; what is expected of it is a state or a reason, with its date.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from subscribers.exports.systems import SYSTEMS
from subscribers.importing.applying import import_file
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscription, Suppression

pytestmark = pytest.mark.django_db

#: System, file, text, and what is expected, one person a line; `@t` stands for a domain.
CASES: tuple[tuple[str, str, str, str], ...] = (
    (
        "Mailchimp",
        "unsubscribed_members_export_1.csv",
        (
            "Email Address,First Name,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID,"
            "NOTES\n"
            "l@t,L,2018-02-12 10:54:27,2018-07-23 12:19:27,,NORMAL,1,\n"
            "s@t,S,2018-02-12 10:54:27,2019-07-23 12:19:27,Issue 4,ABUSE,2,\n"
        ),
        "l unsubscribed 2018-07-23\ns unsubscribed 2019-07-23\ns complained 2019-07-23",
    ),
    (
        "Mailchimp",
        "cleaned_members_export_1.csv",
        (
            "Email Address,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID\n"
            "b@t,2018-02-05 19:28:23,2020-03-23 17:30:05,,,1\n"
        ),
        "b bounced 2020-03-23",
    ),
    (
        "Ghost",
        "members.csv",
        (
            "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
            "deleted_at,labels,tiers,gift_id\n1,a@t,A,,true,false,,2024-01-15T10:00:00.000Z,,,,\n"
            "2,l@t,L,,false,false,,2024-01-15T10:00:00.000Z,,,,\n"
            "3,d@t,D,,true,false,,2024-01-15T10:00:00.000Z,2025-01-15T10:00:00.000Z,,,\n"
        ),
        "a active\nl unsubscribed\nd unsubscribed 2025-01-15",
    ),
    (
        "Substack",
        "signup_emails.csv",
        (
            "email,active_subscription,expiry,email_disabled,created_at\n"
            "a@t,true,2021-07-06T16:20:44.000Z,false,2018-08-27T15:06:27.713Z\n"
            "l@t,true,2025-06-23T23:41:42.980Z,true,2018-08-29T20:50:03.435Z\n"
            "f@t,,,false,2018-12-19T08:03:04.977Z\n"
        ),
        "a active\nf active\nl unsubscribed",
    ),
    (
        "Beehiiv",
        "members.csv",
        (
            "email,First Name,status,tier,created_at,Free Tier,unsubscribed_at,"
            "Subscription Date (Substack)\n"
            "a@t,A,active,free,2023-03-24 10:23:10 UTC,Yes,,\n"
            "i@t,I,inactive,free,2023-03-24 10:23:10 UTC,Yes,,\n"
            "w@t,W,pending,free,2023-04-11 14:02:46 UTC,Yes,,\n"
            "l@t,L,active,premium,2023-04-11 14:02:46 UTC,No,2024-03-13 11:33:53 UTC,\n"
        ),
        "a active\ni unsubscribed\nw pending\nl unsubscribed 2024-03-13",
    ),
    (
        "Kit (ConvertKit)",
        "kit.csv",
        (
            "subscriber_id,first_name,email,status,created_at,cancelled_at\n"
            "1,A,a@t,active,2024-01-01,\n"
            "2,C,c@t,cancelled,2024-01-01,2024-05-06\n3,W,w@t,inactive,2024-01-01,\n"
        ),
        "a active\nc unsubscribed 2024-05-06\nw pending",
    ),
    (
        "Buttondown",
        "subscribers.csv",
        (
            "email_address,type,creation_date,unsubscription_date,undeliverability_date,bounce_date\n"
            "a@t,regular,2024-01-01,,,\nl@t,unsubscribed,2024-01-01,2024-02-01,,\n"
            "w@t,unactivated,2024-01-01,,,\nu@t,undeliverable,2024-01-01,,2024-02-02,\n"
            "b@t,regular,2024-01-01,,,2024-02-03\n"
        ),
        (
            "a active\nl unsubscribed 2024-02-01\nw pending\nu bounced 2024-02-02\n"
            "b bounced 2024-02-03"
        ),
    ),
    (
        "Brevo (Sendinblue)",
        "brevo.csv",
        (
            "EMAIL;BLACKLIST;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME;DOUBLE_OPT-IN\n"
            "a@t;0;1;01-01-2024;01-01-2024;1\nb@t;1;0;01-01-2024;01-01-2024;1\n"
            "w@t;0;0;01-01-2024;01-01-2024;2\n"
        ),
        "a active\nb manual\nw pending",
    ),
    (
        "ActiveCampaign",
        "contacts.csv",
        (
            "Contact ID,Email,Date Created,Status,Unsubscribed Date\n1,a@t,2024-01-01,Active,\n"
            "2,l@t,2024-01-01,Unsubscribed,2024-03-04\n3,b@t,2024-01-01,Bounced,\n"
            "4,w@t,2024-01-01,Unconfirmed,\n"
        ),
        "a active\nl unsubscribed 2024-03-04\nb bounced\nw pending",
    ),
    (
        "Campaign Monitor",
        "cm.csv",
        (
            "Email Address,Name,State,Date Subscribed,Date Unsubscribed,Date Bounced\n"
            "a@t,A,Active,2024-01-01,,\nl@t,L,Unsubscribed,2024-01-01,2024-05-06,\n"
            "b@t,B,Bounced,2024-01-01,,2024-06-07\nd@t,D,Deleted,2024-01-01,,\n"
        ),
        "a active\nl unsubscribed 2024-05-06\nb bounced 2024-06-07\nd unsubscribed",
    ),
    (
        "Constant Contact",
        "cc.csv",
        (
            "Email address,First name,Email status,Email permission status,Email Lists,"
            "Email Opt-out Date\n"
            "a@t,A,Active,Express,News,\nl@t,L,Unsubscribed,Opted out,News,2024-02-03\n"
            "w@t,W,Awaiting Confirmation,Pending confirmation,News,\n"
            "n@t,N,No Permissions Set,No permission,News,\ne@t,E,,Implied,News,\n"
        ),
        "a active\nl unsubscribed 2024-02-03\nw pending\nn unsubscribed\ne unsubscribed",
    ),
    (
        "AWeber",
        "aweber.csv",
        (
            "Email,Name,Status,Date Added,Stop Time,Stop Status\na@t,A,Subscribed,2024-01-01,,\n"
            "l@t,L,Unsubscribed,2024-01-01,2024-04-04,Unsubscribed\nw@t,W,Unconfirmed,2024-01-01,,\n"
        ),
        "a active\nl unsubscribed 2024-04-04\nw pending",
    ),
    (
        "MailerLite",
        "ml.csv",
        (
            "Subscriber,Status,Subscribed,Unsubscribed\na@t,Active,2024-01-01 10:00:00,\n"
            "l@t,Unsubscribed,2024-01-01 10:00:00,2024-03-03 10:00:00\n"
            "w@t,Unconfirmed,2024-01-01 10:00:00,\nb@t,Bounced,2024-01-01 10:00:00,\n"
            "j@t,Junk,2024-01-01 10:00:00,\n"
        ),
        "a active\nl unsubscribed 2024-03-03\nw pending\nb bounced\nj complained",
    ),
    (
        "Klaviyo",
        "klaviyo.csv",
        (
            "Email,Email Marketing Consent,Email Marketing Consent Timestamp,Email Suppressions,"
            "Suppressed\n"
            "a@t,SUBSCRIBED,2024-01-01 10:00:00,[],\nl@t,UNSUBSCRIBED,2024-02-02 10:00:00,[],\n"
            "n@t,NEVER_SUBSCRIBED,,[],\nb@t,SUBSCRIBED,2024-01-01 10:00:00,['HARD_BOUNCE'],\n"
            "s@t,SUBSCRIBED,2024-01-01 10:00:00,[],yes\n"
        ),
        (
            "a active\nl unsubscribed 2024-02-02\nn unsubscribed\nb bounced 2024-01-01\n"
            "s manual 2024-01-01"
        ),
    ),
    (
        "HubSpot",
        "hubspot.csv",
        (
            "Record ID,Email,Unsubscribed from all email,Email hard bounce reason,"
            "Is globally ineligible,"
            "Marketing contact status,Lead Status\n1,a@t,,,,Marketing contact,OPEN\n"
            "2,u@t,true,,,Marketing contact,NEW\n3,b@t,,Unknown user,,Marketing contact,NEW\n"
            "4,n@t,,,,Non-marketing contact,NEW\n5,i@t,,,true,Marketing contact,NEW\n"
        ),
        "a active\nu unsubscribed\nb bounced\nn unsubscribed\ni manual",
    ),
    (
        "listmonk",
        "subscribers.csv",
        (
            "uuid,email,name,attributes,status,created_at,updated_at\nx,a@t,A,{},enabled,2024-01-01,\n"
            "y,d@t,D,{},disabled,2024-01-01,\nz,b@t,B,{},blocklisted,2024-01-01,\n"
        ),
        "a active\nd unsubscribed\nb manual",
    ),
    (
        "Keila",
        "contacts.csv",
        (
            "Email,First name,Last name,Data,Status,External ID\na@t,A,K,{},active,\n"
            "l@t,L,K,,unsubscribed,\nu@t,U,K,,unreachable,\n"
        ),
        "a active\nl unsubscribed\nu bounced",
    ),
    (
        "Mailtrain",
        "subscriptions.csv",
        (
            "cid,status,HASH_EMAIL,EMAIL,MERGE_FIRST_NAME\n1,subscribed,x,a@t,A\n"
            "2,unsubscribed,x,l@t,L\n3,bounced,x,b@t,B\n4,complained,x,s@t,S\n"
        ),
        "a active\nl unsubscribed\nb bounced\ns complained",
    ),
    (
        "phpList",
        "export.csv",
        (
            "id\tEmail\tIs this subscriber confirmed\tIs this subscriber blacklisted\t"
            "Did this subscriber manually confirm\tNumber of bounces\tIs this account disabled?\t"
            "List Membership\n1\ta@t\t1\t0\t0\t2\t0\tNews \n2\tw@t\t0\t0\t0\t0\t0\tNews \n"
            "3\tb@t\t1\t1\t1\t0\t0\tNews \n4\td@t\t1\t0\t1\t0\t1\tNews \n"
            "5\tn@t\t1\t0\t1\t0\t0\tNo Lists\n"
        ),
        "a active\nw pending\nb manual\nd unsubscribed\nn unsubscribed",
    ),
    (
        "MailPoet",
        "MailPoet_export.csv",
        (
            '\ufeff"Adresse e-mail","Prénom","Heure de confirmation","Statut de la liste",'
            '"Statut global","Liste"\n'
            '"a@t","A","2024-01-01","subscribed","subscribed","News"\n'
            '"l@t","L","2024-01-01","subscribed","unsubscribed","News"\n'
            '"m@t","M","2024-01-01","unsubscribed","subscribed","News"\n'
            '"w@t","W","","unconfirmed","unconfirmed","News"\n'
            '"b@t","B","","subscribed","bounced","News"\n'
        ),
        "a active\nl unsubscribed\nm unsubscribed\nw pending\nb bounced",
    ),
    (
        "The Newsletter Plugin",
        "newsletter.csv",
        (
            '"email";"first_name";"status";"token"\n"a@t";"A";"C";"x"\n"w@t";"W";"S";"x"\n'
            '"l@t";"L";"U";"x"\n"b@t";"B";"B";"x"\n"p@t";"P";"P";"x"\n'
        ),
        "a active\nw pending\nl unsubscribed\nb bounced\np complained",
    ),
    (
        "Sendy",
        "sendy.csv",
        (
            "name,email,unsubscribed,bounced,bounce_soft,complaint,confirmed\nA,a@t,0,0,1,0,1\n"
            "L,l@t,1,0,0,0,1\nB,b@t,0,1,0,0,1\nS,s@t,0,0,0,1,1\nW,w@t,0,0,0,0,0\n"
        ),
        "a active\nl unsubscribed\nb bounced\ns complained\nw pending",
    ),
    (
        "Shopify",
        "customers_export.csv",
        (
            "Customer ID,First Name,Email,Accepts Email Marketing,Accepts SMS Marketing,Note,"
            "Tax Exempt\n"
            "'1,A,a@t,yes,no,,no\n'2,N,n@t,no,yes,,no\n"
        ),
        "a active\nn unsubscribed",
    ),
    (
        "SendGrid",
        "contacts.csv",
        (
            "EMAIL,FIRST_NAME,UNSUBSCRIBED,CREATED_AT\na@t,A,false,2024-01-01T00:00:00Z\n"
            "l@t,L,true,2024-01-01T00:00:00Z\n"
        ),
        "a active\nl unsubscribed",
    ),
    (
        "Postmark",
        "suppressions.csv",
        (
            "EmailAddress,SuppressionReason,Origin,CreatedAt\n"
            "b@t,HardBounce,Recipient,2024-01-02T00:00:00Z\n"
            "s@t,SpamComplaint,Recipient,2024-01-03T00:00:00Z\n"
            "m@t,ManualSuppression,Customer,2024-01-04T00:00:00Z\n"
        ),
        "b bounced 2024-01-02\ns complained 2024-01-03\nm manual 2024-01-04",
    ),
    (
        "MailUp",
        "unsubscribers.csv",
        (
            "e-mail address,idList,OptOut_Date,optout_nl,optout_type,optout_subtype\n"
            "l@t,1,20110122T111244,161,0,1\n"
        ),
        "l unsubscribed 2011-01-22",
    ),
    (
        "Amazon SES",
        "suppressed.csv",
        (
            "EmailAddress,Reason,LastUpdateTime\nb@t,BOUNCE,2024-01-02T10:00:00.000Z\n"
            "s@t,COMPLAINT,2024-01-03T10:00:00.000Z\n"
        ),
        "b bounced 2024-01-02\ns complained 2024-01-03",
    ),
    (
        "Mailgun",
        "bounced.csv",
        'address,code,error,created_at\nb@t,550,No such mailbox,"Fri, 18 Oct 2024 18:28:14 UTC"\n',
        "b bounced 2024-10-18",
    ),
    (
        "Mandrill",
        "rejects.csv",
        (
            "email,reason,detail,created_at,last_event_at,expires_at,expired,subaccount,sender\n"
            "b@t,hard-bounce,550,2024-01-02 10:00:00,,,false,,\n"
            "s@t,spam,,2024-01-03 10:00:00,,,false,,\n"
            "u@t,unsub,,2024-01-04 10:00:00,,,false,,\n"
        ),
        "b bounced 2024-01-02\ns complained 2024-01-03\nu unsubscribed 2024-01-04",
    ),
    (
        "SparkPost",
        "suppression.csv",
        (
            "recipient,type,source,description,created,updated,non_transactional,transactional\n"
            "b@t,non_transactional,Bounce Rule,550 5.1.1,2024-01-02,2024-01-02,true,false\n"
            "s@t,non_transactional,Spam Complaint,,2024-01-03,2024-01-03,true,false\n"
            "u@t,non_transactional,Unsubscribe Link,,2024-01-04,2024-01-04,true,false\n"
        ),
        (
            "b unsubscribed 2024-01-02\nb bounced 2024-01-02\ns unsubscribed 2024-01-03\n"
            "s complained 2024-01-03\nu unsubscribed 2024-01-04"
        ),
    ),
    (
        "Mailjet",
        "mailjet.csv",
        (
            "Email,Name,IsUnsubscribed,IsExcludedFromCampaigns\na@t,A,False,False\nu@t,U,True,False\n"
            "x@t,X,False,True\n"
        ),
        "a active\nu unsubscribed\nx manual",
    ),
    (
        "Mailcoach",
        "list.csv",
        (
            "email,first_name,last_name,tags,subscribed_at,unsubscribed_at\n"
            "a@t,A,M,,2024-01-01 10:00:00,\nl@t,L,M,,2024-01-01 10:00:00,2024-02-02 10:00:00\n"
            "w@t,W,M,,,\n"
        ),
        "a active\nl unsubscribed 2024-02-02\nw pending",
    ),
    (
        "Omnisend",
        "omnisend.csv",
        (
            "Email,Email Status,Email status changed,SMS Status\n"
            "a@t,subscribed,2024-01-01,nonSubscribed\n"
            "n@t,nonSubscribed,2024-01-02,\nu@t,unsubscribed,2024-01-03,\n"
        ),
        "a active\nn unsubscribed 2024-01-02\nu unsubscribed 2024-01-03",
    ),
    (
        "Wix",
        "contacts.csv",
        (
            "First Name,Email 1,Labels,Created At (UTC+0),Email subscriber status,"
            "SMS subscriber status\n"
            "A,a@t,,2024-01-01,Subscribed,Never subscribed\nN,n@t,,2024-01-01,Never subscribed,\n"
            "U,u@t,,2024-01-01,Unsubscribed,\nS,s@t,,2024-01-01,Not set,\nE,e@t,,2024-01-01,,\n"
        ),
        "a active\nn unsubscribed\nu unsubscribed\ns unsubscribed\ne unsubscribed",
    ),
    (
        "Squarespace",
        "profiles.csv",
        (
            "Email,First Name,Accepts Marketing,Created On\na@t,A,true,2024-01-01\n"
            "n@t,N,false,2024-01-01\n"
        ),
        "a active\nn unsubscribed",
    ),
    (
        "Jetpack (WordPress.com)",
        "jetpack.csv",
        (
            "email_address,subscription_status,subscribed_at\na@t,Subscribed,2024-01-01\n"
            "w@t,Not confirmed,2024-01-01\nn@t,Not sending,2024-01-01\n"
        ),
        "a active\nw pending\nn unsubscribed",
    ),
    (
        "EmailOctopus",
        "octopus.csv",
        "Email address,First name,Status\na@t,A,SUBSCRIBED\nu@t,U,UNSUBSCRIBED\nw@t,W,PENDING\n",
        "a active\nu unsubscribed\nw pending",
    ),
    (
        "GetResponse",
        "getresponse.csv",
        (
            "email,name,origin,Removal reason,Unsubscribe date\na@t,A,import,,\n"
            "u@t,U,import,unsubscribed,2024-02-02\nb@t,B,import,bounced,2024-02-03\n"
        ),
        "a active\nu unsubscribed 2024-02-02\nb unsubscribed 2024-02-03\nb bounced 2024-02-03",
    ),
    (
        "Moosend",
        "moosend.csv",
        (
            "Email,Name,Status,Created On,Unsubscribed On\na@t,A,Subscribed,2024-01-01,\n"
            "u@t,U,Unsubscribed,2024-01-01,2024-02-02\nr@t,R,Removed,2024-01-01,\n"
        ),
        "a active\nu unsubscribed 2024-02-02\nr unsubscribed",
    ),
    (
        "Benchmark",
        "benchmark.csv",
        "Email,First Name,Optin Status,Bounce Status\na@t,A,Confirmed,\nw@t,W,Unconfirmed,\n"
        "b@t,B,Confirmed,Hard Bounce\n".replace("Confirmed,\n", "Confirmed,None\n").replace(
            "Unconfirmed,\n", "Unconfirmed,None\n"
        ),
        "a active\nw pending\nb bounced",
    ),
    (
        "Drip",
        "drip.csv",
        (
            "email,status,unsubscribed_at\na@t,active,\nu@t,unsubscribed,2024-02-02T10:00:00Z\n"
            "d@t,undeliverable,\nr@t,removed,\n"
        ),
        "a active\nu unsubscribed 2024-02-02\nd bounced\nr unsubscribed",
    ),
    (
        "Mautic",
        "mautic.csv",
        "id,email,firstname,doNotContact\n1,a@t,A,0\n2,u@t,U,1\n3,b@t,B,2\n4,m@t,M,3\n",
        "a active\nu unsubscribed\nb bounced\nm manual",
    ),
    (
        "CiviCRM",
        "civicrm.csv",
        (
            "Contact ID,Email,No Bulk Emails (User Opt Out),Do Not Email,On Hold,Do Not Phone,"
            "Deceased\n"
            "1,a@t,No,No,No,Yes,No\n2,u@t,Yes,No,No,No,No\n3,n@t,No,Yes,No,No,No\n"
            "4,b@t,No,No,On Hold Bounce,No,No\n5,h@t,No,No,On Hold Opt Out,No,No\n"
            "6,d@t,No,No,No,No,Yes\n"
        ),
        "a active\nu unsubscribed\nn manual\nb bounced\nh unsubscribed\nd unsubscribed",
    ),
    (
        "Microsoft Dynamics 365",
        "dynamics.csv",
        (
            "Email,Full Name,Do not allow Bulk Emails,Do not allow Emails,"
            "Do not allow Phone Calls\n"
            "a@t,A,Allow,Allow,Do Not Allow\nu@t,U,Do Not Allow,Allow,Allow\n"
            "n@t,N,Allow,Do Not Allow,Allow\n"
        ),
        "a active\nu unsubscribed\nn unsubscribed",
    ),
    (
        "Salesforce",
        "salesforce.csv",
        (
            "Email,FirstName,HasOptedOutOfEmail,DoNotCall,EmailBouncedReason,EmailBouncedDate\n"
            "a@t,A,false,true,,\nu@t,U,true,false,,\n"
            "b@t,B,false,false,550 unknown,2024-02-02T10:00:00Z\n"
        ),
        "a active\nu unsubscribed\nb bounced 2024-02-02",
    ),
    (
        "Sympa",
        "sympa.csv",
        (
            "email,gecos,reception,suspended,visibility\na@t,A,mail,,noconceal\nd@t,D,digest,,conceal\n"
            "n@t,N,nomail,,noconceal\ns@t,S,mail,1,noconceal\n"
        ),
        "a active\nd active\nn unsubscribed\ns manual",
    ),
    (
        "Mailman",
        "members.csv",
        (
            "email,delivery_status,delivery_mode\na@t,enabled,regular\nu@t,by_user,regular\n"
            "b@t,by_bounces,regular\nm@t,by_moderator,regular\n"
        ),
        "a active\nu unsubscribed\nb bounced\nm manual",
    ),
)


@pytest.mark.parametrize(
    ("system", "name", "text", "expected"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES]
)
def test_every_row_becomes_what_the_system_says(
    system: str, name: str, text: str, expected: str, readers: List, tmp_path: Path
) -> None:
    """State or reason of each person, with the date where the file gives one."""
    file = tmp_path / name
    file.write_text(text.replace("@t", "@tideline-mail.com"), encoding="utf-8")

    import_file(file, readers, told=told_of("unsubscribed" if name.startswith("unsub") else ""))

    assert kept() >= set(expected.split("\n")), system
    assert {line.rpartition(" ")[0] if line[-1].isdigit() else line for line in kept()} == {
        line.rpartition(" ")[0] if line[-1].isdigit() else line for line in expected.split("\n")
    }


def kept() -> set[str]:
    """Return what is kept of everybody, with and without the date."""
    rows = [
        (key, state, at if state == "unsubscribed" else None)
        for key, state, at in Subscription.objects.values_list(
            "subscriber__key", "state", "changed_at"
        )
    ]
    rows += Suppression.objects.values_list("key", "reason", "created_at")
    people = [(f"{key.partition('@')[0]} {state}", at) for key, state, at in rows]
    return {said for said, _at in people} | {f"{said} {at:%Y-%m-%d}" for said, at in people if at}


def test_every_known_system_has_a_case() -> None:
    """Who adds a system shows what its export becomes."""
    assert {system.name for system in SYSTEMS} == {case[0] for case in CASES}
