"""Merge tags of other programs, which nothing here fills in: readers would see them.

The forms are those of the documentation of each program; where it has words of its own for a
field that is known here, the finding says how it is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What programs call the fields that a subscriber has here, without case, blanks and hyphens.
_FIELDS = {
    "first_name": ("firstname", "fname", "first", "givenname", "vorname", "prenom", "nombre"),
    "name": ("name", "fullname", "subscribername", "contactname", "recipientname"),
    "email": ("email", "emailaddress", "mail", "subscriberemail", "contactemail", "recipientemail"),
}
_MEANT = {word: field for field, words in _FIELDS.items() for word in words}
#: Names that are so common that a single brace, hyphen or bracket is enough to know them.
_PERSON = r"(?:first|last|full|given|family|sur)[_ -]?name|[fl]name"
_NAME = (
    rf"(?:(?:subscriber|customer|contact|recipient|user|member|tag)_\w{{1,30}}|{_PERSON}|name"
    r"|e-?mail(?:[_ -]?address)?|unsubscribe\w{0,20}|web[_ -]?(?:version|view)\w{0,12}"
    r"|view[_ -]?in[_ -]?browser)"
)
#: Whose data it is, in front of a dot, a colon or an underscore.
_OWNER = r"(?i:subscriber|customer|contact|recipient|user|member|person|lead|profile|subtag|owner)"
#: Names between per cent signs that Windows fills in, in texts about it.
_WINDOWS = (
    r"(?:PATH|(?:LOCAL)?APPDATA|USERPROFILE|TE?MP|WINDIR|SYSTEM(?:ROOT|DRIVE)|PROGRAM\w{4,10}"
    r"|HOME(?:PATH|DRIVE)|COMSPEC|COMPUTERNAME|PUBLIC|ALLUSERSPROFILE)"
)
_FORMS = (
    # Liquid, Handlebars, Jinja: Brevo, Keila, HubSpot, Klaviyo, Braze, listmonk, Mautic, …
    r"(?<![_^])\{\{(?>(?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}\}{0,2}",
    r"\{%(?>(?:[^%{]|%(?!\})|\{(?!%))*)%\}",
    r"\{#[^{}#]{1,80}#\}",
    # Mailchimp, also where Markdown took the stars for emphasis.
    r"\*\|(?>(?:[^*|]|\*(?!\|)|\|(?!\*))*)\|\*",
    r"(?<![\w|])\|[A-Z](?:[A-Z0-9_]{2,40}|[A-Z0-9_]{1,40}:[^|\n]{1,40})\|(?![\w|])",
    rf"(?i:(?<![\w|])\|{_NAME}\|(?![\w|]))",
    # Salesforce Marketing Cloud, Acoustic; ActiveCampaign; Mailgun.
    r"%%(?:=[^%]{1,80}=|\[[^%\[\]]{1,200}\]|[\w .-]{1,80})%%",
    rf"(?<![\w%])%(?!{_WINDOWS}%)[A-Z][A-Z0-9_-]{{2,40}}%(?![\w%])",
    rf"(?<![\w%])%{_OWNER}(?:[._:]\w{{1,40}})?%(?![\w%])",
    rf"(?i:(?<![\w%])%(?:{_NAME}|mailing_list_\w{{1,30}})%(?![\w%]))",
    # Word processors; ERB and ASP; tags of Campaign Monitor.
    r"<<[A-Za-z][\w .-]{0,60}>>",
    r"«(?:First|Last|Full)_?Name»",
    r"<%[^%<>]{1,80}%>",
    rf"(?i:</?(?:{_PERSON}|unsubscribe|webversion|preferences|forwardtoafriend)>)",
    # MailerLite, Smarty; AWeber, Salesforce; Ruby; JavaScript, Braze.
    r"\{\$[A-Za-z][^{}$]{0,80}\}",
    r"\{![A-Za-z][^{}]{0,80}\}",
    r"[#$]\{[A-Za-z][^{}]{0,80}\}",
    r"(?<!\w)@\{[A-Za-z][^{}]{0,80}\}",
    # CleverReach, Mautic, and single braces round a known or a shouted name; Ghost.
    r"\{[A-Za-z]{1,20}(?:field|link|data)=[^{}]{1,80}\}",
    r"\{[A-Z][A-Z0-9]{0,20}_[A-Z0-9_]{1,40}\}",
    rf"(?i:\{{[@:%]?{_NAME}%?(?:[ ]?[|,:][^{{}}]{{0,80}})?\}})",
    rf"\{{{_OWNER}[._:][\w.]{{1,40}}\}}",
    # Campaign Monitor, Sendy; MailPoet; Zoho; Emma; Mailjet, GetResponse, Constant Contact.
    r"\[[A-Za-z]\w{0,40}, ?fallback=[^\[\]]{0,80}\]",
    r"\[(?:subscriber|newsletter|date|link|user|site|custom):[^\[\]]{1,80}\]",
    rf"\[{_OWNER}[._:][\w.-]{{1,40}}\]",
    rf"\[(?i:(?:customer|subscriber|contact|recipient|member)_(?:{_PERSON}|name|e?mail))\]",
    rf"(?i:\[(?:{_PERSON})[ ]?[:=][^\[\]]{{0,80}}\])",
    rf"(?i:\[[$%]{_NAME}%?\])",
    r"\$\[[A-Za-z][^\[\]\n]{1,60}\]\$?",
    r"\[%[^%\[\]]{1,80}%\]",
    r"\[\[(?:data|var|contact|custom)[:_][^\[\]]{1,80}\]\]",
    rf"(?i:\[\[\$?{_NAME}(?: (?:OR|mode)[ =][^\[\]]{{1,80}})?\]\])",
    # Mailtrain, phpList, iContact.
    r"\[[A-Z][A-Z0-9]*(?:_[A-Z0-9]+){1,6}\]",
    r"\[(?:[FL]NAME|LASTNAME|USER(?:ID|TRACK)|UNSUBSCRIBE|[A-Z]{3,20}URL|fname|lname)\]",
    r"\[(?:FIRSTNAME|firstname|lastname|unsubscribe|webversion)\]",
    # SendGrid's old substitutions; Keap; dotdigital; others.
    rf"(?i:(?<![\w-])-{_NAME}-(?![\w-]))",
    r"~[A-Z]\w{1,40}\.\w{1,40}~",
    r"~(?:Owner|Contact|Company)[A-Z]\w{1,40}~",
    r"@@[A-Za-z]\w{0,60}@@",
    r"(?<![\w@])@[A-Z][A-Z0-9_]{2,40}@(?![\w@])",
    rf"(?i:(?<![\w@])@{_NAME}@(?![\w@.-]))",
    r"##[A-Za-z]\w{0,60}##",
    rf"(?i:(?<![\w#])#{_NAME}#(?![\w#]))",
    rf"(?i:(?<![\w_])__(?:{_PERSON})__(?![\w_]))",
    rf"(?i:\${_NAME}\$)",
    rf"(?i:\(\((?:{_PERSON}|name)\)\))",
    # Eloqua, once its `<span>` is gone.
    r"(?<!\w)(?:C_(?:First|Last|Full)Name|C_EmailAddress|EmailAddress1)(?!\w)",
    # One that somebody forgot to close.
    rf"(?i:\{{\{{ ?{_NAME}(?![\w ]{{0,3}}\}}))",
)
#: First the letters that a tag can begin with: most places of a text need no more.
_TAGS = re.compile(rf"(?=[\[{{*|%<«#$@~(_CE-])(?:{'|'.join(_FORMS)})")
#: The forms that a Japanese or Chinese keyboard has of the signs above.
_WIDE = "｛｝［］【】〔〕＜＞（）｜＊％＄＃＠＿－：，"
_NARROW = str.maketrans(_WIDE, "{}[][][]<>()|*%$#@_-:,")
_ANY_WIDE = re.compile(f"[{_WIDE}]")
#: A merge tag of ours, in which one of those is wrong.
_OURS = re.compile(
    r"(?i:\[ ?(?:first[_ -]?name|name|e-?mail|attributes\.\w{1,40}) ?(?:\|[^\[\]|]{0,80})?\])"
)
#: Formulas in TeX have braces of their own.
_FORMULA = re.compile(r"\$\$?[^$\n]{1,300}\$\$?")
_TEX = re.compile(r"\\[a-zA-Z]|\^|_\{")
_WORDS = re.compile(r"[^\W_]+")


def in_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield every tag in a text, each once, and what it is here, empty if that is not known."""
    text = _FORMULA.sub(_without_tex, text) if "$" in text else text
    narrow = text.translate(_NARROW)
    spans = {found.span(): "" for found in _TAGS.finditer(narrow)}
    if _ANY_WIDE.search(text):
        # Narrow, ours are filled in; with one wide sign nobody does it.
        spans |= {
            found.span(): found[0]
            for found in _OURS.finditer(narrow)
            if _ANY_WIDE.search(text, *found.span())
        }
    tags = {text[start:end]: ours for (start, end), ours in spans.items()}
    for tag, ours in tags.items():
        yield tag, find_meant(ours or tag)


def _without_tex(formula: re.Match[str]) -> str:
    return " " * len(formula[0]) if _TEX.search(formula[0]) else formula[0]


def find_meant(tag: str) -> str:
    """Return the merge tag of ours that says the same, or nothing."""
    words = [each.lower() for each in _WORDS.findall(tag)]
    names = ["".join(words[start : start + 2]) for start in range(len(words))]
    for name in [*names, *words]:
        if field := _MEANT.get(name):
            return "[email]" if field == "email" else f"[{field}|reader]"
    return ""
