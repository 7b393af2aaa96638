"""Content and template to an edition: content → Jinja → MJML → Premailer → slots.

The templates run once for every variant; then the tokens in the finished parts are cut out
and each becomes a slot, encoded by where it was found.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from newsletter.errors import TemplateError, UnsupportedPersonalization
from newsletter.phrases import phrase
from newsletter.rendering.personalisation import language, merge_tags, tracing
from newsletter.rendering.personalisation.contexts import Context, Positions, in_text_part
from newsletter.rendering.personalisation.variants import Pieces, Skeleton, Slot, slot_key
from newsletter.rendering.pipeline import mail
from newsletter.rendering.pipeline.edition import CompiledEdition, MergeField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsletter.rendering.content import Content
    from newsletter.rendering.pipeline.inlining import Inliner
    from newsletter.rendering.pipeline.templates import Template

#: More forms than this of one mail are refused: nobody could look at them all.
MAX_VARIANTS = 32


def compile_edition(
    content: Content, template: Template, *, inliner: Inliner = "premailer"
) -> CompiledEdition:
    """Return the edition of an issue, complete for every recipient.

    Raises `TemplateError` (and its kinds `MjmlError`, `CssError`, `UnsupportedPersonalization`) for
    the template, `BadInput` for a merge tag in the content; both say where.
    """
    trace = tracing.Trace()
    content = merge_tags.fill_merge_tags(
        content, lambda *expression: trace.token(*expression, by_editor=True)
    )
    trace.texts = partial(merge_tags.texts_of, content)
    cutter = _Cutter(trace)
    skeletons = tuple(
        cutter.skeleton(run.path, made) for run, made in _runs(content, template, trace, inliner)
    )
    slots = tuple(cutter.slots)
    return CompiledEdition(
        nonce=_nonce(slots, skeletons),
        template=template.hash,
        merge_fields=_merge_fields(trace, slots),
        tests=tuple(use.source for use in trace.tests),
        slots=slots,
        skeletons=skeletons,
    )


def _runs(
    content: Content, template: Template, trace: tracing.Trace, inliner: Inliner
) -> Iterator[tuple[tracing.Run, mail.Mail]]:
    """Yield a run and its mail for every path of outcomes the template can take."""
    variables = mail.variables_of(content, template)
    waiting: list[tracing.Path] = [()]
    runs = 0
    while waiting:
        run = tracing.Run(trace, waiting.pop())
        made = mail.make_mail(template, template.environment, variables, run, inliner)
        yield run, made
        runs += 1
        waiting += run.alternatives
        if runs + len(waiting) > MAX_VARIANTS:
            raise _too_many(template, trace)


def _too_many(template: Template, trace: tracing.Trace) -> TemplateError:
    tests = ", ".join(use.source for use in trace.tests)
    return TemplateError(
        phrase(
            "more than {number} variants of one mail; it tests {tests}",
            number=MAX_VARIANTS,
            tests=tests,
        ),
        path=f"{template.name}/{template.name}.mjml",
        hint=phrase(
            "Test less about subscribers, or print {{ a if test else b }}: that needs no variant."
        ),
    )


class _Cutter:
    """Cuts tokens out of finished parts; equal expressions in equal contexts share a slot."""

    def __init__(self, trace: tracing.Trace) -> None:
        self._trace = trace
        self.slots: dict[Slot, int] = {}

    def skeleton(self, path: list[tuple[int, bool]], made: mail.Mail) -> Skeleton:
        """Return the mail of one run as pieces and numbers of slots."""
        positions = Positions(made.html)
        return Skeleton(
            path=tuple(path),
            subject=self._cut(made.subject, lambda _offset, _by_editor: Context.HEADER),
            html=self._cut(made.html, positions.context),
            text=self._cut(made.text, lambda offset, by: in_text_part(made.text, offset, by)),
        )

    def _cut(self, part: str, context: Callable[[int, bool], Context]) -> Pieces:
        pieces: list[str | int] = []
        done = 0
        for token in tracing.TOKEN.finditer(part):
            use = self._trace.use(token[0])
            if use is None:
                continue
            pieces += [part[done : token.start()], self._slot(use, token.start(), context)]
            done = token.end()
        pieces.append(part[done:])
        self._refuse_remains(pieces)
        return tuple(piece for piece in pieces if piece != "")

    def _slot(self, use: tracing.Use, offset: int, context: Callable[[int, bool], Context]) -> int:
        try:
            slot = Slot(use.source, context(offset, use.by_editor))
            _refuse_address(slot)
        except UnsupportedPersonalization as err:
            place = min(use.places)
            path, _, line = place.rpartition(":")
            # An editor's text has no lines: its place is a field.
            path, number = (path, int(line)) if line.isdecimal() else (place, 0)
            raise UnsupportedPersonalization(
                err.message, path=path, line=number, hint=err.hint
            ) from None
        return self.slots.setdefault(slot, len(self.slots))

    def _refuse_remains(self, pieces: list[str | int]) -> None:
        if any(isinstance(piece, str) and self._trace.holds_token(piece) for piece in pieces):
            raise UnsupportedPersonalization(
                phrase("a place for recipient data was changed on the way to the finished mail"),
                hint=phrase(
                    "Print merge tags and subscriber fields as they are, without changing them."
                ),
            )


def _refuse_address(slot: Slot) -> None:
    """Let nobody's data decide alone where a link leads to."""
    if slot.context is Context.ADDRESS and not language.is_address(slot.source):
        raise UnsupportedPersonalization(
            phrase("a subscriber's data cannot be a whole address"),
            hint=phrase('Write how it begins: href="https://example.org/{{ subscriber.… }}".'),
        )


def _nonce(slots: tuple[Slot, ...], skeletons: tuple[Skeleton, ...]) -> str:
    """Return a nonce whose keys occur nowhere in the content."""
    texts = [
        piece
        for each in skeletons
        for piece in (*each.subject, *each.html, *each.text)
        if isinstance(piece, str)
    ]
    everything = "\n".join(texts)
    while True:
        nonce = secrets.token_hex(16)
        if not any(slot_key(nonce, slot) in everything for slot in slots):
            return nonce


def _merge_fields(trace: tracing.Trace, slots: tuple[Slot, ...]) -> tuple[MergeField, ...]:
    places: dict[str, set[str]] = {}
    for use in trace.uses:
        places.setdefault(use.source, set()).update(use.places)
    found: dict[str, list[str]] = {}
    for slot in slots:
        found.setdefault(slot.source, []).append(slot.context)
    return tuple(
        MergeField(source, tuple(sorted(found[source])), tuple(sorted(places[source])))
        for source in sorted(found)
    )
