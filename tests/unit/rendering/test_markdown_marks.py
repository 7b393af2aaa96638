"""Marks inside a line: highlights, raised and lowered signs, and emphasis in any script."""

from __future__ import annotations

import pytest

from newsletter.rendering.text.markdown import to_html


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("==a b==", "<mark>a b</mark>"),
        ("==**a** [b](https://e.org/?c=d)==", '<mark><strong>a</strong> <a href="https://e.org/?c=d">b</a></mark>'),
        ("(==a==)", "(<mark>a</mark>)"),
        ("x^2^ and 10^-3^", "x<sup>2</sup> and 10<sup>-3</sup>"),
        ("H~2~O", "H<sub>2</sub>O"),
        ("~~gone~~", "<s>gone</s>"),
    ],
)  # fmt: skip
def test_marks(markdown: str, made: str) -> None:
    """What other programs mark so is marked in mails, and what is inside is read."""
    assert to_html(markdown) == f"<p>{made}</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        *("a == b and c == d", "x==y==z", "=== a ===", "2^10 and 3^4", "ありがとう^o^", "(^o^)"),
        *("^_^", "~5 and ~6", "10~20~30", "a ~ b ~ c", "www.example.org/~ann/~x"),
    ],
)
def test_signs_that_mark_nothing(text: str) -> None:
    """Comparisons, powers, faces and ranges stay as they are."""
    made = to_html(text)

    assert not any(f"<{each}>" in made for each in ("mark", "sup", "sub"))


@pytest.mark.parametrize("text", ["`a == b` ==c", "`x^2^`", "    H~2~O", "\\==a==", "x\\^2^"])
def test_code_and_escaped_signs_stay(text: str) -> None:
    """Whoever shows the signs themselves can."""
    made = to_html(text)

    assert not any(f"<{each}>" in made for each in ("mark", "sup", "sub"))


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("**「強調」**の後", "<strong>「強調」</strong>の後"),
        ("**注意：**続き", "<strong>注意：</strong>続き"),
        ("これは*強調。*です", "これは<em>強調。</em>です"),
        ("~~取消。~~です", "<s>取消。</s>です"),
        ("中文**“引用”**中文", "中文<strong>“引用”</strong>中文"),
        ("**강조(x)**는", "<strong>강조(x)</strong>는"),
        ("の**[a](https://e.org)**の", 'の<strong><a href="https://e.org">a</a></strong>の'),
        ("**a.**b", "**a.**b"),
        ("5 * 3 * 2", "5 * 3 * 2"),
    ],
)
def test_emphasis_beside_east_asian_signs(markdown: str, made: str) -> None:
    """Scripts without blanks between words have emphasis beside their punctuation, too."""
    assert to_html(markdown) == f"<p>{made}</p>\n"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/aをご覧ください", "https://example.org/a"),
        ("https://example.orgで読む", "https://example.org"),
        ("https://example.org/a에서", "https://example.org/a"),
        ("https://example.org/a/查看", "https://example.org/a/%E6%9F%A5%E7%9C%8B"),
        ("https://example.org/?q=港", "https://example.org/?q=%E6%B8%AF"),
        ("https://例え.jp/パス", "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str, address: str) -> None:
    """An East Asian letter right behind a Latin one is of the sentence, not of the address."""
    assert f'href="{address}"' in to_html(f"詳細 {text}")
