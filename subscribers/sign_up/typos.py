"""Domains that look mistyped: gmial.com for gmail.com.

Compared with the domains of large mail services, never with those of our subscribers: an answer
must not depend on who is known.
"""

from __future__ import annotations

from functools import lru_cache

#: Large services of the world and of Japan; each is a domain at which people have addresses.
WELL_KNOWN = (
    "aol.com",
    "au.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "googlemail.com",
    "hotmail.co.jp",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "libero.it",
    "live.com",
    "live.jp",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "nifty.com",
    "orange.fr",
    "outlook.com",
    "outlook.jp",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "softbank.ne.jp",
    "t-online.de",
    "web.de",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.ru",
    "ymail.com",
)
#: Real services that are one letter away from another one.
REAL = frozenset(
    {
        "email.com",
        "gmx.at",
        "gmx.ch",
        "gmx.fr",
        "gmx.net",
        "hotmail.de",
        "hotmail.es",
        "hotmail.it",
        "i.softbank.jp",
        "live.de",
        "live.fr",
        "live.nl",
        "outlook.de",
        "outlook.fr",
        "pm.me",
        "rocketmail.com",
        "yahoo.ca",
        "yahoo.es",
        "yahoo.in",
        "yahoo.it",
        "ymobile.ne.jp",
    }
)
#: Shorter names differ in one letter too often to mean anything.
MIN_LENGTH = 7


@lru_cache(maxsize=1024)
def suggest_domain(domain: str) -> str:
    """Return the domain that was probably meant; empty where nothing looks mistyped."""
    domain = domain.lower()
    if domain in WELL_KNOWN or domain in REAL or len(domain) < MIN_LENGTH:
        return ""
    near = [known for known in WELL_KNOWN if len(known) >= MIN_LENGTH and is_near(domain, known)]
    return near[0] if len(near) == 1 else ""


def suggest_address(email: str) -> str:
    """Return the address with the domain that was probably meant; empty where none is."""
    local, _at, domain = email.rpartition("@")
    found = suggest_domain(domain)
    return f"{local}@{found}" if found else ""


def is_near(text: str, known: str) -> bool:
    """Say whether one slip makes a text of another: a letter more, less, other, or two swapped.

    The optimal string alignment distance of 1 (Damerau 1964).
    """
    shorter, longer = sorted((text, known), key=len)
    if len(longer) - len(shorter) > 1 or text == known:
        return False
    same = next((i for i, each in enumerate(shorter) if each != longer[i]), len(shorter))
    if len(longer) > len(shorter):
        return shorter[same:] == longer[same + 1 :]
    if shorter[same + 1 :] == longer[same + 1 :]:
        return True
    swapped = shorter[same : same + 2] == longer[same : same + 2][::-1]
    return swapped and shorter[same + 2 :] == longer[same + 2 :]
