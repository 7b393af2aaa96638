"""All checks, in the order in which a person reads them."""

from __future__ import annotations

from newsletter.doctor import authentication as auth
from newsletter.doctor import (
    backups,
    bulk_senders,
    complaints,
    database,
    imports,
    machine,
    provider,
    site,
    webhook,
)
from newsletter.doctor import configuration as conf
from newsletter.doctor.domain_records import forget_answers
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.runner import Check, run_checks
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import phrase

NOT_ASKED = Topic("dns", phrase("DNS and rules of receivers"))
#: A record may lead to ten more, each with a time limit of its own.
DNS_SECONDS = 20.0
#: To read a large file through takes a while.
WHOLE_SECONDS = 30.0

LOCAL = (
    Check(conf.SETTINGS, conf.check_settings),
    Check(conf.BASE_URL, conf.check_base_url),
    Check(conf.SIGNING_KEY, conf.check_signing_key),
    Check(conf.FILES, conf.check_files),
    Check(conf.SENDER, conf.check_senders),
    Check(conf.COUNTING, conf.check_counting),
    Check(database.WRITABLE, database.check_writable),
    Check(database.WHOLE, database.check_integrity, WHOLE_SECONDS),
    Check(database.TABLES, database.check_tables),
    Check(database.DISK, database.check_disk),
    Check(database.CLOCK, database.check_clock),
    Check(backups.BACKUP, backups.check_backup),
    Check(imports.IMPORTS, imports.check_imports),
    Check(machine.ZONES, machine.check_zones),
    Check(machine.FONTS, machine.check_fonts),
    Check(machine.WORKERS, machine.check_workers),
    Check(site.ANSWERS, site.check_site),
    Check(site.ONE_CLICK, site.check_one_click),
    Check(provider.KEY, provider.check_key),
    Check(provider.SENDERS, provider.check_senders),
    Check(provider.QUOTA, provider.check_quota),
    Check(webhook.SETUP, webhook.check_setup),
    Check(webhook.ARRIVES, webhook.check_arrival),
    Check(complaints.COMPLAINTS, complaints.check_complaints),
)
#: Only where mail leaves this machine.
OF_THE_DNS = (
    Check(auth.SPF, auth.check_spf, DNS_SECONDS),
    Check(auth.DKIM, auth.check_dkim, DNS_SECONDS),
    Check(auth.DMARC, auth.check_dmarc, DNS_SECONDS),
    Check(auth.ALIGNMENT, auth.check_alignment, DNS_SECONDS),
    Check(auth.MX, auth.check_mx, DNS_SECONDS),
    Check(auth.REVERSE, auth.check_reverse, DNS_SECONDS),
    Check(auth.BIMI, auth.check_bimi, DNS_SECONDS),
)


def examine(around: Surroundings) -> list[Result]:
    """Return the results of all checks, and of the rules that rest on them."""
    if around.stays_here:
        return [
            *run_checks(LOCAL, around),
            NOT_ASKED.right(phrase("not asked: mail stays on this machine")),
        ]
    # Once, before the checks ask the DNS side by side.
    forget_answers()
    results = [
        *run_checks((*LOCAL, *OF_THE_DNS), around),
        bulk_senders.judge_tls(around.config),
    ]
    return [*results, *bulk_senders.judge_rules(results)]
