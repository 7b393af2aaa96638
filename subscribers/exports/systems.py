"""The known systems: which columns of their exports say who may be mailed.

To add a system, add a `System`.  Titles are compared folded (without case, spaces and signs), and
hold for all files alike; only the columns of `codes`, whose values mean something in that system
alone, wait for a file that has all titles of `signature`.

Each column is what the system's own export writes; the values are those of `words.STATUS` unless
the rule brings its own.  What is a matter of paying, of text messages or of an account in a shop
is no status: those titles stand in `elsewhere`, so that nobody takes them for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from subscribers.exports.meanings import (
    ACTIVE,
    BOUNCED,
    COMPLAINED,
    INVALID,
    PENDING,
    SUPPRESSED,
    UNSUBSCRIBED,
)
from subscribers.exports.rules import (
    CONFIRMED,
    GONE,
    STATUS,
    WANTED,
    Kind,
    Rule,
    coded,
    flag,
    gone,
)
from subscribers.exports.words import fold_text, fold_words


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """One system: `columns` by title, `codes` by title where `signature` is there.

    `source` is the address that documents what its export writes, or the code that writes it;
    empty where only exports that people published were seen.
    """

    name: str
    source: str = ""
    columns: Mapping[str, Rule] = field(default_factory=dict)
    signature: tuple[str, ...] = ()
    codes: Mapping[str, Rule] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


#: Types of a Buttondown subscriber; those about paying (premium, churning …) want the mail.
BUTTONDOWN_TYPE = coded(
    **dict.fromkeys(
        fold_words("regular premium trialed unpaid gifted churning churned paused"), ACTIVE
    ),
    past_due=ACTIVE,
    unactivated=PENDING,
    upcoming=PENDING,
    undeliverable=BOUNCED,
    blocked=SUPPRESSED,
    spammy=SUPPRESSED,
)

#: A column that says nothing of who may be mailed.
NOTHING = Rule(kind=Kind.NOTHING)

#: "List status" and "Global status" of MailPoet in the languages of WordPress.
MAILPOET_TITLES = (
    "Global status",
    "List status",
    "Globaler Status",
    "Listenstatus",
    "Statut global",
    "Statut de la liste",
    "Estado global",
    "Estado de la lista",
    "Stato globale",
    "Stato della lista",
    "Status global",
    "Status da lista",
    "Globale status",
    "Lijststatus",
    "Globalny status",
    "Status listy",
    "Глобальный статус",
    "Статус списка",
    "グローバルステータス",
    "リストのステータス",
)
#: Reasons in suppression lists of sending services.
SES_REASON = coded(BOUNCE=BOUNCED, COMPLAINT=COMPLAINED)
MANDRILL_REASON = Rule(
    kind=Kind.STATUS,
    values={
        fold_text(word): meaning
        for word, meaning in (
            ("hard-bounce", BOUNCED),
            ("soft-bounce", SUPPRESSED),
            ("spam", COMPLAINED),
            ("unsub", UNSUBSCRIBED),
            ("custom", SUPPRESSED),
            ("rule", SUPPRESSED),
            ("invalid-sender", ACTIVE),
            ("invalid", INVALID),
            ("test-mode-limit", ACTIVE),
            ("unsigned", ACTIVE),
        )
    },
)
#: Mautic's `DoNotContact`: 1 unsubscribed, 2 bounced, 3 by hand.
MAUTIC_DNC = Rule(
    kind=Kind.FLAG,
    meaning=SUPPRESSED,
    values={"1": UNSUBSCRIBED, "2": BOUNCED, "3": SUPPRESSED},
)
#: How list servers deliver: members who read on the web only get no mail.
DELIVERY = Rule(
    kind=Kind.STATUS,
    blank=ACTIVE,
    values={
        **dict.fromkeys(
            fold_words(
                "mail digest digestplain summary notice txt html urlize not_me enabled no 0"
            ),
            ACTIVE,
        ),
        **dict.fromkeys(fold_words("nomail yes 1 u by_user"), UNSUBSCRIBED),
        **dict.fromkeys(fold_words("b by_bounces bounces"), BOUNCED),
        **dict.fromkeys(fold_words("a by_moderator admin"), SUPPRESSED),
    },
)
#: MailUp: every value, 0 too, is a way of leaving.
OPTOUT_TYPE = Rule(kind=Kind.GONE, values={"0": UNSUBSCRIBED})
#: The person signed up and never confirmed: nothing else is ever blank there.
SIGNED_UP = Rule(kind=Kind.WANTED, meaning=PENDING, blank=PENDING)

SYSTEMS = (
    System(
        # Four files: subscribed_, unsubscribed_, cleaned_ and nonsubscribed_…_export_….csv.
        name="Mailchimp",
        source="https://github.com/TryGhost/migrate (packages/mg-mailchimp-members)",
        columns={
            "UNSUB_TIME": GONE,
            "UNSUB_CAMPAIGN_TITLE": GONE,
            "UNSUB_CAMPAIGN_ID": GONE,
            "UNSUB_REASON": GONE,
            "UNSUB_REASON_OTHER": GONE,
            "CLEAN_TIME": gone(BOUNCED),
            "CLEAN_CAMPAIGN_TITLE": gone(BOUNCED),
            "CLEAN_CAMPAIGN_ID": gone(BOUNCED),
            "Email Marketing Status": STATUS,
            "Email subscription status": STATUS,
            "Contact Status": STATUS,
        },
        elsewhere=("CONFIRM_TIME", "OPTIN_TIME", "SMS Marketing Status"),
    ),
    System(
        name="Ghost",
        source="https://github.com/TryGhost/Ghost (members-csv)",
        columns={
            "subscribed_to_emails": WANTED,
            "subscribed": WANTED,
            "deleted_at": GONE,
            "email_disabled": flag(UNSUBSCRIBED),
        },
        elsewhere=("complimentary_plan",),
    ),
    System(
        # `active_subscription` is whether somebody pays.
        name="Substack",
        source="https://github.com/TryGhost/migrate (packages/mg-substack-members-csv)",
        columns={"email_disabled": flag(UNSUBSCRIBED), "unsubscribed_at": GONE},
        elsewhere=("active_subscription", "subscription_type", "expiry", "plan"),
    ),
    System(
        # "inactive" there: the person unsubscribed.
        name="Beehiiv",
        source="https://github.com/TryGhost/migrate (packages/mg-beehiiv-members)",
        columns={"status": STATUS, "unsubscribed_at": GONE, "subscription_status": STATUS},
        elsewhere=("subscription_tier", "tier", "subscription_premium_tier_names"),
    ),
    System(
        # "inactive" there: not confirmed yet; "cancelled": unsubscribed; "cold": reads nothing.
        name="Kit (ConvertKit)",
        source="http://help.convertkit.com/article/12-convertkit-subscribers",
        columns={"cancelled_at": GONE, "unsubscribed_at": GONE},
        codes={
            "status": coded(inactive=PENDING, cancelled=UNSUBSCRIBED, cold=ACTIVE),
            "state": coded(inactive=PENDING, cancelled=UNSUBSCRIBED, cold=ACTIVE),
        },
        signature=("first_name", "subscriber_id"),
    ),
    System(
        name="Buttondown",
        source="https://github.com/buttondown/openapi (enums.json, SubscriberType)",
        columns={
            "unsubscription_date": GONE,
            "bounce_date": gone(BOUNCED),
            "undeliverability_date": gone(BOUNCED),
            "undeliverability_reason": gone(BOUNCED),
            "unsubscription_reason": GONE,
        },
        codes=dict.fromkeys(("type", "subscriber_type", "status"), BUTTONDOWN_TYPE),
        signature=("creation_date",),
        elsewhere=("churn_date", "upgrade_date"),
    ),
    System(
        name="Brevo (Sendinblue)",
        source="https://developers.brevo.com/reference/request-contact-export",
        columns={
            "BLACKLIST": flag(SUPPRESSED),
            "BLACKLISTED": flag(SUPPRESSED),
            "EMAIL_BLACKLISTED": flag(SUPPRESSED),
            "EMAIL_BLOCKLISTED": flag(SUPPRESSED),
            "BLOCKLISTED": flag(SUPPRESSED),
            "BLOCKED": flag(SUPPRESSED),
            "EMAIL_MARKETING": STATUS,
            "email_marketing_status": STATUS,
            "OPT_IN": WANTED,
            "DOUBLE_OPT-IN": WANTED,
        },
        codes={"DOUBLE_OPT-IN": coded(_1=ACTIVE, _2=PENDING)},
        signature=("ADDED_TIME", "MODIFIED_TIME"),
        elsewhere=("SMS_BLACKLISTED", "WHATSAPP_BLACKLISTED"),
    ),
    System(
        # Numbers as in the API: contact lists, `status`.
        name="ActiveCampaign",
        columns={"Unsubscribed Date": GONE, "Unsubscribe reason": GONE},
        signature=("Contact ID", "Date Created"),
        codes={
            "Status": coded(_0=PENDING, _1=ACTIVE, _2=UNSUBSCRIBED, _3=BOUNCED),
            "Bounced Hard": flag(BOUNCED),
        },
    ),
    System(
        name="Campaign Monitor",
        columns={
            "Date Unsubscribed": GONE,
            "Date Bounced": gone(BOUNCED),
            "Date Deleted": GONE,
        },
        elsewhere=("Date Subscribed",),
    ),
    System(
        # A blank status there: the person gave no permission, and is not mailed.
        name="Constant Contact",
        source="https://community.constantcontact.com/t5/Questions-Discussions/"
        "Help-understanding-quot-Email-Status-quot-in-exportedcontacts/m-p/410819",
        columns={
            "Email status": STATUS,
            "Email permission status": STATUS,
            "Email Opt-out Date": GONE,
            "Email optout date": GONE,
            "Opt-out date": GONE,
            "Opt-out Reason": GONE,
            "Is Unsubscribed": flag(UNSUBSCRIBED),
            "Is Do Not Email": flag(SUPPRESSED),
        },
        signature=("Email status", "Email permission status"),
        codes={"Email status": Rule(kind=Kind.STATUS, blank=UNSUBSCRIBED)},
        elsewhere=("Confirmed Opt-Out Date SMS", "Email opt-in date"),
    ),
    System(
        name="AWeber",
        columns={
            "Stop Status": Rule(kind=Kind.STATUS, blank=ACTIVE),
            "Stop Time": GONE,
            "Unsubscribed at": GONE,
            "Unsubscribe Method": GONE,
            "Verified": CONFIRMED,
            "Subscriber Status": STATUS,
        },
        elsewhere=("Date Added", "Verified Date"),
    ),
    System(
        # "junk" there: reported as spam.
        name="MailerLite",
        source="https://www.mailerlite.com/help/subscriber-statuses-explained",
        columns={
            "Unsubscribed": GONE,
            "Date unsubscribed": GONE,
            "Unsubscribe time": GONE,
            "Unsubscribe date": GONE,
        },
    ),
    System(
        name="Klaviyo",
        source="https://help.klaviyo.com/hc/en-us/articles/115005246108-Understanding-suppressed-email-profiles",
        columns={
            "Email Marketing Consent": STATUS,
            "Email Marketing": STATUS,
            "Suppressed": gone(SUPPRESSED),
            "Email Suppressions": gone(SUPPRESSED),
            "Email Suppression": gone(SUPPRESSED),
            "Email Marketing: Unsubscribed": GONE,
            "Suppression Reason": gone(SUPPRESSED),
            "Can Receive Email Marketing": WANTED,
        },
        elsewhere=("Email Marketing Consent Timestamp", "SMS Marketing Consent"),
    ),
    System(
        # Also the file "Export unsubscribes and bounces" (Portal …, Global …).
        name="HubSpot",
        columns={
            "Unsubscribed from all email": flag(UNSUBSCRIBED),
            "Opted out of email": flag(UNSUBSCRIBED),
            "Email hard bounce reason": gone(BOUNCED),
            "Email hard bounce reason (enum)": gone(BOUNCED),
            "Is globally ineligible": flag(SUPPRESSED),
            "Invalid email address": flag(INVALID),
            "Email address quarantined": flag(SUPPRESSED),
            "Email address quarantine reason": gone(SUPPRESSED),
            "Marketing contact status": STATUS,
            "Marketing status": STATUS,
            "Portal Bounce": gone(BOUNCED),
            "Global Bounce": gone(BOUNCED),
            "Portal Unsubscribe": flag(UNSUBSCRIBED),
            "Portal Spam Report": flag(COMPLAINED),
            "Marketing Information": flag(UNSUBSCRIBED),
            "Opted out of email: Marketing Information": flag(UNSUBSCRIBED),
        },
        elsewhere=(
            "Marketing contact until next update",
            "Lead Status",
            "Legal basis for processing contact's data",
            "Marketing emails bounced",
        ),
    ),
    System(
        name="listmonk",
        source="https://github.com/knadh/listmonk (cmd/subscribers.go)",
        columns={"status": STATUS},
    ),
    System(
        name="Keila",
        source="https://github.com/pentacent/keila (lib/keila/contacts/schemas/contact.ex)",
        columns={"Status": STATUS},
    ),
    System(
        # Mailtrain, SubscriptionStatus.
        name="Mailtrain",
        source="https://github.com/Mailtrain-org/mailtrain (server/routes/subscriptions.js)",
        columns={"unsubscribed_at": GONE},
        signature=("CID", "EMAIL"),
        codes={
            "STATUS": coded(_1=ACTIVE, _2=UNSUBSCRIBED, _3=BOUNCED, _4=COMPLAINED),
        },
    ),
    System(
        name="phpList",
        source="https://github.com/phpList/phplist3 (lists/admin/export.php, structure.php)",
        signature=("bouncecount", "htmlemail"),
        columns={
            "confirmed": CONFIRMED,
            "blacklisted": flag(SUPPRESSED),
            "Is this subscriber blacklisted": flag(SUPPRESSED),
            "Is this subscriber confirmed": CONFIRMED,
            "Is the email of this subscriber confirmed": CONFIRMED,
            "Is this user confirmed": CONFIRMED,
            "Is this user blacklisted": flag(SUPPRESSED),
            "disabled": flag(UNSUBSCRIBED),
            "Is this account disabled?": flag(UNSUBSCRIBED),
            "Is this account disabled": flag(UNSUBSCRIBED),
            "List Membership": Rule(kind=Kind.LISTS, values={fold_text("No Lists"): UNSUBSCRIBED}),
        },
        # Whether the person confirmed by themselves, or an administrator entered them.
        # Who bounces too often is blacklisted there, or no longer confirmed.
        codes={"optedin": NOTHING, "bouncecount": NOTHING},
        elsewhere=(
            "Number of bounces on this subscriber",
            "Did this subscriber manually confirm",
            "Send this subscriber HTML emails",
        ),
    ),
    System(
        # Titles are translated with WordPress.  Who was entered by hand was never confirmed.
        name="MailPoet",
        source="https://github.com/mailpoet/mailpoet (lib/Subscribers/ImportExport)",
        columns={
            **dict.fromkeys(MAILPOET_TITLES, STATUS),
            "Subscription status": STATUS,
        },
        codes={"Confirmed at": NOTHING, "Confirmation time": NOTHING},
        signature=("Global status",),
        elsewhere=("Subscribed IP", "Subscription IP", "Confirmed IP", "Confirmation IP"),
    ),
    System(
        # The Newsletter Plugin for WordPress: one letter.
        name="The Newsletter Plugin",
        signature=("email", "token"),
        codes={
            "status": coded(
                C=ACTIVE, S=PENDING, U=UNSUBSCRIBED, B=BOUNCED, P=COMPLAINED, R=UNSUBSCRIBED
            )
        },
    ),
    System(
        name="Sendy",
        columns={
            "unsubscribed": flag(UNSUBSCRIBED),
            "bounced": flag(BOUNCED),
            "complaint": flag(COMPLAINED),
            "complained": flag(COMPLAINED),
            "confirmed": CONFIRMED,
        },
        elsewhere=("bounce_soft",),
    ),
    System(
        # `State` there is the account in the shop: disabled, invited, enabled, declined.
        name="Shopify",
        columns={
            "Accepts Email Marketing": WANTED,
            "Accepts Marketing": WANTED,
            "Email Marketing: State": STATUS,
            "Email Marketing: Level": STATUS,
        },
        elsewhere=("Accepts SMS Marketing", "SMS Marketing: Status"),
    ),
    System(
        # Contacts, and one file each for unsubscribes, bounces, blocks, spam reports, invalid:
        # those have hardly a column, see `files`.
        name="SendGrid",
        source="https://twilio.com/docs/sendgrid/v2-api/customer_subuser_api/subuser_bounces",
        columns={
            "UNSUBSCRIBED": flag(UNSUBSCRIBED),
            "global_unsubscribe": flag(UNSUBSCRIBED),
            "is_unsubscribed": flag(UNSUBSCRIBED),
            "suppression_groups": gone(UNSUBSCRIBED),
        },
    ),
    System(
        name="Postmark",
        source="https://github.com/ActiveCampaign/postmark-dotnet/wiki/Managing-Suppressions",
        columns={"SuppressionReason": gone(SUPPRESSED)},
    ),
    System(
        name="MailUp",
        source="https://help.mailup.com/pages/viewpage.action?pageId=37978139",
        columns={"OptOut_Date": GONE, "optout_type": OPTOUT_TYPE, "optout_subtype": NOTHING},
    ),
    System(
        # One file for bounces, one for complaints: `files` knows them by their columns.
        name="Amazon SES",
        source="https://docs.aws.amazon.com/ses/latest/APIReference-V2/"
        "API_SuppressedDestination.html",
        signature=("EmailAddress", "Reason", "LastUpdateTime"),
        codes={"Reason": SES_REASON},
    ),
    System(
        name="Mailgun",
        signature=("address", "code", "error"),
        codes={"error": gone(BOUNCED), "code": gone(BOUNCED)},
    ),
    System(
        name="Mandrill",
        signature=("email", "reason", "expired"),
        codes={"reason": MANDRILL_REASON, "expired": NOTHING, "expires_at": NOTHING},
    ),
    System(
        # Every row is somebody to whom that kind of mail is not sent.
        name="SparkPost",
        source="https://github.com/SparkPost/java-sparkpost (SuppressionListEntry)",
        signature=("recipient", "type", "source"),
        codes={
            "type": Rule(
                kind=Kind.STATUS,
                values={
                    fold_text("non_transactional"): UNSUBSCRIBED,
                    fold_text("transactional"): SUPPRESSED,
                },
            ),
            "source": Rule(
                kind=Kind.GONE,
                values={
                    fold_text("Spam Complaint"): COMPLAINED,
                    fold_text("List Unsubscribe"): UNSUBSCRIBED,
                    fold_text("Unsubscribe Link"): UNSUBSCRIBED,
                    fold_text("Bounce Rule"): BOUNCED,
                    fold_text("Manually Added"): SUPPRESSED,
                    fold_text("Compliance"): SUPPRESSED,
                },
            ),
        },
    ),
    System(
        name="Mailjet",
        columns={
            "IsUnsubscribed": flag(UNSUBSCRIBED),
            "IsExcludedFromCampaigns": flag(SUPPRESSED),
            "unsub": flag(UNSUBSCRIBED),
        },
    ),
    System(
        name="Mailcoach",
        source="https://mailcoach.app/docs/v3/app/lists/subscribers",
        signature=("subscribed_at", "unsubscribed_at", "tags"),
        columns={"unsubscribed_at": GONE},
        codes={"subscribed_at": SIGNED_UP},
    ),
    System(
        # "nonSubscribed" there: they bought something and never agreed.
        name="Omnisend",
        columns={"Email Status": STATUS, "Email status": STATUS},
        elsewhere=("SMS Status", "Push Status"),
    ),
    System(
        name="Wix",
        source="https://dev.wix.com/docs/sdk/backend-modules/email-subscriptions/introduction",
        columns={
            "Email subscriber status": Rule(
                kind=Kind.STATUS, values={fold_text("Not set"): UNSUBSCRIBED}, blank=UNSUBSCRIBED
            ),
            "Email Deliverability Status": Rule(kind=Kind.STATUS, blank=ACTIVE),
        },
        elsewhere=("SMS subscriber status",),
    ),
    System(
        name="Squarespace",
        columns={"Accepts Marketing": WANTED},
    ),
    System(
        name="Jetpack (WordPress.com)",
        columns={"subscription_status": STATUS},
    ),
    System(
        name="EmailOctopus",
        columns={"Status": STATUS},
    ),
    System(
        name="GetResponse",
        columns={"Removal reason": GONE, "Unsubscribe date": GONE},
    ),
    System(
        name="Moosend",
        columns={"Unsubscribed On": GONE, "Unsubscribed From ID": GONE},
    ),
    System(
        # "Unconfirmed Optin" and "Confirmed Optin" are files of their own there.
        name="Benchmark",
        columns={
            "Optin Status": STATUS,
            "Bounce Status": Rule(kind=Kind.STATUS, values={"none": ACTIVE}, blank=ACTIVE),
        },
    ),
    System(
        name="Drip",
        columns={"unsubscribed_at": GONE, "status": STATUS},
    ),
    System(
        # `dnc` holds channel and reason, or the number of the reason.
        name="Mautic",
        source="https://github.com/mautic/mautic (LeadBundle, DoNotContact)",
        columns={
            "dnc": MAUTIC_DNC,
            "doNotContact": MAUTIC_DNC,
            "Do not contact": MAUTIC_DNC,
            "DNC reason": MAUTIC_DNC,
        },
    ),
    System(
        name="CiviCRM",
        source="https://github.com/civicrm/civicrm-core (Contact and Email fields)",
        columns={
            "No Bulk Emails (User Opt Out)": flag(UNSUBSCRIBED),
            "is_opt_out": flag(UNSUBSCRIBED),
            "Do Not Email": flag(SUPPRESSED),
            "do_not_email": flag(SUPPRESSED),
            "Is Deceased": flag(UNSUBSCRIBED),
            "Deceased": flag(UNSUBSCRIBED),
            "Contact Is Deleted": flag(UNSUBSCRIBED),
        },
        elsewhere=("Do Not Phone", "Do Not Sms", "Do Not Trade", "Do not trade"),
    ),
    System(
        name="Microsoft Dynamics 365",
        columns={
            "donotbulkemail": flag(UNSUBSCRIBED),
            "donotemail": flag(SUPPRESSED),
            "Do not allow Bulk Emails": flag(UNSUBSCRIBED),
            "Do not allow Emails": flag(SUPPRESSED),
        },
        elsewhere=(
            "donotphone",
            "donotfax",
            "donotpostalmail",
            "donotbulkpostalmail",
            "donotsendmm",
            "Do not allow Phone Calls",
            "Do not allow Faxes",
            "Do not allow Mails",
            "Do not allow Bulk Mails",
        ),
    ),
    System(
        name="Salesforce",
        source="https://developer.salesforce.com/docs/atlas.en-us.230.0.sfFieldRef.meta/"
        "sfFieldRef/salesforce_field_reference_Contact.htm",
        columns={
            "HasOptedOutOfEmail": flag(UNSUBSCRIBED),
            "Email Opt Out": flag(UNSUBSCRIBED),
            "EmailBouncedReason": gone(BOUNCED),
            "EmailBouncedDate": gone(BOUNCED),
            "IsEmailBounced": flag(BOUNCED),
        },
        elsewhere=("DoNotCall", "HasOptedOutOfFax"),
    ),
    System(
        # Who reads on the web only, or is suspended, gets no mail.
        name="Sympa",
        source="https://github.com/sympa-community/sympa (src/lib/Sympa/ListOpt.pm)",
        columns={"reception": DELIVERY, "suspended": flag(SUPPRESSED), "bounce": gone(BOUNCED)},
        elsewhere=("visibility",),
    ),
    System(
        name="Mailman",
        source="https://github.com/wikimedia/operations-debs-mailman3 (interfaces/member.py)",
        columns={"delivery_status": DELIVERY, "nomail": DELIVERY},
        elsewhere=("delivery_mode",),
    ),
)
