"""Every error raised on purpose; the class is the decision.

NewsletterError
  ConfigError                   stop: a person must edit config.toml or set a variable
    NewerDatabase               stop: a newer release has changed the tables
    MovedDatabase               stop: the database was moved, and this is the old one
  NotInstalled                  stop: a person must install what an option needs
  DatabaseUnavailable           try again: the database does not answer, or cannot be written
  DnsUnavailable                try again: the DNS does not answer
  BackupFailed                  stop: no backup was made, or it cannot be read; nothing was changed
  MoveFailed                    stop: the database could not be moved; the old one has everything
  BadInput                      stop: a person must fix a file or an argument
    AddressInDoubt              an address looks mistyped: a person must confirm it
    ImportRejected              the file could not be imported; nothing was saved
    NotFound                    nothing by that name
    ImageTooLarge               a picture has more pixels than are decoded here
    LimitExceeded               a text is larger, or nested deeper, than any mail needs
    MergeTagError               a merge tag in a text is misspelt, or has no words for those without
  TemplateError                 stop: a designer must fix a template
    MjmlError                   the MJML is not well formed, or uses what cannot be rendered
    CssError                    the style sheet cannot be read
    UnsupportedPersonalization  recipient data is used where it cannot be filled in later
  PdfError                      stop: a person must fix a text or provide a font
    MissingGlyph                no font here has a character: print its name, or name all of them
  InvalidTransition             stop: the state does not allow it (a bug, or somebody was quicker)
    ImportTakenOver             another process goes on with the import: write nothing more
    NotApproved                 approve the issue first
    SecondPersonNeeded          somebody else must approve it
    NotReady                    fix what preflight finds in the issue, or accept it with a reason
    AlreadyQueued               the issue is queued or sent already
  TransportError
    NotSubmitted                try again: nothing was accepted
      Throttled                 try again later: the provider says when
        Deferred                try these people again later, but not for ever
      TooLarge                  cut the batch in two, and try again
    Refused                     give up: the provider said no, for good
    AccountError                stop the whole send: the account, key or sender is at fault
    OutcomeUnknown              never try again unasked: it may have been accepted
    PartiallySubmitted          each person of the batch has an answer of their own
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.phrases import phrase, translate
from newsletter.places import name_line, put_at

if TYPE_CHECKING:
    from collections.abc import Mapping


class NewsletterError(Exception):
    """The message is for people, `code` for programs, `hint` for what to do next."""

    code = "newsletter"
    hint: str = ""

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        super().__init__(message or type(self).__doc__ or "")
        if hint:
            self.hint = hint

    @property
    def message(self) -> str:
        """What happened: English, or a phrase, which `translate` puts into other languages."""
        message: str = self.args[0]
        return message

    @property
    def what(self) -> str:
        """What happened as a sentence for a page, in the reader's language."""
        return str(translate(phrase("{what}.", what=translate(self.message).rstrip(".。"))))

    @property
    def sentences(self) -> str:
        """What happened and what to do next, as one text for a page, in the reader's language."""
        if not self.hint:
            return self.what
        what = translate(self.message).rstrip(".。")
        return str(translate(phrase("{what}. {hint}", what=what, hint=self.hint)))


class ConfigError(NewsletterError):
    """A setting is missing, misspelt or of the wrong kind.

    Where they are known, `path` and `line` say where it stands, `setting` is its name
    (`web.port`), and `variable` the environment variable that it came from.
    """

    code = "config"

    def __init__(
        self,
        message: str = "",
        *,
        path: str = "",
        line: int = 0,
        setting: str = "",
        variable: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.path, self.line, self.setting, self.variable = path, line, setting, variable


class NewerDatabase(ConfigError):
    """A newer release has changed the tables of the database."""

    code = "newer-database"


class MovedDatabase(ConfigError):
    """The database was moved to another place, and this is the old one."""

    code = "moved-database"


class NotInstalled(NewsletterError):
    """Something that is asked for needs what is not on this machine."""

    code = "not-installed"


class DatabaseUnavailable(NewsletterError):
    """The database does not answer, or cannot be written."""

    code = "database"
    hint: str = phrase("Nothing is lost: what was written stands. When it is back, do it again.")
    #: Where its address was read, as `ConfigError` has it; empty where nobody looked.
    path = setting = variable = ""


class DnsUnavailable(NewsletterError):
    """The DNS does not answer."""

    code = "dns"
    hint: str = phrase("Look at the network, and at the resolver of this machine.")


class BackupFailed(NewsletterError):
    """A backup could not be made, read or restored; nothing was changed."""

    code = "backup"


class MoveFailed(NewsletterError):
    """A database could not be moved; the old one still has everything."""

    code = "move"


class BadInput(NewsletterError):
    """What was given cannot be used as it is."""

    code = "bad-input"


class ImportRejected(BadInput):
    """A file could not be imported; nothing was saved."""

    code = "import-rejected"

    def __init__(self, message: str, *, path: str = "", line: int = 0, hint: str = "") -> None:
        self.problem, self.path, self.line = message, path, line
        place = ":".join(str(part) for part in (path, line) if part)
        super().__init__(put_at(place, message), hint=hint)


class NotFound(BadInput):
    """There is nothing by that name."""

    code = "not-found"


class AddressInDoubt(BadInput):
    """An address looks mistyped; `meant` is what was probably meant."""

    code = "address-in-doubt"

    def __init__(self, address: str, meant: str) -> None:
        self.address, self.meant = address, meant
        super().__init__(
            phrase("{address} looks mistyped: is it {meant}?", address=address, meant=meant),
            hint=phrase("Correct it, or say that it is right."),
        )


class ImageTooLarge(BadInput):
    """A picture has more pixels than are decoded here."""

    code = "image-too-large"


class LimitExceeded(BadInput):
    """A text is larger, or nested deeper, than any mail needs.

    `place` is the part of the issue (`item 2`), `line` the line in its text, 0 if not known.
    """

    code = "limit-exceeded"

    def __init__(self, message: str, *, place: str = "", line: int = 0, hint: str = "") -> None:
        self.problem, self.place, self.line = message, place, line
        super().__init__(put_at(name_line(place, line), message), hint=hint)

    def at(self, place: str) -> LimitExceeded:
        """Return the same error, with the part of the issue that it is about."""
        return LimitExceeded(self.problem, place=place, line=self.line, hint=self.hint)


class MergeTagError(BadInput):
    """A merge tag in a text is misspelt, or has no words for subscribers without the field.

    `field` is the text of the issue in which it stands, e.g. `blocks 1 body`.
    """

    code = "merge-tag"

    def __init__(self, message: str, *, field: str, hint: str = "") -> None:
        self.problem, self.field = message, field
        super().__init__(put_at(field, message), hint=hint)


class TemplateError(NewsletterError):
    """A template cannot be rendered; `path`, `line` and `column` say where (0: not known)."""

    code = "template"

    def __init__(
        self, message: str, *, path: str = "", line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        self.path, self.line, self.column = path, line, column
        place = ":".join(str(part) for part in (path, line, column) if part)
        super().__init__(put_at(place, message), hint=hint)


class MjmlError(TemplateError):
    """The MJML is not well formed, or uses what cannot be rendered."""

    code = "mjml"


class CssError(TemplateError):
    """A style sheet cannot be read."""

    code = "css"


class UnsupportedPersonalization(TemplateError):
    """Recipient data is used where it cannot be filled in later."""

    code = "unsupported-personalization"


class PdfError(NewsletterError):
    """The PDF edition cannot be made."""

    code = "pdf"


class MissingGlyph(PdfError):
    """No font here has a character of the PDF."""

    code = "missing-glyph"


class InvalidTransition(NewsletterError):
    """The state of a thing does not allow the step."""

    code = "invalid-transition"


class ImportTakenOver(InvalidTransition):
    """An import gave no sign of life, and another process took it over: it writes nothing more."""

    code = "import-taken-over"
    hint: str = phrase("Look at what became of it: newsletter import show ID")


class NotApproved(InvalidTransition):
    """The issue has not been approved as it stands now."""

    code = "not-approved"
    hint: str = phrase("Approve it: newsletter issue approve REF")


class SecondPersonNeeded(InvalidTransition):
    """Whoever changed the issue last cannot approve it."""

    code = "second-person"
    hint: str = phrase("Ask somebody else who may approve.")


class NotReady(InvalidTransition):
    """Preflight finds errors in the issue that nobody has accepted."""

    code = "not-ready"
    hint: str = phrase("See all, and how to fix them: newsletter issue check REF")


class AlreadyQueued(InvalidTransition):
    """The issue is queued or sent already."""

    code = "already-queued"
    hint: str = phrase("See it: newsletter send list")


class TransportError(NewsletterError):
    """A provider did not say yes.

    Where `interruption` is set, that is what came in between (Ctrl-C, the end of the process):
    whoever has written the decision down raises it again.
    """

    code = "transport"
    interruption: BaseException | None = None


class NotSubmitted(TransportError):
    """Nothing was accepted; the same batch may be submitted again."""

    code = "not-submitted"


class Throttled(NotSubmitted):
    """The provider asks to wait `seconds` before the next request."""

    code = "throttled"

    def __init__(self, message: str = "", *, seconds: float = 1.0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class Deferred(Throttled):
    """The servers of some people ask to come back later; what is asked too often is refused."""

    code = "deferred"


class TooLarge(NotSubmitted):
    """One request cannot hold all these people; nothing was accepted."""

    code = "too-large"


class Refused(TransportError):
    """The provider refused, for good; `persons` are the places in the batch it named.

    `about_us` says of a no to one person that it may be a no to everybody.  So may one that many
    people get in a row: `alike` is what their words have in common; empty where each is about a
    person.
    """

    code = "refused"

    def __init__(
        self,
        message: str = "",
        *,
        persons: frozenset[int] = frozenset(),
        about_us: bool = False,
        alike: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.persons, self.about_us, self.alike = persons, about_us, alike


class AccountError(TransportError):
    """Key, quota or sender is at fault: every batch would fail, so the send waits.

    `persons` are those whose refusal says so, by their places, with the words.  Perhaps it was
    about them alone: should they get the same answer after a person has let the send go on, it
    is.  `certain` says that the words are plainly about us; then others must be accepted first.
    """

    code = "account-error"
    hint: str = phrase("Fix the cause, then: newsletter send resume ID")

    def __init__(
        self,
        message: str = "",
        *,
        persons: Mapping[int, str] | None = None,
        certain: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.persons, self.certain = dict(persons or {}), certain


class OutcomeUnknown(TransportError):
    """The batch left, and no answer came back; it may have been accepted.

    `holds` says that something else than the provider answered: so it would every batch, and the
    send has to wait for a person.
    """

    code = "outcome-unknown"
    hint: str = phrase("It stays unknown until there is evidence: newsletter send resolve ID")

    def __init__(self, message: str = "", *, holds: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.holds = holds


class PartiallySubmitted(TransportError):
    """Where a transport submits person by person, and not all went well; nobody is in two sets.

    `accepted` and `unknown` hold places in the batch, `refused` the reason by place.  Nothing
    was submitted for the others; `cause` is the decision about them.
    """

    code = "partially-submitted"
    hint: str = phrase("See who: newsletter send who ID")

    def __init__(
        self,
        message: str = "",
        *,
        accepted: frozenset[int] = frozenset(),
        refused: Mapping[int, str] | None = None,
        unknown: frozenset[int] = frozenset(),
        cause: TransportError | None = None,
        message_id: str = "",
    ) -> None:
        super().__init__(message)
        self.accepted, self.refused, self.unknown = accepted, dict(refused or {}), unknown
        self.cause, self.message_id = cause, message_id
