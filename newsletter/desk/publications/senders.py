"""Beside the sender's address stands what the provider says of it, and never more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail import hooks

from newsletter.conf.config import Config, load
from newsletter.desk.publications.template_pictures import PERMISSION
from newsletter.errors import NewsletterError
from newsletter.phrases import translate
from newsletter.transports.factory import open_senders, provider_of
from newsletter.transports.senders import SenderReason, SenderState, SenderStatus

UNKNOWN: Final = SenderState.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderWords:
    """What is known of a sender: `label` in a word or two, `sentence` why."""

    state: SenderState
    label: str
    sentence: str


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add what stands beside the field."""
    return [path("publications/sender/", sender_words, name="desk_sender")]


def sender_words(request: HttpRequest) -> HttpResponse:
    """Say what the provider says of the address in the query; nothing is changed there."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    address = request.GET.get("from_email", "").strip()
    try:
        validate_email(address)
    except ValidationError:
        # The field itself says so once it is saved.
        return HttpResponse("")
    shown = {"sender": describe_sender(address, load())}
    return render(request, "desk/publications/sender.html", shown)


def describe_sender(address: str, config: Config) -> SenderWords:
    """Return what is known of an address, in words."""
    try:
        directory = open_senders(config)
        if directory is None:
            return cannot_tell(without_directory(config))
        try:
            return in_words(directory.check(address))
        finally:
            directory.close()
    except NewsletterError as error:
        return cannot_tell(
            _("The provider did not say: {reason}").format(reason=translate(error.message))
        )


def cannot_tell(sentence: str) -> SenderWords:
    """Return that nothing is known, and why."""
    return SenderWords(state=UNKNOWN, label=_("Cannot tell"), sentence=sentence)


def without_directory(config: Config) -> str:
    """Say why a transport tells nothing of senders."""
    if provider_of(config).keeps_files:
        return _("Mail is only written to files here, from any sender.")
    return _("This way of sending does not tell which senders it takes. Send a test to yourself.")


def in_words(status: SenderStatus) -> SenderWords:
    """Return what a provider says, in words."""
    labels = {
        SenderState.VERIFIED: _("Verified"),
        SenderState.NOT_VERIFIED: _("Not verified"),
        SenderState.UNKNOWN: _("Cannot tell"),
    }
    sentence = list_reasons()[status.reason]
    return SenderWords(state=status.state, label=labels[status.state], sentence=sentence)


def list_reasons() -> dict[SenderReason, str]:
    """Return the sentence for each reason."""
    return {
        SenderReason.ADDRESS: _("The provider has confirmed this address."),
        SenderReason.DOMAIN: _("The provider has confirmed the domain of this address."),
        SenderReason.ADDRESS_PENDING: _(
            "The provider waits until somebody follows the link in the mail that it sent there."
        ),
        SenderReason.DOMAIN_PENDING: _(
            "The domain is entered at the provider, but its DNS records are not confirmed yet."
        ),
        SenderReason.NOT_LISTED: _(
            "The provider lists neither this address nor its domain, and refuses mail from senders"
            " that it does not know."
        ),
        SenderReason.PARENT_DOMAIN: _(
            "The provider has confirmed only the domain above. Send a test to yourself to see"
            " whether that is enough."
        ),
        SenderReason.TOO_MANY: _("The provider lists too many senders to look through."),
    }
