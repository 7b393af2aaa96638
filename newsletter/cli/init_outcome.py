"""What `newsletter init` tells: what was made, what was there, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class There:
    """What there was before."""

    tables: bool = False
    publications: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was made, and what was there; the slug, the user and the link of what is new."""

    folder: Path
    there: There
    is_new: bool
    publication: str
    user: str
    link: str
    hides_password: bool

    def parts(self) -> dict[str, bool]:
        """Return of each part whether it was made now."""
        return {
            "settings": self.is_new,
            "database": not self.there.tables,
            "publication": bool(self.publication),
            "user": bool(self.user),
        }

    def summary(self) -> dict[str, Any]:
        """Return it for programs."""
        from newsletter.conf.config import load

        owner = self.owner()
        made = self.parts()
        return {
            "folder": str(self.folder),
            "config": str(load().path),
            "publication": owner.name,
            "slug": owner.slug,
            "time_zone": owner.time_zone,
            "starts_on": owner.starts_on.isoformat(),
            "user": self.user,
            "link": self.link,
            "made": [name for name, is_made in made.items() if is_made],
            "existed": [name for name, is_made in made.items() if not is_made],
        }

    def owner(self) -> Any:
        """Return the publication that was made, or the first that was there."""
        from newsletter.publishing.models import Publication

        if self.publication:
            return Publication.objects.get(slug=self.publication)
        return Publication.objects.order_by("pk").first()

    def text(self) -> str:
        """Return it for people."""
        lines = [*self.account_of_parts(), *self.what_is_missing()]
        if not any(self.parts().values()):
            lines.append("Nothing was changed. To change a publication: the desk, Publications.")
        lines += [
            f"  cd {self.folder}",
            "  newsletter emulator &     a local SendGrid, to try everything",
            "  newsletter serve          the desk, the clock and the senders",
        ]
        if self.link:
            lines.append(
                f"While it runs, {self.user} chooses a password here, once, within three days:\n"
                f"  {self.link}"
            )
        return "\n".join(lines)

    def account_of_parts(self) -> list[str]:
        """Say of each part what it is, and whether it was made or was there."""
        from newsletter.conf.config import load
        from newsletter.runtime.startup import name_database

        owner, there = self.owner(), self.there
        names = {
            "settings": str(load().path),
            "database": name_database(),
            "publication": f"“{owner.name}”" if self.publication else quote(there.publications),
            "user": self.user or ", ".join(there.accounts),
        }
        return [
            f"{part.capitalize():<12} {names[part]}: {'made' if is_made else 'was there'}"
            for part, is_made in self.parts().items()
        ]

    def what_is_missing(self) -> list[str]:
        """Say when the publication comes out, and what has to be told before it is sent."""
        from newsletter.dates import format_time
        from newsletter.publishing.rhythm_fields import cadence_of
        from newsletter.sending import trusted_time

        if not self.publication:
            return []
        owner = self.owner()
        cadence = cadence_of(owner)
        at = cadence.time_on(next(iter(cadence.dates(trusted_time.now()))))
        zone = "" if owner.time_zone == "UTC" else f" ({owner.time_zone})"
        lines = [f"First slot   {format_time(at, owner.time_zone)}{zone}"]
        if not owner.postal_address:
            lines.append(
                "Before anything can be sent it needs a postal address: in the desk, Publications."
            )
        if owner.from_email.endswith("@example.org"):
            lines.append(
                f"Before real mail is sent it needs a sender of its own: {owner.from_email}"
                " is a placeholder."
            )
        if self.hides_password:
            lines.append(
                "config.toml has no password: keep NEWSLETTER_DATABASE_URL set, or use ~/.pgpass."
            )
        return lines


def quote(names: tuple[str, ...]) -> str:
    """Return names between quotation marks."""
    return ", ".join(f"“{name}”" for name in names)
