"""Preflight: what would stop or shame a mail, found before it leaves.

    findings = check(content, edition, template, PreflightContext(headers=…, reader=reader))
    findings += check_links(finished(content, edition, reader)[0])

Only `check_links` asks the network.
"""

from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.preflight.checking import check, finished
from newsletter.rendering.preflight.codes import CODES, NEVER_ACCEPTED
from newsletter.rendering.preflight.context import PreflightContext
from newsletter.rendering.preflight.links import check_links

__all__ = [
    "CODES",
    "NEVER_ACCEPTED",
    "Finding",
    "PreflightContext",
    "Severity",
    "check",
    "check_links",
    "finished",
]
