"""Whether two clocks agree: a slot opens, and mail is pre-scheduled, by the time of day."""

from __future__ import annotations

import datetime as dt

from newsletter.doctor.results import Result, Topic
from newsletter.phrases import phrase

#: A header has whole seconds, and an answer takes a while.
LOOK_AFTER, WRONG_AFTER = dt.timedelta(seconds=5), dt.timedelta(seconds=60)


def judge_clock(topic: Topic, ahead: dt.timedelta) -> Result:
    """Judge by how much our clock is ahead of another one."""
    seconds = f"{abs(ahead.total_seconds()):,.0f}"
    if abs(ahead) < LOOK_AFTER:
        return topic.right(phrase("it agrees with the clock of this machine"))
    if ahead > dt.timedelta(0):
        found = phrase("the clock of this machine is {seconds} s ahead of it", seconds=seconds)
    else:
        found = phrase("the clock of this machine is {seconds} s behind it", seconds=seconds)
    fix = phrase("Let the system set its clock by NTP: timedatectl set-ntp true")
    return topic.wrong(found, fix) if abs(ahead) > WRONG_AFTER else topic.look(found, fix)
