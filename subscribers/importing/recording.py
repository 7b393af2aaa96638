"""Record what a run changes of each person, in the same transaction, so that it can be undone.

Who left by a file is not recorded: no undo brings them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from subscribers.importing.staging import KnownPerson, execute

# Of who took another address between two parts, and is in the file by both, the first part has
# recorded a change already.
INSERT_CHANGE = """
INSERT INTO subscribers_importchange (run_id, subscriber_id, made, joined, before, after)
VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (subscriber_id, run_id) DO UPDATE
   SET before = COALESCE(subscribers_importchange.before, excluded.before), after = excluded.after
"""

LAST_PERSON = "SELECT COALESCE(MAX(id), 0) FROM subscribers_subscriber"
LAST_SUBSCRIPTION = "SELECT COALESCE(MAX(id), 0) FROM subscribers_subscription"

# The ids of rows that are written later are larger, whoever writes them.  A run that has changed
# nobody has no record yet that could be in the way, and looking for one costs a fifth.  The plus
# has SQLite find the rows by their ids, and not look through all people of the list.
INSERT_JOINED = """
INSERT INTO subscribers_importchange (run_id, subscriber_id, made, joined)
SELECT %s, here.subscriber_id, here.subscriber_id > %s, %s
  FROM subscribers_subscription AS here
 WHERE here.id > %s AND +here.list_id = %s AND here.created_at = %s
   AND here.source = %s AND here.state <> 'unsubscribed'
"""

# Where others have made some of these people meanwhile, or some were changed.
MERGE_JOINED = """
INSERT INTO subscribers_importchange (run_id, subscriber_id, made, joined)
SELECT %s, person.id, person.id > %s AND person.created_at = here.created_at, %s
  FROM subscribers_subscription AS here
  JOIN subscribers_subscriber AS person ON person.id = here.subscriber_id
 WHERE here.id > %s AND +here.list_id = %s AND here.created_at = %s
   AND here.source = %s AND here.state <> 'unsubscribed'
 ORDER BY person.id
    ON CONFLICT (subscriber_id, run_id) DO UPDATE SET joined = excluded.joined
"""


@dataclass(slots=True)
class Recorder:
    """Writes the changes of one run; `run_id` 0 writes none."""

    run_id: int
    last_person: int = 0
    last_subscription: int = 0
    updated: bool = False

    def begin(self) -> None:
        """Note which people and subscriptions there are before the run writes any."""
        if self.run_id:
            self.last_person = execute(LAST_PERSON)[0][0]
            self.last_subscription = execute(LAST_SUBSCRIPTION)[0][0]

    def record_updates(self, changes: Mapping[KnownPerson, tuple[str, str, str, int]]) -> None:
        """Record names, attributes and languages of people before and after."""
        if not self.run_id or not changes:
            return
        rows = [
            (
                *(self.run_id, person, False, False),
                dumps(known.name, known.attributes, known.language),
                dumps(*after),
            )
            for known, (*after, person) in changes.items()
        ]
        self.updated = True
        with connection.cursor() as cursor:
            cursor.executemany(INSERT_CHANGE, rows)

    def record_joined(self, list_id: int, source: str, now: str, *, others_made: bool) -> None:
        """Record who joined the list, and who of them is new altogether.

        `others_made` says that others made some of these people since it was decided who is new.
        """
        if self.run_id:
            values: list[str | int] = [
                self.run_id,
                self.last_person,
                True,
                self.last_subscription,
                list_id,
                now,
                source,
            ]
            execute(MERGE_JOINED if self.updated or others_made else INSERT_JOINED, values)


def dumps(name: Any, attributes: Any, language: Any) -> str:
    """Return a name, attributes, which are JSON already, and a language as one JSON."""
    kept = {"name": name, "attributes": orjson.Fragment(attributes), "language": language}
    return orjson.dumps(kept).decode()
