"""Open the engine that the settings name."""

from __future__ import annotations

import datetime as dt

from newsletter.conf.config import Config
from newsletter.errors import ConfigError
from newsletter.sending.reporting import jobs
from newsletter.sending.workers.base import Engine
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.base import Transport


def open_engine(config: Config, transport: Transport, *, senders: int) -> Engine:
    """Return the engine, not yet started; raise `ConfigError` where its tables are missing."""
    lease = dt.timedelta(seconds=config.sending.lease_seconds)
    if config.sending.engine == "embedded":
        return EmbeddedEngine(transport, senders=senders, lease=lease)
    if not jobs.table_exists():
        raise ConfigError(
            f"{config.place('database', 'url')}: the tables of the job queue are not there",
            **config.source("database", "url"),
            hint="Make them again: run `DELETE FROM django_migrations WHERE app = 'procrastinate'`"
            " in the database, then this command.",
        )
    # Imported here: with SQLite nothing of Procrastinate is ever loaded.
    from newsletter.sending.workers.procrastinate import ProcrastinateEngine

    return ProcrastinateEngine(transport, senders=senders, lease=lease)
