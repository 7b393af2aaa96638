"""What people wrote as their name, and the first name in it that a mail can use.

A wrong name is worse than none: "Dear Unknown," or "Dear Dr.," is what readers remember.  So
whatever is no name counts as blank, and the mail says what it says to people without one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from subscribers.exports.words import fold_text, fold_words

#: What forms, databases and address books write where there is no name, folded.
PLACEHOLDERS = frozenset(
    fold_words(
        "unknown unknown_name no_name noname name_unknown not_provided not_given not_available "
        "na none null nil nan undefined unbekannt inconnu desconocido sconosciuto desconhecido "
        "onbekend okänd ukjent ukendt tuntematon nieznany неизвестно неизвестный 不明 名無し 未設定 "
        "未入力 なし 未知 無 无 匿名 anonymous anonym anonyme anónimo anonimo guest gast invité "
        "first_name last_name full_name your_name name firstname lastname fname lname vorname "
        "nachname prénom nom nombre test tester testing asdf asd qwerty xxx xx abc aaa dummy "
        "user subscriber reader customer kunde client cliente member contact recipient friend "
        "info admin webmaster sir madam sir_madam empty blank missing deleted removed nobody "
        "お客様 会員 ゲスト 名前 姓名 氏名 テスト"
    )
)
#: What stands before a first name, and is none.
TITLES = frozenset(
    fold_words(
        "mr mrs ms miss mx dr prof professor rev reverend sir dame lord hon capt col lt sgt "
        "fr sr br herr frau hr fru fräulein dipl mme mlle m monsieur madame mademoiselle "
        "señor señora sra srta sig signor signora sig.ra dott dottor dottoressa ssa avv "
        "exmo exma dhr mevr drs ir pan pani pán paní г господин госпожа familie "
        "famille familia"
    )
)
#: What is no name when nothing stands beside it.
NOT_ALONE = PLACEHOLDERS | TITLES
#: What stands behind a comma, and does not turn a name round: "Ember, Jr."
SUFFIXES = frozenset(fold_words("jr sr ii iii iv phd md mba esq cpa msc bsc ma ba llm rn dds"))
#: A firm has no first name.
FIRM = re.compile(
    r"\b(?:inc|llc|ltd|limited|gmbh|ag|kg|ug|sarl|s\.?a\.?s?|s\.?r\.?l|b\.?v|n\.?v|plc|corp|"
    r"co|company|oy|ab|aps|a/s|pty|foundation|institute|university|e\.?v|association|team)\b\.?$"
    r"|株式会社|有限会社|合同会社|公司|주식회사",
    re.IGNORECASE,
)
#: Somebody's address, or a place on the web, in the wrong column.
NO_NAME = re.compile(r"[@/\\<>{}\[\]|=*#%_~^]|https?:|www\.|\d{3}|\.(?:com|org|net|de|jp)\b")
#: Longer than that a text is searched no further.
MAX_CHARACTERS = 200


def clean_name(text: str) -> str:
    """Return a whole name as it may be printed: turned round where a comma says so, or blank."""
    plain = text.replace(" ", "")
    # Nearly all names are words of letters; a table has a million of them.
    if plain.isalpha() and plain.lower() not in NOT_ALONE and "  " not in text and plain.isascii():
        return text.strip()
    # So are most words of other names: "Müller" is told to be one once.
    if text.replace(" ", "").isalpha() and "  " not in text and is_words(text.strip()):
        return text.strip()
    name = " ".join(text.strip(" \t,;\"'").split())
    return "" if is_no_name(name) else turn_name(name)


def is_words(name: str) -> bool:
    """Whether a name of letters holds a word that is a name, and is none that is not as a whole."""
    letters = "".join(fold_word(word) for word in name.split(" "))
    if not letters or letters in NOT_ALONE:
        return False
    return any(fold_word(word) not in TITLES for word in name.split(" "))


@lru_cache(maxsize=16384)
def fold_word(word: str) -> str:
    """Return a word of a name folded; most occur in many names."""
    return fold_text(word)


def is_no_name(name: str) -> bool:
    """Whether a text is no name at all."""
    letters = fold_text(name)
    if not letters or letters in NOT_ALONE or letters.isdigit():
        return True
    if NO_NAME.search(name[:MAX_CHARACTERS]):
        return True
    words = name.split()
    return fold_text(words[0]) in TITLES and all(fold_text(word) in TITLES for word in words)


def turn_name(name: str) -> str:
    """Return "Ember, Ann" as "Ann Ember"; a suffix behind the comma stays behind it."""
    family, comma, given = name.partition(",")
    given = given.strip()
    if not comma or not family or not given or "," in given or fold_text(given) in SUFFIXES:
        return name.rstrip(",").strip()
    if len(given.split()) > 3 or FIRM.search(name):
        return name
    return f"{given} {family.strip()}"


@lru_cache(maxsize=8192)
def given_name(text: str) -> str:
    """Return what a column of first names holds, or blank where that is no name."""
    if text.isascii() and text.isalpha() and text.lower() not in NOT_ALONE:
        return text
    name = " ".join(text.strip(" \t,;\"'").split())
    return "" if is_no_name(name) else name


@lru_cache(maxsize=8192)
def first_name_in(name: str) -> str:
    """Return the first name in a whole name; blank where there is none to be sure of.

    Titles before it are passed over, capitals are written small: "DR. ANN EMBER" is "Ann".
    """
    name = clean_name(name[:MAX_CHARACTERS])
    if not name or FIRM.search(name):
        return ""
    for word in name.split():
        plain = word.strip(".,;:()\"'“”‘’„«»")
        if fold_text(plain) in TITLES or not plain:
            continue
        if len(plain) == 1 and plain.isascii() and word.endswith("."):
            continue  # an initial is nothing to greet with
        return "" if is_no_name(plain) else in_case(plain)
    return ""


def in_case(word: str) -> str:
    """Return a word of capitals with a capital in front; two letters may be initials."""
    if len(word) < 3 or not word.isupper():
        return word
    return "".join(part.capitalize() for part in re.split(r"([-'’ ])", word))
