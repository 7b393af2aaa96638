"""The tables of config.toml, typed: one class each, with what every setting means."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from newsletter.conf.database_url import check_url
from newsletter.conf.transport_names import check_transport_name
from newsletter.hostnames import ascii_url, greeting_name, path_below

#: Where a site stands as long as nobody says otherwise.
DEFAULT_PORT = 8000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: A path below which a site can stand: nothing in it is ever escaped.
PATH_OF_SITE = re.compile(r"(?:/[A-Za-z0-9_-]+)+")
#: How a rate is written.
LIMIT = re.compile(r"([1-9]\d{0,8}) per (second|minute|hour)")


class Section(BaseModel):
    """A table of config.toml: frozen, and strangers are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


def normalise_address(value: str) -> str:
    """Return an http(s) address in ASCII without its closing slash, or raise `ValueError`.

    It stands in headers of mails, in feeds and in links: https://bücher.example becomes
    https://xn--bcher-kva.example here, once for all of them.
    """
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://news.example.org")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must be an address without user, question mark or #")
    try:
        return ascii_url(value.strip()).rstrip("/")
    except ValueError as error:
        raise ValueError(f"must be an address such as https://news.example.org: {error}") from None


class Site(Section):
    """The public face."""

    name: str = Field(default="Fortnight", min_length=1)
    """What the desk and the public pages call this site."""

    base_url: str = f"http://127.0.0.1:{DEFAULT_PORT}"
    """The address of this site, also with a path: links in mails, pages, feeds and sitemap begin
    with it."""

    addresses: dict[str, str] = Field(default_factory=dict)
    """Publications with a host of their own, by their short names: `weekly = "https://…"`."""

    time_zone: str = "UTC"
    """The zone in which the desk shows times that belong to no publication."""

    secret_key_env: str = "NEWSLETTER_SECRET_KEY"  # noqa: S105  the name of a variable
    """The variable with the signing key; unset, a key file in the data folder is used."""

    old_secret_keys_env: str = "NEWSLETTER_OLD_SECRET_KEYS"  # noqa: S105  the name of a variable
    """The variable with earlier signing keys, between spaces: links signed with them still work."""

    @field_validator("base_url")
    @classmethod
    def check_base_url(cls, value: str) -> str:
        """Refuse what is not an address, or whose path is more than plain names."""
        checked = normalise_address(value)
        path = urlsplit(checked).path
        if path and not PATH_OF_SITE.fullmatch(path):
            raise ValueError(
                f"must have a path such as /news, not {path}: letters, digits, hyphens and"
                " underscores between slashes"
            )
        return checked

    @field_validator("addresses", mode="before")
    @classmethod
    def read_addresses(cls, value: Any) -> Any:
        """Take a table also as a text: `weekly=https://…, daily=https://…` of the environment."""
        if not isinstance(value, str):
            return value
        pairs = [each.partition("=") for each in value.replace(",", " ").split()]
        return {name: address for name, _, address in pairs}

    @field_validator("addresses")
    @classmethod
    def check_addresses(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        """Refuse addresses with a path, and a host that another publication or the site has."""
        hosts = {urlsplit(info.data.get("base_url", "")).hostname: "the site itself"}
        checked = {}
        for name, given in value.items():
            address = normalise_address(given)
            parts = urlsplit(address)
            if parts.path:
                raise ValueError(f"{name} must have an address without a path ({parts.path})")
            if owner := hosts.get(parts.hostname):
                raise ValueError(f"{name} has the host {parts.hostname}, which {owner} has already")
            hosts[parts.hostname] = name
            checked[name] = address
        return checked

    @property
    def origin(self) -> str:
        """Scheme, host and port of the site: what stands before a path that begins with a slash."""
        return self.base_url.removesuffix(self.prefix)

    @property
    def prefix(self) -> str:
        """The path below which the site stands, `/news`; empty at the root of its host."""
        return urlsplit(self.base_url).path

    @property
    def hosts(self) -> list[str]:
        """The host names of the site and of publications with one of their own."""
        return [urlsplit(each).hostname or "" for each in (self.base_url, *self.addresses.values())]

    def path_below(self, path: str) -> str:
        """Return the path of a request without the prefix below which the site stands."""
        return path_below(self.prefix, path)

    def origin_of(self, slug: str) -> str:
        """Return what stands before the paths of a publication."""
        return self.addresses.get(slug, self.origin)

    @field_validator("time_zone")
    @classmethod
    def check_zone(cls, value: str) -> str:
        """Refuse a zone that the time zone database does not know."""
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("must be a time zone such as America/New_York") from None
        return value


class Database(Section):
    """Where everything is kept."""

    url: str = "sqlite:///var/newsletter.sqlite3"
    """`sqlite:///PATH`, or `postgresql://USER@HOST/NAME?sslmode=verify-full` with any option of
    libpq; put a password into ~/.pgpass."""

    check_url = field_validator("url")(check_url)


#: How a key of age begins that backups can be encrypted to.
RECIPIENTS = ("age1", "ssh-ed25519 ", "ssh-rsa ")


class Backup(Section):
    """Backups: one each night, and one before an upgrade."""

    folder: str = "var/backups"
    """The folder for backups, relative to config.toml; best on another disk."""

    nightly: bool = True
    """Whether `newsletter serve` makes a backup each night, at three in the time zone of the
    site."""

    keep: int = Field(default=7, ge=1, le=1000)
    """Backups of nights that are kept; also of those before upgrades.  What a person made stays."""

    before_upgrade: bool = True
    """Whether a backup is made before a new release changes the tables."""

    encrypt_to: tuple[str, ...] = ()
    """Public keys of age (`age1…`) or SSH: with one, backups are encrypted to them."""

    @field_validator("encrypt_to", mode="before")
    @classmethod
    def read_keys(cls, value: Any) -> Any:
        """Take a list also as a text: so it comes from the environment."""
        if not isinstance(value, str):
            return value
        return tuple(each.strip() for each in value.split(",") if each.strip())

    @field_validator("encrypt_to")
    @classmethod
    def check_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no public key; a secret key in a file of settings is no secret."""
        for each in value:
            if not each.startswith(RECIPIENTS):
                raise ValueError(
                    "must be public keys such as age1… or ssh-ed25519 …; the secret key stays"
                    " away from this machine"
                )
        return value


class Web(Section):
    """The address that `newsletter serve` listens on."""

    host: str = "127.0.0.1"
    """`0.0.0.0` to be reached from other machines."""

    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535)
    """0 takes any free port."""

    threads: int = Field(default=6, ge=1, le=64)
    """Requests answered at the same time."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies, whose X-Forwarded-For, -Proto and -Host are believed."""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def read_proxies(cls, value: Any) -> Any:
        """Take a list also as a text: so it comes from the environment."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def check_proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is neither an address nor a network."""
        for each in value:
            try:
                ip_network(each, strict=False)
            except ValueError:
                raise ValueError(
                    "must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8"
                ) from None
        return value


class Sending(Section):
    """How mail leaves."""

    transport: str = "sendgrid"
    """How mail leaves: `sendgrid`, `smtp`, `maildir`, or a transport of another package."""

    engine: Literal["embedded", "procrastinate"] = "embedded"
    """Who sends: threads of `newsletter serve`, or `newsletter worker` on many machines."""

    batch_size: int = Field(default=1000, ge=1, le=1000)
    """Subscribers in one request; SendGrid takes 1,000 at most, the other ways 100 at a time."""

    concurrency: int = Field(default=4, ge=0, le=32)
    """Batches that one process sends at a time; 0 leaves them to `newsletter worker`."""

    senders: Literal["thread", "process"] = "thread"
    """Where `newsletter serve` sends: in threads of its own, or in a process beside it."""

    lease_seconds: float = Field(default=120.0, ge=1)
    """A sender that has not finished its batch by then is taken for dead."""

    undo_seconds: float = Field(default=60.0, ge=0, le=3600)
    """What a person starts by hand leaves after this time; until then it can be undone."""

    max_delay_hours: float = Field(default=6.0, ge=0)
    """A send that comes due while nothing runs still goes out within this time, else waits."""

    @property
    def has_sender_process(self) -> bool:
        """Whether `newsletter serve` starts a process to send, and only while something is sent."""
        return self.senders == "process" and self.concurrency > 0

    @field_validator("transport")
    @classmethod
    def check_transport(cls, value: str) -> str:
        """Refuse the name of no transport."""
        return check_transport_name(value)


class Rates(Section):
    """How fast mail may leave, over all senders together; 0 sets no limit."""

    per_second: int = Field(default=0, ge=0)
    """People in any second."""

    per_minute: int = Field(default=0, ge=0)
    """People in any minute."""

    per_hour: int = Field(default=0, ge=0)
    """People in any hour."""

    domains: Mapping[str, str] = Field(default_factory=dict)
    """Limits of their own for recipients' domains: `"gmail.com" = "20 per second"`."""

    warmup_start: str = ""
    """The first day of the warm-up of a new sender, such as 2026-12-01; empty: no warm-up."""

    warmup_first_day: int = Field(default=200, ge=1)
    """People on the first day."""

    warmup_factor: float = Field(default=1.5, gt=1, le=10)
    """How many times as many on each next day."""

    @field_validator("domains", mode="before")
    @classmethod
    def read_domains(cls, value: Any) -> Any:
        """Take a table also as a text: so it comes from the environment."""
        if not isinstance(value, str):
            return value
        try:
            return tomllib.loads(f"domains = {value}")["domains"]
        except tomllib.TOMLDecodeError:
            raise ValueError('must be a table such as {"gmail.com" = "20 per second"}') from None

    @field_validator("domains")
    @classmethod
    def check_domains(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        """Refuse a limit that cannot be read."""
        for names, limit in value.items():
            if not names.split() or not LIMIT.fullmatch(limit):
                raise ValueError(
                    'must be limits such as "gmail.com googlemail.com" = "20 per second"'
                    " (or per minute, or per hour)"
                )
        return value

    @field_validator("warmup_start", mode="before")
    @classmethod
    def check_day(cls, value: Any) -> str:
        """Take a day of TOML's own, or as a text."""
        try:
            return value and str(dt.date.fromisoformat(str(value)))
        except ValueError:
            raise ValueError("must be a day such as 2026-12-01, or empty") from None


class Canary(Section):
    """The few who get an issue first, where a publication asks for it."""

    percent: float = Field(default=1.0, ge=0, le=50)
    """How many of the audience; who is on the publication's own list comes on top."""

    minutes: float = Field(default=30.0, ge=0)
    """The rest waits for so long after the last answer; less, if good news comes earlier."""


class AutoPause(Section):
    """When a send is held by itself: by what came back of it so far; 0 percent never holds."""

    bounce_percent: float = Field(default=5.0, ge=0, le=100)
    """More of it bounced or was turned away."""

    min_bounces: int = Field(default=10, ge=1)
    """Fewer than these do not count."""

    complaint_percent: float = Field(default=0.1, ge=0, le=100)
    """More of it was reported as spam."""

    min_complaints: int = Field(default=3, ge=1)
    """Fewer than these do not count."""

    lost_answers: int = Field(default=3, ge=0)
    """This many lost answers in a row, with nothing accepted between them; 0 never holds."""

    lost_percent: float = Field(default=20.0, ge=0, le=100)
    """For more of the people the answer was lost, and at least five were; 0 never holds."""


class SignUp(Section):
    """How people sign up by themselves, and what keeps others from signing them up."""

    valid_days: int = Field(default=7, ge=1, le=30)
    """How long the link of a confirmation mail can be used."""

    max_mails: int = Field(default=3, ge=1, le=5)
    """How many confirmation mails an address gets for one list, until it is confirmed."""

    proof_cost: int = Field(default=2000, ge=100, le=100_000)
    """How much a browser computes before a form counts: rounds of PBKDF2, about 256 times."""

    per_address_per_hour: int = Field(default=6, ge=1)
    """Sign-ups of one email address, at all forms."""

    per_visitor_per_hour: int = Field(default=30, ge=1)
    """Sign-ups from one network address; four times as many from its whole network."""

    per_form_per_hour: int = Field(default=5000, ge=1)
    """Sign-ups at one form."""

    without_script_per_hour: int = Field(default=5, ge=1)
    """Sign-ups from one network address without a script; 60 in all at one form."""


class SendGrid(Section):
    """The account at SendGrid."""

    base_url: str = "http://127.0.0.1:8026"
    """The emulator on this machine; https://api.sendgrid.com or https://api.eu.sendgrid.com."""

    api_key_env: str = "SENDGRID_API_KEY"
    """The variable that holds the key."""

    connect_timeout_seconds: float = Field(default=5.0, gt=0)
    """Time limit for opening a connection."""

    read_timeout_seconds: float = Field(default=30.0, gt=0)
    """Time limit for an answer; after it the batch counts as unknown."""

    webhook_keys_env: str = "SENDGRID_WEBHOOK_KEYS"
    """The variable with the public keys that events are signed with; without it none are taken."""

    check_base_url = field_validator("base_url")(normalise_address)


class Events(Section):
    """What the provider tells us afterwards."""

    max_age_hours: float = Field(default=25.0, gt=0)
    """A signed post that is older is refused; a provider may repeat one for a day."""

    lookup_after_minutes: float = Field(default=30.0, ge=0)
    """What is unknown for so long is looked up in the provider's log."""

    retention_days: float = Field(default=180.0, ge=1)
    """Events are forgotten after this time; what they have changed stays."""

    counted_days: float = Field(default=180.0, ge=1)
    """Who opened a send or followed a link is forgotten so long after it began; its sums stay."""


class SuppressionSettings(Section):
    """When an address is suppressed without anybody saying so, and what the provider is asked."""

    soft_bounces: int = Field(default=5, ge=0)
    """Issues turned away one after the other until an address is suppressed; 0: never."""

    soft_bounce_days: float = Field(default=120.0, ge=1)
    """Only what was turned away within this time counts."""

    soft_bounce_spread_days: float = Field(default=7.0, ge=0)
    """The first and the last of them are at least this time apart."""

    pull: bool = True
    """Once a day the provider's own suppression lists are read, as events may be missing."""

    pull_overlap_hours: float = Field(default=48.0, ge=1)
    """What the provider listed this time before the last reading is read again."""


class Privacy(Section):
    """How long data about people is kept; 0 keeps it for ever.  Cleaned once a night."""

    unconfirmed_days: float = Field(default=30.0, ge=0)
    """Sign-ups and people that were never confirmed are erased after this time."""

    ip_hash_days: float = Field(default=30.0, ge=1, le=90)
    """The keyed hash of a visitor's network address is removed after this time."""

    inactive_days: float = Field(default=0.0, ge=0)
    """People who left every list are erased after this time; their address stays suppressed."""

    history_days: float = Field(default=1095.0, ge=0)
    """Changes of subscriptions are forgotten after this time; consent is kept with the person."""

    logs_days: float = Field(default=365.0, ge=0)
    """Notes of suppressions that were removed are forgotten after this time."""


class Monitoring(Section):
    """Who is told when something needs a person, and who may read the metrics."""

    alarm_mail: tuple[str, ...] = ()
    """Addresses that get a mail for each alarm, and one when it is over."""

    alarm_webhook_env: str = "NEWSLETTER_ALARM_WEBHOOK"
    """The variable with an address that gets each alarm as JSON; unset, none does."""

    metrics_token_env: str = "NEWSLETTER_METRICS_TOKEN"  # noqa: S105  the name of a variable
    """The variable with the bearer token for /metrics; unset, there is no such page."""

    disk_free_percent: float = Field(default=5.0, ge=0, le=50)
    """With less of the disk free, there is an alarm; 0: never."""

    webhook_silent_hours: float = Field(default=3.0, ge=0)
    """Mail was accepted and no event came for this time: an alarm; 0: never."""

    @field_validator("alarm_mail", mode="before")
    @classmethod
    def read_addresses(cls, value: Any) -> Any:
        """Take a list also as a text: so it comes from the environment."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("alarm_mail")
    @classmethod
    def check_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no address."""
        from email_validator import EmailNotValidError, validate_email

        for each in value:
            try:
                validate_email(each, check_deliverability=False, test_environment=True)
            except EmailNotValidError:
                raise ValueError(
                    f"must be email addresses such as ops@example.org, not {each}"
                ) from None
        return value


class Logging(Section):
    """What the programs that stay write to their standard error."""

    format: Literal["text", "json"] = "text"
    """`text` for people, `json` for programs: one object in each line. Its fields:
    docs/how-to/monitoring.md"""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least grave lines that are written."""


class Smtp(Section):
    """A mail server to submit to."""

    host: str = Field(default="127.0.0.1", min_length=1)
    """Its name, as in its certificate."""

    port: int = Field(default=587, ge=1, le=65535)
    """587 with STARTTLS, 465 with TLS from the first byte, 25 for a server on this machine."""

    insecure: bool = False
    """Whether mail and password may go to another machine without encryption."""

    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is secured; `none` only to this machine, unless `insecure` is true."""

    hello: str = ""
    """The name we greet the server with; empty: the host of [site] base_url."""

    user: str = ""
    """Who we are to the server; empty for a server that does not ask."""

    password_env: str = "SMTP_PASSWORD"  # noqa: S105  the name of a variable
    """The variable that holds the password."""

    ca_file: str = ""
    """A file with certificates to trust besides the machine's own, relative to config.toml."""

    connections: int = Field(default=20, ge=1, le=1000)
    """Connections of one process at the same time, at most; fewer while the server is fast."""

    connect_timeout_seconds: float = Field(default=10.0, gt=0)
    """Time limit for opening a connection."""

    read_timeout_seconds: float = Field(default=30.0, gt=0)
    """Time limit for a reply; after it the person whose mail was in transit counts as unknown."""

    @field_validator("security")
    @classmethod
    def check_security(cls, value: str, info: ValidationInfo) -> str:
        """Refuse to send over the open net in the clear."""
        here = info.data.get("host") in LOOPBACK or info.data.get("insecure")
        if value == "none" and not here:
            raise ValueError("mail to another machine needs starttls or tls (or: insecure = true)")
        return value

    @field_validator("hello")
    @classmethod
    def check_hello(cls, value: str) -> str:
        """Return the name in ASCII, or refuse what is none (RFC 5321 4.1.3)."""
        found = greeting_name(value)
        if value and not found:
            raise ValueError("must be a host name such as mail.example.org, or [192.0.2.1]")
        return found

    @field_validator("user")
    @classmethod
    def check_user(cls, value: str) -> str:
        """Refuse what no login may hold."""
        if value != value.strip() or not value.isprintable():
            raise ValueError("has a blank or a line end at its beginning or end, or a control sign")
        return value


class Maildir(Section):
    """Files instead of mail."""

    folder: str = "var/maildir"
    """A Maildir, relative to config.toml; it is made when it is needed."""


class Templates(Section):
    """Where the templates are."""

    folder: str = "templates"
    """The folder with your own, relative to config.toml; the others come from the program."""

    inliner: Literal["premailer", "css-inline"] = "premailer"
    """What moves style rules into the elements; `css-inline` is the fast one."""


class Pdf(Section):
    """The PDF edition."""

    offer: bool = True
    """Whether mail and web page link to a PDF of the issue."""

    fonts: str = ""
    """A folder with fonts, relative to config.toml, besides those of the machine."""
