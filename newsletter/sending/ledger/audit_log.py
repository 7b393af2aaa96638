"""Write down what was done with a send, by whom, and with which figures in view."""

from __future__ import annotations

from newsletter.sending.models import Act


def record(send_id: int, kind: Act.Kind, *, by: str = "", brake: str = "", note: str = "") -> None:
    """Add a line to the record of a send; `by` is a name, and empty where no person did it."""
    Act.objects.create(send_id=send_id, kind=kind, by=by[:150], brake=brake, note=note[:500])
