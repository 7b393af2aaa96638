"""The well-known systems: which columns of their exports say who may be mailed.

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
from subscribers.exports.words import words


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """One system: `columns` by title, `codes` by title where `signature` is there."""

    name: str
    columns: Mapping[str, Rule] = field(default_factory=dict)
    signature: tuple[str, ...] = ()
    codes: Mapping[str, Rule] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


#: Types of a Buttondown subscriber; those about paying (premium, churning …) want the mail.
BUTTONDOWN_TYPE = coded(
    **dict.fromkeys(words("regular premium trialed unpaid gifted churning churned paused"), ACTIVE),
    past_due=ACTIVE,
    unactivated=PENDING,
    upcoming=PENDING,
    undeliverable=BOUNCED,
    blocked=SUPPRESSED,
    spammy=SUPPRESSED,
)

#: A column that says nothing of who may be mailed.
NOTHING = Rule(kind=Kind.NOTHING)

SYSTEMS = (
    System(
        # Four files: subscribed_, unsubscribed_, cleaned_ and nonsubscribed_…_export_….csv.
        name="Mailchimp",
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
        columns={"email_disabled": flag(UNSUBSCRIBED), "unsubscribed_at": GONE},
        elsewhere=("active_subscription", "subscription_type", "expiry", "plan"),
    ),
    System(
        # "inactive" there: the person unsubscribed.
        name="Beehiiv",
        columns={"status": STATUS, "unsubscribed_at": GONE, "subscription_status": STATUS},
        elsewhere=("subscription_tier", "tier", "subscription_premium_tier_names"),
    ),
    System(
        # "inactive" there: not confirmed yet; "cancelled": unsubscribed; "cold": reads nothing.
        name="Kit (ConvertKit)",
        columns={"cancelled_at": GONE, "unsubscribed_at": GONE},
        codes={
            "status": coded(inactive=PENDING, cancelled=UNSUBSCRIBED, cold=ACTIVE),
            "state": coded(inactive=PENDING, cancelled=UNSUBSCRIBED, cold=ACTIVE),
        },
        signature=("first_name", "subscriber_id"),
    ),
    System(
        name="Buttondown",
        columns={
            "unsubscription_date": GONE,
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
        # A blank status there: no permission, so it is asked about like any other.
        name="Constant Contact",
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
        columns={
            "Unsubscribed": GONE,
            "Date unsubscribed": GONE,
            "Unsubscribe time": GONE,
            "Unsubscribe date": GONE,
        },
    ),
    System(
        name="Klaviyo",
        columns={
            "Email Marketing Consent": STATUS,
            "Email Marketing": STATUS,
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
    System(name="listmonk", columns={"status": STATUS}),
    System(name="Keila", columns={"Status": STATUS}),
    System(
        # Mailtrain, SubscriptionStatus.
        name="Mailtrain",
        columns={"unsubscribed_at": GONE},
        signature=("CID", "EMAIL"),
        codes={
            "STATUS": coded(_1=ACTIVE, _2=UNSUBSCRIBED, _3=BOUNCED, _4=COMPLAINED),
        },
    ),
    System(
        name="phpList",
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
            "Did this subscriber manually confirm": CONFIRMED,
        },
        # Whether an administrator entered the person, not whether they agreed.
        codes={"optedin": NOTHING},
        elsewhere=("bouncecount", "number of bounces"),
    ),
    System(
        name="MailPoet",
        columns={"Global Status": STATUS, "List Status": STATUS, "Subscription status": STATUS},
        elsewhere=("Subscribed IP", "Confirmed at", "Confirmed IP"),
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
        columns={
            "UNSUBSCRIBED": flag(UNSUBSCRIBED),
            "global_unsubscribe": flag(UNSUBSCRIBED),
            "is_unsubscribed": flag(UNSUBSCRIBED),
            "suppression_groups": gone(UNSUBSCRIBED),
        },
    ),
    System(
        name="Postmark",
        columns={"SuppressionReason": gone(SUPPRESSED)},
    ),
    System(
        name="MailUp",
        columns={"OptOut_Date": GONE, "optout_type": GONE},
    ),
)
