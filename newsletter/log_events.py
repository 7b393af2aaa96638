"""What the log can say: each message with the name of its event, and what its values are.

The name and the fields stay the same when the words change, so programs that read the log do not
break (docs/how-to/monitoring.md).  A test compares this table with every call in the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: The event of what has no name here: a message of a library.
OTHER = "other"
#: Whose messages have events: a library may say something with the same words.
OURS = ("newsletter", "subscribers")


@dataclass(frozen=True, slots=True)
class LogEvent:
    """The name of an event, and one field for each value of its message."""

    name: str
    fields: tuple[str, ...] = ()


def _event(name: str, *fields: str) -> LogEvent:
    return LogEvent(name, fields)


EVENTS: Mapping[str, LogEvent] = {
    # Sends
    "send %s is %s (it was %s)": _event("send-state", "send", "state", "before"),
    "send %s is held. %s": _event("send-held", "send", "reason"),
    "send %s: %s": _event("send-noted", "send", "reason"),
    "send %s cannot begin": _event("send-error", "send"),
    "%s: its answer was lost. %s": _event("answer-lost", "batch", "reason"),
    "the dry run of send %s waits: %s": _event("dry-run-waits", "send", "reason"),
    "attempt %s had been given up, but its mail went out; if its batch was submitted again, its"
    " people have the mail twice": _event("attempt-contradicted", "attempt"),
    "events resolved %s attempts that were in doubt": _event("attempts-resolved", "attempts"),
    "a sender met an error; the ledger says where the batch stands": _event("sender-error"),
    "the jobs could not be looked after; another round follows": _event("jobs-error"),
    "the worker met an error; it begins again": _event("worker-error"),
    # Mail that waits at the provider
    "%s: %s": _event("provider-batch-waits", "provider_batch", "reason"),
    "SendGrid does not say what is cancelled: %s": _event("provider-silent", "reason"),
    "SendGrid does not tell its time: %s": _event("provider-time-unknown", "reason"),
    "the answers of SendGrid are too slow to compare the clocks by (to %s s); asked again": _event(
        "provider-time-unsure", "seconds"
    ),
    "this clock is off; mail that waits at SendGrid goes by SendGrid's clock": _event("clock-off"),
    # After a restore
    "%s cannot be written: %s": _event("heartbeat-file-error", "file", "reason"),
    "sending goes on: what the database lacked is resolved": _event("sending-goes-on"),
    "%s %s not in it, for %s people. %s": _event(
        "sending-suspended", "reason", "attempts", "people", "hint"
    ),
    "Nothing is sent. %s %s": _event("sending-suspended", "reason", "hint"),
    "the database has lost the last heartbeat of this process: it was set back": _event(
        "database-set-back"
    ),
    "the provider cannot be asked what it has: %s": _event("provider-silent", "reason"),
    "no heartbeat is written, the database is unavailable: %s": _event(
        "heartbeat-missed", "reason"
    ),
    "the watch over the database met an error; it goes on": _event("restore-watch-error"),
    # The clock and the slots
    "the clock met an error; it ticks on": _event("clock-error"),
    "the sender process is started: something is to be sent": _event("sender-process-started"),
    "the sender process ended (%s); it is started again in %.0f s": _event(
        "sender-process-ended", "why", "seconds"
    ),
    "the sender process met an error; it goes on": _event("sender-process-error"),
    "the watch for changes met an error; everybody looks": _event("change-watch-error"),
    "the clock says %s, %s after the last time on record (%s); it is believed once it has been"
    " steady for %.0f s": _event("clock-ahead", "now", "gap", "recorded", "seconds"),
    "the clock says %s, %s before the last time on record (%s): it was set back": _event(
        "clock-behind", "now", "gap", "recorded"
    ),
    "the clock was set back by %s, to %s": _event("clock-set-back", "gap", "now"),
    "the clock went ahead by %s, to %s: it was set, or the machine slept": _event(
        "clock-jumped", "gap", "now"
    ),
    "the clock has been steady; it is %s": _event("clock-steady", "now"),
    "the clock of the database server jumped by %+.0f s": _event(
        "database-clock-jumped", "seconds"
    ),
    "the clock says %s, the one of the database server %s: set both by a time server; until then"
    " the earlier one counts": _event("clocks-apart", "now", "database_now"),
    "%s: the draft of %s is open: %s": _event("draft-opened", "publication", "slot", "title"),
    "%s: the slot of %s is held. %s": _event("slot-held", "publication", "slot", "reason"),
    "the slot of %s is skipped. %s": _event("slot-skipped", "slot", "reason"),
    "%s: a slot that was held before its time is open again": _event(
        "slot-reopened", "publication"
    ),
    "%s Until then its slots wait; what is queued goes out.": _event("zone-lost", "reason"),
    "%s: an error stopped its %s": _event("publication-error", "publication", "duty"),
    "a reminder was not accepted (%s): %s": _event("reminder-waits", "reminder", "reason"),
    "nobody knows whether a reminder was accepted (%s)": _event("reminder-unknown", "reminder"),
    "a reminder is given up after its last try (%s)": _event("reminder-given-up", "reminder"),
    "a reminder was refused (%s): %s": _event("reminder-refused", "reminder", "reason"),
    "a reminder met an error (%s)": _event("reminder-error", "reminder"),
    # Events of the provider
    "events are not taken: %s": _event("events-error", "reason"),
    "events are not taken: %s holds no key; see docs/how-to/events.md": _event(
        "events-no-key", "variable"
    ),
    "events are not taken: the post has more than %s bytes": _event("events-too-large", "bytes"),
    "a post of events is refused: %s": _event("events-refused", "reason"),
    "post %s cannot be read: %s": _event("events-unread", "post", "reason"),
    "the provider says that the account has changed: %s": _event("account-changed", "reason"),
    "the provider dropped %s mails that it had accepted: %s": _event(
        "mails-dropped", "mails", "reason"
    ),
    "the provider dropped %s mails to people whose suppression was removed here: delete them from"
    " its list of global unsubscribes": _event("mails-dropped-by-provider-list", "mails"),
    "the provider's log cannot be asked: %s": _event("provider-log-silent", "reason"),
    "the provider's suppression lists were read: %s new": _event("suppressions-pulled", "new"),
    "a run of the provider's suppression lists failed: %s": _event(
        "suppression-run-failed", "reason"
    ),
    "the provider's suppression lists could not be read: %s": _event(
        "suppressions-not-pulled", "reason"
    ),
    # Mails to single people
    "a mail about a change of address waits: %s": _event("address-mail-waits", "reason"),
    "a mail about a change of address is not sent again: %s": _event(
        "address-mail-given-up", "reason"
    ),
    "no answer about the mail of sign-up %s; it is not sent again": _event(
        "sign-up-mail-unknown", "sign_up"
    ),
    "the mail of sign-up %s is %s": _event("sign-up-mail-state", "sign_up", "state"),
    "the owner of %s could not be told of a change": _event("account-mail-error", "account"),
    "%s could not be mailed about an approval": _event("approval-mail-error", "account"),
    "the metrics of %s could not be read": _event("metrics-error", "group"),
    # Alarms
    "alarm: %s": _event("alarm-raised", "alarm"),
    "over: %s": _event("alarm-over", "alarm"),
    "it is not known whether there is an alarm: %s": _event("alarms-not-known", "kinds"),
    "an alarm could not be mailed: %s": _event("alarm-mail-error", "reason"),
    "an alarm could not be posted: %s": _event("alarm-post-error", "reason"),
    # Issues and their pages
    "the preview of issue %s failed": _event("preview-error", "issue"),
    "the share card of issue %s cannot be made: %s": _event("card-error", "issue", "reason"),
    "the PDF of issue %s cannot be made: %s": _event("pdf-error", "issue", "reason"),
    "issue %s cannot be searched yet": _event("search-error", "issue"),
    "issue %s is left out of a feed: %s": _event("feed-entry-error", "issue", "reason"),
    "the kept files of issue %s are not known: %s": _event("files-not-known", "issue", "reason"),
    "issue %s cannot be searched yet: %s": _event("search-error", "issue", "reason"),
    "%s issues on the web can be searched now": _event("issues-searchable", "issues"),
    "what links answered could not be kept: %s": _event("links-not-kept", "reason"),
    "nothing can be kept in %s: %s": _event("files-not-kept", "folder", "reason"),
    "%s kept files that no page needs were deleted": _event("files-tidied", "files"),
    "it is not known whether public pages have changed": _event("pages-error"),
    # The programs
    "%s: finishing what is in progress": _event("stopping", "signal"),
    "%s met an error; it goes on": _event("thread-error", "thread"),
    "backup made: %s, %d bytes": _event("backup-made", "file", "bytes"),
    "no backup was made this night: %s. %s": _event("backup-error", "reason", "hint"),
    "old data was cleaned: %s": _event("old-data-cleaned", "removed"),
    "unexpected: %s": _event("unexpected-error", "reason"),
    "the check of %s failed": _event("system-check-error", "check"),
    "the result of the system check is not kept: %s": _event("system-check-not-kept", "reason"),
    # The database and the settings
    "the database is unavailable: %s. Nothing is lost: everything waits for it": _event(
        "database-lost", "reason"
    ),
    "the database is available again, after %.0f s": _event("database-back", "seconds"),
    "waiting for the database: %s": _event("database-awaited", "reason"),
    "the database is there, after %.0f s": _event("database-back", "seconds"),
    "a new database is made: %s (settings: %s)": _event("database-made", "database", "file"),
    "bringing the database up to date …": _event("database-migrating"),
    "backing up before the upgrade …": _event("backup-begun"),
    "%s": _event("files-readable-by-others", "reason"),
    "%s: [%s] %s is ignored: %s": _event("setting-ignored", "file", "section", "key", "reason"),
    "%s: no publication has the short name %s; its address is unused": _event(
        "address-unused", "setting", "publication"
    ),
    "[web] trusted_proxies is empty, but base_url is at https, so there is a proxy in front: tries"
    " to log in are not counted by address. Name it: docs/explanation/security.md": _event(
        "proxy-not-named"
    ),
}


def find_event(logger: str, template: object) -> LogEvent:
    """Return the event of a message, before its values are filled in, by the name of its logger."""
    ours = logger.partition(".")[0] in OURS and isinstance(template, str)
    return EVENTS.get(str(template), LogEvent(OTHER)) if ours else LogEvent(OTHER)
