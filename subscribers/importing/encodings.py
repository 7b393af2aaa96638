"""Detect the encoding of a table of people.

Certain are byte order marks, UTF-8, UTF-16 without a mark (every second byte is zero in ASCII) and
ISO-2022-JP.  For anything else, charset-normalizer orders the possible encodings, and the
most plausible one is chosen: words of letters, not symbols or capitals in the middle of words.
The result is shown with a line of the file, so that a person sees at once if it is wrong.
"""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected
from subscribers.exports.words import fold_text
from subscribers.importing import spreadsheets
from subscribers.importing.titles import TITLE_WORDS

#: The encodings of people's files; those of one script in the order of how common they are.
CANDIDATES = (
    "cp1252",
    "cp932",
    "gb18030",
    "euc_jp",
    "cp949",
    "big5",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp874",
    "koi8_r",
    "iso8859_2",
    "iso8859_5",
    "iso8859_7",
    "iso8859_15",
    "mac_roman",
    "cp850",
    "cp866",
)
EAST_ASIAN = frozenset(["cp932", "gb18030", "euc_jp", "cp949", "big5"])
#: The first bytes of an archive; spreadsheets are some.
ARCHIVE = b"PK\x03\x04"
#: The first bytes of files that are not text.
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
    (b"SQLite format 3", "SQLite"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
)
#: Texts that are not tables, by their beginning.
OTHER_TEXTS = (
    (re.compile(rb"\s*<(?:!doctype html|html|\?xml|table)", re.IGNORECASE), "HTML"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\[\s*[\[{\"])"), "JSON"),
    (re.compile(rb"(?:\xef\xbb\xbf)?BEGIN:VCARD", re.IGNORECASE), "vCard"),
)
BLOCK = 1 << 20
#: How much of the lines beyond ASCII is read.
SAMPLE = 1 << 16


class Found(NamedTuple):
    """An encoding, and whether it was guessed; `sample` is a line that shows it.

    A spreadsheet has its kind for a name, the `sheet` that is read, and `others` that are not.
    """

    name: str
    guessed: bool = False
    sample: str = ""
    sheet: str = ""
    others: tuple[str, ...] = ()


UTF_8 = Found("utf-8-sig")


def find_encoding(path: Path, told: str = "", sheet: str = "") -> Found:
    """Return the encoding of a file, or raise `ImportRejected` if it is no table.

    `told` is the encoding that a person named; it is used without a check.  `sheet` is the sheet
    that a person named.
    """
    start = first_bytes(path)
    if start.startswith(ARCHIVE):
        return find_sheet(path, sheet)
    check_signature(path, start)
    if told:
        return Found(require_encoding(told))
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise utf_32(path)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Found("utf-16")
    if start.startswith(codecs.BOM_UTF8):
        return UTF_8
    if b"\0" in start:
        return without_mark(path, start)
    if b"\x1b$" in start or b"\x1b(J" in start:
        return Found("iso2022_jp", guessed=True, sample=sample_line(start, "iso2022_jp"))
    if is_utf_8(path):
        return UTF_8
    return guess(path)


def find_sheet(path: Path, told: str) -> Found:
    """Return which sheet of a spreadsheet is read, or raise `ImportRejected`."""
    kind = spreadsheets.kind_of_archive(path)
    if kind not in spreadsheets.SPREADSHEETS:
        raise no_table(path, kind)
    spreadsheets.check_extent(path, kind)
    sheet, others = spreadsheets.choose_sheet(path, told)
    return Found(kind, sheet=sheet, others=others)


def first_bytes(path: Path) -> bytes:
    """Return the beginning of a file that is not empty."""
    try:
        with path.open("rb") as file:
            start = file.read(SAMPLE)
    except IsADirectoryError:
        raise ImportRejected(
            _("this is a folder, not a file"), path=str(path), hint=_("Name the file in it.")
        ) from None
    except FileNotFoundError:
        raise ImportRejected(
            _("there is no such file"), path=str(path), hint=_("Check the path and the name.")
        ) from None
    except PermissionError:
        raise ImportRejected(_("you are not allowed to read this file"), path=str(path)) from None
    except OSError:
        raise ImportRejected(_("the file cannot be opened"), path=str(path)) from None
    if not start.strip(b"\0 \t\r\n"):
        raise ImportRejected(_("the file is empty"), path=str(path))
    return start


def check_signature(path: Path, start: bytes) -> None:
    """Raise `ImportRejected` for a spreadsheet, an archive, a picture, a page."""
    kind = next((kind for signature, kind in SIGNATURES if start.startswith(signature)), "")
    if not kind:
        kind = next((kind for pattern, kind in OTHER_TEXTS if pattern.match(start)), "")
    if kind:
        raise no_table(path, kind)


def no_table(path: Path, kind: str) -> ImportRejected:
    """Return the error for a file that holds no table that is read here."""
    return ImportRejected(
        _("this is a file of the type {kind}, not a text table").format(kind=kind),
        path=str(path),
        hint=_("Open it in a spreadsheet and save it as 'CSV UTF-8'."),
    )


def require_encoding(told: str) -> str:
    """Return the encoding that a person named, or raise `ImportRejected`."""
    try:
        info = codecs.lookup(told.strip())
        "".encode(info.name)
    except (LookupError, UnicodeError, TypeError):
        raise ImportRejected(
            _("there is no encoding {name}").format(name=repr(told[:40])),
            hint=_("For example: utf-8, cp1252, shift_jis, gb18030, euc-jp, utf-16"),
        ) from None
    plain = info.name
    return {"utf-8": "utf-8-sig", "shift_jis": "cp932", "gb2312": "gb18030"}.get(plain, plain)


def utf_32(path: Path) -> ImportRejected:
    """Return the error for an encoding that no spreadsheet writes."""
    return ImportRejected(
        _("the file is in UTF-32, which cannot be read"),
        path=str(path),
        hint=_("Save it as 'CSV UTF-8', or: iconv -f UTF-32 -t UTF-8 OLD.csv > NEW.csv"),
    )


def without_mark(path: Path, start: bytes) -> Found:
    """Detect UTF-16 and UTF-32 without a mark by the places of their zero bytes."""
    start = start[: len(start) // 4 * 4]
    places = [start[place::4].count(0) for place in range(4)]
    rows = max(1, len(start) // 4)
    if sum(count > rows * 0.9 for count in places) >= 2 and max(places) == rows:
        filled = [place for place in range(4) if places[place] <= rows * 0.9]
        if len(filled) == 1:
            raise utf_32(path)
    even, odd = places[0] + places[2], places[1] + places[3]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        # In a short text, one or two zero bytes prove nothing.
        least = 0.3 if rows > 16 else 1.0
        if zeros > rows * least and others <= zeros * 0.02:
            return Found(name, guessed=True, sample=sample_line(start, name))
    line = start.partition(b"\0")[0].count(b"\n") + 1
    raise ImportRejected(
        _("this line contains zero bytes: the file is not text"),
        path=str(path),
        line=line,
        hint=_("Open it in a spreadsheet and save it as 'CSV UTF-8'."),
    )


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, a megabyte at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def is_utf_8(path: Path) -> bool:
    """Whether a whole file is UTF-8; damaged UTF-8 is an error that names the line."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in read_blocks(path):
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        check_damage(path)
        return False
    return True


def check_damage(path: Path) -> None:
    """Raise `ImportRejected` for damaged UTF-8: nearly all is UTF-8, so nothing else is meant."""
    good, bad, first = 0, 0, 0
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for number, text in enumerate(file, 1):
            if text.isascii():
                continue
            wrong = sum(0xDC80 <= ord(char) <= 0xDCFF for char in text)
            bad += wrong
            good += sum(ord(char) > 0x7F for char in text) - wrong
            first = first or (number if wrong else 0)
    if good >= bad:
        raise ImportRejected(
            _("the file is UTF-8, but in this line there are bytes that are not"),
            path=str(path),
            line=first,
            hint=_("Correct the line, or name another encoding: --encoding cp1252"),
        )


def guess(path: Path) -> Found:
    """Return the most plausible encoding of a file that is not Unicode."""
    sample = beyond_ascii(path)
    order = rank_encodings(sample)
    scores = {name: measure_plausibility(sample, name) for name in order}
    best = max(order, key=lambda name: (scores[name], -order.index(name)))
    if scores[best] <= 0:
        raise ImportRejected(
            _("the encoding of this file cannot be detected"),
            path=str(path),
            hint=_("Save it as 'CSV UTF-8', or name it: --encoding shift_jis"),
        )
    return Found(best, guessed=True, sample=sample_line(sample, best))


def beyond_ascii(path: Path) -> bytes:
    """Return the first line of the file, and the first lines with more than ASCII."""
    lines: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if (number == 0 or not line.isascii()) and size < SAMPLE:
                lines.append(line[:4096])
                size += len(lines[-1])
            if size >= SAMPLE:
                break
    return b"".join(lines)


def rank_encodings(sample: bytes) -> list[str]:
    """Return the possible encodings, as charset-normalizer orders them, then the others."""
    from charset_normalizer import from_bytes  # needed for the first file that is not certain

    matches = from_bytes(sample, cp_isolation=list(CANDIDATES), enable_fallback=False)
    found = [match.encoding for match in matches]
    for match in matches:
        found += [name for name in match.could_be_from_charset if name in CANDIDATES]
    return list(dict.fromkeys([*found, *CANDIDATES]))


def measure_plausibility(sample: bytes, name: str) -> float:
    """Return how much a text looks like what people write; 0 is not at all."""
    try:
        text = sample.decode(name, errors="strict")
    except UnicodeDecodeError as error:
        # The sample may end in the middle of a letter.
        if error.start < len(sample) - 4:
            return 0.0
        text = sample[: error.start].decode(name, errors="ignore")
    beyond = [char for char in text if ord(char) > 0x7F]
    if not beyond:
        return 0.0
    score = sum(map(east_asian if name in EAST_ASIAN else letter_likelihood, beyond)) / len(beyond)
    if name in EAST_ASIAN:
        score -= 2.0 * len(BESIDE_LATIN.findall(text)) / len(beyond)
    else:
        score += 0.6 * measure_coverage(text) - 2.0 * count_oddities(text) / len(beyond)
        score -= 0.0 if is_speakable(beyond) else 0.5
    known = sum(word in TITLE_WORDS for word in re.split(r"[,;\t|\r\n\"]", text) if word)
    known += sum(
        fold_text(word) in TITLE_WORDS
        for word in re.split(r"[,;\t|\r\n\"]", text.partition("\n")[0])
        if not word.isascii()
    )
    return score + known + PREFERENCE.get(name, 0.0)


#: Of encodings that read a text alike, the one that more files are in.
PREFERENCE = {
    "cp1252": 0.12,
    "cp932": 0.05,
    "gb18030": 0.04,
    "cp1251": 0.05,
    "cp1250": 0.03,
    "mac_roman": 0.02,
}

#: Latin letters that occur in names; other characters of Latin encodings are rare in names.
LATIN = frozenset("þðàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœšžßđłąćęńśźżčďěňřťůăâșşțţőűğıİ")
#: The letters beyond ASCII of the languages that one-byte encodings are for.
ALPHABETS = tuple(
    frozenset(alphabet)
    for alphabet in (
        "àâæçéèêëîïôœùûüÿ",
        "äöüß",
        "áéíñóúü",
        "áâãàçéêíóôõú",
        "àèéìòù",
        "éèëïóöüá",
        "åäöé",
        "æøåé",
        "áðéíóúýþæö",
        "âêîôû",
        "çğıöşüâi̇",
        "ąćęłńóśźż",
        "áčďéěíňóřšťúůýž",
        "áäčďéíĺľňóôŕšťúýž",
        "áéíóöőúüű",
        "ăâîșțşţ",
        "čćđšž",
        "ąčęėįšųūž",
        "āčēģīķļņšūž",
        "äõöüšž",
        "àçèéíïòóúü",
    )
)
#: The letters in most names of people, places and companies.
FREQUENT = frozenset(
    "山田中村小林加藤佐鈴木高橋渡辺伊吉井上松本清水斎野原川口島崎谷石太郎一二三子美花恵智大和明正雄"
    "男夫秀樹健幸弘洋介真由香里奈代東京都阪府神県市区町株式会社名前姓氏"
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何罗郑梁谢宋唐许邓韩冯曹彭曾肖董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖金韦贾夏付方邹熊白孟秦邱侯江尹薛段雷龙史陶贺顾毛郝龚邵万武钱戴严莫孔向常华伟"
    "静娜芳敏丽强磊军勇艳杰娟涛超霞平刚桂英建国志文玉海公司北广州深圳省欧阳"
    "陳張黃劉楊趙吳孫馬鄭謝許鄧韓馮蕭葉蘇盧鍾譚陸賈鄒龍賀顧龔萬錢嚴玲"
    "김이박최정강조윤장임한오서신권황안송전홍철수영희지성민준현우진경미숙자호동연"
)
#: Vowels of alphabets that share their places in one-byte encodings.
VOWELS = frozenset("аеёиоуыэюяіїєαεηιουωάέήίόύώ")
#: An ideograph or a Korean syllable within a word of Latin letters.
BESIDE_LATIN = re.compile(r"[A-Za-z][\u3400-\ud7a3]|[\u3400-\ud7a3][A-Za-z]")
KANA = re.compile("[\u3040-\u30ff\uff66-\uff9d]")


def letter_likelihood(char: str) -> float:
    """Return how likely a letter of an alphabet is in a name."""
    if char.lower() in LATIN:
        return 1.0
    category = unicodedata.category(char)
    if category in {"Lu", "Ll", "Lo", "Mn", "Lm"}:
        return 0.9 if not unicodedata.name(char, "").startswith("LATIN") else 0.5
    return 0.3 if char in "’‘“”–—…€°·«»№\xa0" else -1.0


def east_asian(char: str) -> float:
    """Return how likely a letter of a large character set is in a name."""
    if char in FREQUENT:
        return 1.6
    if KANA.match(char):
        # Text in another encoding looks like half-width kana in Shift_JIS.
        return 1.2 if char < "\uff00" else 0.1
    if "\uac00" <= char <= "\ud7a3":
        # Those of KS X 1001, not the thousands that nobody writes.
        return 1.2 if is_encodable(char, "euc_kr") else -0.5
    if "\u4e00" <= char <= "\u9fff":
        return 1.0 if is_common(char) else 0.35
    return 0.6 if char in "　、。・ー「」（）々〇－：／＠，；" else -0.6


def is_encodable(char: str, name: str) -> bool:
    """Whether an encoding has a letter."""
    try:
        # Python spells rare Korean syllables with eight bytes.
        return len(char.encode(name)) <= 2
    except UnicodeEncodeError:
        return False


def is_speakable(beyond: list[str]) -> bool:
    """Whether Greek and Cyrillic letters have vowels and capitals among them, as names do."""
    letters = [char.lower() for char in beyond if "\u0370" <= char <= "\u052f"]
    share = sum(char in VOWELS for char in letters) / len(letters) if letters else 0.4
    capitals = not letters or any(char.isupper() for char in beyond)
    return 0.28 <= share <= 0.65 and capitals


def measure_coverage(text: str) -> float:
    """Return how far the letters of each word belong to one language: 1 where all do."""
    shares = []
    for word in re.findall(r"[^\W\d_]+", text):
        beyond = [char for char in word.lower() if ord(char) > 0x7F]
        if beyond:
            best = max(sum(char in letters for char in beyond) for letters in ALPHABETS)
            shares.append(best / len(beyond))
    return sum(shares) / len(shares) if shares else 0.0


def is_common(char: str) -> bool:
    """Whether an ideograph is among the common ones of China or Japan (first levels there)."""
    for name, first, last in (("gb2312", 0xB0, 0xD7), ("euc_jp", 0xB0, 0xCF)):
        try:
            row = char.encode(name)[0]
        except UnicodeEncodeError:
            continue
        if first <= row <= last:
            return True
    return False


#: A symbol where a letter should be.
SIGN_IN_WORD = re.compile(
    r"(?<=[^\W\d_])[^\w\s'’.,;:|/&@+()\"<>=-]|[^\x00-\x7f\w\s’‘](?=[^\W\d_])|õ(?![ei])"
)


def count_oddities(text: str) -> int:
    """Count what no name has: symbols between letters, capitals inside words, two alphabets."""
    signs = len(SIGN_IN_WORD.findall(text))
    capitals = sum(
        ord(two) > 0x7F or ord(one) > 0x7F
        for one, two in itertools.pairwise(text)
        if one.islower() and two.isupper()
    )
    return signs + capitals + count_mixtures(text)


def count_mixtures(text: str) -> int:
    """Count words with Latin letters of ASCII beside letters of another alphabet."""
    mixed = 0
    for word in re.findall(r"[^\W\d_]+", text):
        if word.isascii():
            continue
        alphabets = {unicodedata.name(char, "?").partition(" ")[0] for char in word}
        runs = re.findall(r"[^\x00-\x7f]{4,}|^[^\x00-\x7f]{2,}$", word)
        runs = runs if alphabets == {"LATIN"} else []
        mixed += (len(alphabets) > 1) + sum(map(len, runs))
    return mixed


def sample_line(sample: bytes, name: str) -> str:
    """Return a line of the sample that is not ASCII, decoded, for a person to look at."""
    lines = sample.decode(name, errors="ignore").splitlines()
    line = next((line for line in lines[1:] if not line.isascii()), "")
    line = line or next((line for line in lines if not line.isascii()), "")
    return "".join(char for char in line if char.isprintable())[:60]
