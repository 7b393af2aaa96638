"""Django's PostgreSQL backend, without the server's compiler of statements (JIT).

Our statements are many and short: one for each batch or chunk.  Compiling them again takes the
server 60 ms each time, several times as long as running them
(https://www.postgresql.org/docs/current/jit-decision.html).  It is switched off by a statement
rather than an option of the connection, which poolers such as PgBouncer refuse.
"""

from __future__ import annotations

from django.db.backends.postgresql.base import DatabaseWrapper as DjangoWrapper

JIT_OFF = "SET jit = off"


class DatabaseWrapper(DjangoWrapper):
    """The backend; every connection begins with `JIT_OFF`."""

    def init_connection_state(self) -> None:
        """Prepare a connection that was just opened; Django calls it."""
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute(JIT_OFF)
