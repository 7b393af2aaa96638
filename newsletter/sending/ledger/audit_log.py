"""Write down what was done with a send, by whom, and with which figures."""

from __future__ import annotations

from newsletter.sending.models import AuditEntry


def record(
    send_id: int, kind: AuditEntry.Kind, *, by: str = "", auto_pause: str = "", note: str = ""
) -> None:
    """Add a line to the audit log of a send; `by` is a name, empty if no person did it."""
    AuditEntry.objects.create(
        send_id=send_id, kind=kind, by=by[:150], auto_pause=auto_pause, note=note
    )
