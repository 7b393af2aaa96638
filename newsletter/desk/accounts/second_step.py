"""A second step at login: a code from an app (TOTP, RFC 6238), or a recovery code once.

django-otp keeps the keys, accepts each code once and makes whoever guesses wait longer each time.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.log_actions import log

from newsletter.throttling.counting import Limit, account_name, count_attempt, give_back

#: Whether a session needs the second step; kept from login on.
NEEDED = "desk_second_step"
RECOVERY_CODES = 10
DIGITS = 6
#: Tries at one account in a quarter of an hour.
TRIES, SECONDS = 10, 900
SWITCHED_ON = "newsletter.second_step_on"
SWITCHED_OFF = "newsletter.second_step_off"
RESET = "newsletter.second_step_reset"

#: What the page of the second step needs itself: icons and messages are nobody's secret.
FREE = (
    "desk_second_step",
    "wagtailadmin_logout",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
)


class RequireSecondStep:
    """Middleware: leads to the second step whoever has one and has only given the password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the page that asks for the code."""
        home = reverse("wagtailadmin_home")
        if not request.path.startswith(home) or request.path in {reverse(each) for each in FREE}:
            return self._get_response(request)
        if not request.user.is_authenticated or not is_waiting(request):
            return self._get_response(request)
        back = request.get_full_path() if request.method == "GET" else home
        return redirect(f"{reverse('desk_second_step')}?{urlencode({'next': back})}")


def is_waiting(request: HttpRequest) -> bool:
    """Say whether a session still lacks the second step of its account."""
    if request.session.get(NEEDED) is None:
        request.session[NEEDED] = has_second_step(request.user)
    if not request.session[NEEDED] or request.user.is_verified():  # type: ignore[union-attr]
        return False
    if has_second_step(request.user):
        return True
    # An admin has switched it off meanwhile.
    request.session[NEEDED] = False
    return False


def ask_from_now_on(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    """Have a session that begins know whether it needs the second step."""
    if request is not None:
        request.session[NEEDED] = has_second_step(user)


def has_second_step(user: Any) -> bool:
    """Say whether an account has a second step."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def begin_setup(user: Any) -> TOTPDevice:
    """Return the app that is being set up; it is asked for nothing before it is confirmed."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def picture_of(device: TOTPDevice) -> str:
    """Return the QR code for an app as the address of a picture; it is drawn here."""
    import segno

    code = segno.make(device.config_url, error="m")
    return str(code.svg_data_uri(scale=5, border=3, dark="#000", light="#fff"))


def secret_of(device: TOTPDevice) -> str:
    """Return the key in groups of four, to be typed into an app without a camera."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def confirm_setup(user: Any, code: str) -> list[str]:
    """Switch the second step on; return the recovery codes, or none if the code is wrong."""
    device = begin_setup(user)
    if not accepts_code(device, digits_of(code)):
        return []
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = renew_codes(user)
    log(instance=user, action=SWITCHED_ON, user=user)
    return codes


def renew_codes(user: Any) -> list[str]:
    """Return new recovery codes; those of before hold no more."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
        tokens = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=each) for each in tokens)
    return [f"{token[:4]}-{token[4:]}" for token in tokens]


def codes_left(user: Any) -> int:
    """Return how many recovery codes were not used yet."""
    return int(StaticToken.objects.filter(device__user=user).count())


def app_of(user: Any) -> TOTPDevice | None:
    """Return the app of an account, once it is confirmed."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def find_device(user: Any, text: str) -> Any:
    """Return the device whose code was given, or None; each code is taken once."""
    code = digits_of(text)
    is_app = len(code) == DIGITS and code.isdecimal()
    model = TOTPDevice if is_app else StaticDevice
    device = model.objects.filter(user=user, confirmed=True).first()
    return device if device and accepts_code(device, code) else None


def accepts_code(device: Any, code: str) -> bool:
    """Say whether a device takes a code; tries are counted, and given back for a right one."""
    account = account_name(device.user.get_username())
    limits = [
        Limit(kind="second-step", tries=TRIES, seconds=SECONDS, subject=(account,), account=account)
    ]
    if count_attempt(limits) or not verify_token(device.user, device.persistent_id, code):
        return False
    give_back(limits)
    return True


def digits_of(text: str) -> str:
    """Return a code without blanks and hyphens, in small letters."""
    return "".join(text.split()).replace("-", "").lower()


def switch_off(user: Any, *, by: Any, action: str = SWITCHED_OFF) -> bool:
    """Delete the second step of an account; False if it had none. It is written down by whom."""
    had = has_second_step(user)
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    if had:
        log(instance=user, action=action, user=by)
    return had
