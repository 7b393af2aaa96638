"""Signed links: what they carry, and that nobody else can make one."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from newsletter.errors import NotFound
from subscribers import links

IDS = st.integers(min_value=0, max_value=2**63 - 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(IDS, st.lists(IDS, max_size=5))
def test_a_token_is_read_as_it_was_written(subscriber: int, lists: list[int]) -> None:
    """Subscriber and lists come back, whatever their numbers."""
    assert links.read_token(links.make_token(subscriber, lists)) == (subscriber, tuple(lists))


@given(IDS, st.data())
def test_a_changed_token_is_refused(subscriber: int, data: st.DataObject) -> None:
    """No other letter in any place passes, the last one included, whose bits are not all used."""
    token = links.make_token(subscriber, [1])
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(token[place], "")))

    with pytest.raises(NotFound):
        links.read_token(token[:place] + letter + token[place + 1 :])


@given(st.text() | st.text(ALPHABET, max_size=60) | st.binary().map(bytes.hex))
def test_any_other_text_is_refused(text: str) -> None:
    """Cut, lengthened, empty or foreign: nothing but `NotFound` is raised."""
    with pytest.raises(NotFound):
        links.read_token(text)


@pytest.mark.parametrize("change", ["{}=", "{}==", " {}", "{}\n", "{}A", "{}/"])
def test_only_the_spelling_given_out_is_good(change: str) -> None:
    """What base64 would forgive is refused all the same."""
    with pytest.raises(NotFound):
        links.read_token(change.format(links.make_token(5, [1])))


def test_the_signature_is_128_bits_of_hmac_sha256(settings: Settings) -> None:
    """The quick way to sign gives what RFC 2104 says, with a key for these links alone."""
    token = links.make_token(5, [1])
    signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    key = hashlib.sha256(b"subscribers.links\0" + settings.SECRET_KEY.encode()).digest()

    assert signed[:-16] == bytes([1, 5, 1])
    assert signed[-16:] == hmac.digest(key, signed[:-16], "sha256")[:16]


#: What mail programs leave around a link, or put into it: tried on links of both versions.
AROUND = [
    *(
        "{}.",
        "{}>",
        "{})",
        "{},",
        "{};",
        "{}:",
        "{}!",
        "{}?",
        "{}'",
        '{}"',
        "{} ",
        "{}=",
        "{}]",
        "{}}}",
    ),
    *(
        "{}%20",
        "{}%3E",
        "{}%3e",
        "{}%22",
        "{}%27",
        "{}%0D%0A",
        "{}%253E",
        "{}%2E",
        "{}%29.",
        "{}%C2%A0",
    ),
    *("{}&gt;", "{}&gt", "{}&quot;", "{}&#39;", "{}&amp;x=1", "{}&x=1", "{}=3D", "{}=3E", "{}=20"),
    *(
        "{}=\r\n",
        "{}=%0D%0A",
        "{}=0D=0A",
        "{}\n",
        "{}\u200b",
        "{}\u00a0",
        "{}\ufeff",
        "{}…",
        "{}。",
        "{}」",
    ),
    *("{}/", "{}//", "{}/.", "{}-", "{}_", "{}--", "{}*", "{}</a>", "{}\\", "{}|", "{}`"),
    *(
        "<{}>",
        '"{}"',
        "({})",
        "%3C{}%3E",
        "&lt;{}&gt;",
        "_{}_",
        "*{}*",
        " {}",
        "-{}",
        "=3D{}",
        "\u200b{}",
    ),
    *(
        "https://news.example.org/u/{}",
        "{}https://news.example.org/u/{}",
        "{}<https://news.example.org/u/{}>",
    ),
    *(
        "{}%3Chttps://news.example.org/u/{}%3E",
        "{}%20%3Chttp%3A%2F%2Fnews.example.org%2Fu%2F{}%3E",
        "{}{}",
    ),
    *(
        "{}mailto:leave@example.org",
        "{}www.example.org",
        "{}hxxps://news.example.org/u/{}",
        "{} {} {}",
    ),
]
#: Of each version, one that ends well and one that ends badly.
OLD = 17_000


def old_token(subscriber: int) -> str:
    """Return a token as it was made when all had version 1."""
    body = links.write_number(1) + links.write_number(subscriber) + links.write_number(1)
    return links.encode_base64(body + links.sign_body(django_settings.SECRET_KEY, body, 16))


def old_with(end: str) -> str:
    """Return an old token that ends so."""
    return next(
        token for number in range(OLD, OLD + 100_000) if (token := old_token(number)).endswith(end)
    )


@pytest.mark.parametrize("change", AROUND)
def test_what_mail_programs_make_of_a_link_is_read(change: str) -> None:
    """The link itself is found in it, once, whatever stands around it."""
    for subscriber in (5, 300, OLD):
        token = links.make_token(subscriber, [1])
        assert links.find_token(change.replace("{}", token)) == (token, subscriber, (1,))


@pytest.mark.parametrize(
    ("dash", "line"),
    [("\u2010", "_"), ("\u2011", "_"), ("–", "_"), ("—", "_"), ("－", "＿"), ("\\-", "\\_")],
)
def test_a_link_that_an_editor_set_is_read(dash: str, line: str) -> None:
    """Typographic dashes, full width letters and the escapes of Markdown are no harm."""
    for subscriber in range(1_000_000, 1_000_200):
        token = links.make_token(subscriber, [1])
        text = token.replace("-", dash).replace("_", line)
        assert links.find_token(text) == (token, subscriber, (1,))


@given(IDS, st.lists(IDS, max_size=4), st.data())
def test_a_link_may_be_broken_anywhere(
    subscriber: int, lists: list[int], data: st.DataObject
) -> None:
    """A line end, a soft one, an escape or an invisible sign in the midst of it is no harm."""
    token = links.make_token(subscriber, lists)
    place = data.draw(st.integers(1, len(token) - 1))
    between = data.draw(
        st.sampled_from(
            [
                *("\r\n", "=\r\n", "=%0D%0A", "%20", "= ", "\u00ad", "%09"),
                *("+", "<wbr>", "\n> ", "\r\n>> ", "-\n"),
            ]
        )
    )

    assert links.find_token(token[:place] + between + token[place:]) == (
        token,
        subscriber,
        tuple(lists),
    )


@given(IDS, st.lists(IDS, max_size=5))
def test_no_token_begins_or_ends_with_a_dash(subscriber: int, lists: list[int]) -> None:
    """So no mail program cuts one."""
    token = links.make_token(subscriber, lists)

    assert token[0].isalnum()
    assert token[-1].isalnum()


def test_no_token_of_many_ends_with_a_dash() -> None:
    """Of ids with one, two and three groups of bits, with and without lists."""
    ids = [*range(2000), *range(16_384, 18_384), *range(2_097_152, 2_099_152)]
    for lists in ((), (1,), (1, 2), (200,)):
        assert not [each for each in links.make_tokens(ids, lists) if each[-1] in "-_"]


@pytest.mark.parametrize("end", ["-", "_", "--", "-_", "__"])
def test_an_old_link_works_whole_and_cut(end: str) -> None:
    """Links of old mails that end in dashes are read with them, and without."""
    token = old_with(end)
    number, lists = links.read_token(token)

    for text in (token, token[: -len(end)], token[:-1], f"{token[: -len(end)]}.", f"{token}%3E"):
        assert links.find_token(text) == (token, number, lists)


@given(IDS, st.data())
def test_a_link_that_was_changed_is_not_repaired(subscriber: int, data: st.DataObject) -> None:
    """Another letter in any place makes it nobody's, whatever stands around it."""
    token = links.make_token(subscriber, [1])
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(token[place], "")))
    around = data.draw(st.sampled_from(["{}", "{}.", "<{}>", "https://x.org/u/{}", "{}="]))

    with pytest.raises(NotFound):
        links.find_token(around.replace("{}", token[:place] + letter + token[place + 1 :]))


@given(st.text(max_size=200) | st.text(ALPHABET + "%=&;<>/", max_size=6000))
def test_any_other_text_is_not_a_link(text: str) -> None:
    """Nothing but `NotFound` is raised, whatever its length."""
    with pytest.raises(NotFound):
        links.find_token(text)


def test_few_signatures_are_tried() -> None:
    """A long text of things that look like tokens costs as little as a short one."""
    text = ".".join(f"A{number:030}" for number in range(120))

    assert len(text) < links.MAX_LINK_LENGTH
    assert sum(1 for _ in links.token_candidates(text)) <= 1 + 15 * links.MAX_TOKENS


def test_links_outlive_a_new_signing_key(settings: Settings) -> None:
    """With the old key among the fallbacks old mails still work; without it they do not."""
    token, old = links.make_token(5, [1]), settings.SECRET_KEY
    settings.SECRET_KEY = "another"

    with pytest.raises(NotFound):
        links.read_token(token)
    settings.SECRET_KEY_FALLBACKS = [old]

    assert links.read_token(token) == (5, (1,))


def test_a_token_of_another_version_is_refused() -> None:
    """A later form of tokens cannot be mistaken for these."""
    body = bytes([3, 5, 1])
    token = links.encode_base64(body + links.sign_body(django_settings.SECRET_KEY, body, 16))

    with pytest.raises(NotFound):
        links.read_token(token)


def test_a_negative_number_is_a_bug() -> None:
    """It is refused instead of written for ever."""
    with pytest.raises(ValueError, match="never negative"):
        links.make_token(-1)


def test_links_are_short_and_hold_no_address() -> None:
    """Paths without a closing slash, fit for a header line."""
    assert links.unsubscribe_url("https://news.example.org", 5, [1]) == (
        f"https://news.example.org/u/{links.make_token(5, [1])}"
    )
    assert links.preferences_url("https://news.example.org", 5, [1]) == (
        f"https://news.example.org/p/{links.make_token(5, [1])}"
    )
    assert len(links.make_token(10_000_000, [100])) <= 32


@pytest.mark.parametrize(
    "changed",
    [
        "3D{token}",
        "=3D{token}=20",
        "{head}=20{tail}",
        "{head}=0D=0A{tail}",
        "{token}&amp;utm_source=a%26b",
        "{token}%2526fbclid%253DIwAR0abcdefghijklmnopqrstuvwx",
        "{token};jsessionid=0123456789ABCDEF0123456789ABCDEF",
        "{token}”。",
        "{token}](https://example.org/u/{token})",
    ],
)
def test_a_link_that_another_program_wrote_down_is_read(changed: str) -> None:
    """With escapes that nobody read, with fields of advertisers, within other marks."""
    signed = links.make_token(20_017, [3])
    text = changed.format(token=signed, head=signed[:10], tail=signed[10:])

    assert links.find_token(text) == (signed, 20_017, (3,))


def test_two_dashes_that_became_one_are_two_again() -> None:
    """Editors set a long dash for two short ones; about one token in a hundred has two."""
    signed = next(
        each for number in range(1, 5000) if "--" in (each := links.make_token(number, [1]))
    )

    assert links.find_token(signed.replace("--", "—"))[0] == signed
