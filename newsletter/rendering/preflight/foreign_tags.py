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
_NAME = (
    r"(?:first[_ -]?name|last[_ -]?name|full[_ -]?name|sur[_ -]?name|fname|lname|name"
    r"|e-?mail(?:[_ -]?address)?|unsubscribe\w{0,20}|webversion|view[_ -]?in[_ -]?browser)"
)
_FORMS = (
    # Liquid, Handlebars, Jinja: Brevo, Keila, HubSpot, Klaviyo, Braze, listmonk, Mautic, …
    r"\{\{(?>(?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}\}{0,2}",
    r"\{%(?>(?:[^%{]|%(?!\})|\{(?!%))*)%\}",
    # Mailchimp, also where Markdown took the stars for emphasis.
    r"\*\|(?>(?:[^*|]|\*(?!\|)|\|(?!\*))*)\|\*",
    r"(?<![\w|])\|[A-Z][A-Z0-9_:]{1,40}\|(?![\w|])",
    # Salesforce Marketing Cloud, Acoustic; ActiveCampaign; Mailgun.
    r"%%(?:=[^%]{1,80}=|[\w .-]{1,80})%%",
    r"(?<![\w%])%[A-Z][A-Z0-9_-]{2,40}%(?![\w%])",
    r"(?<![\w%])%(?:recipient|subscriber|contact|user)[._]\w{1,40}%",
    rf"(?i:(?<![\w%])%{_NAME}%(?![\w%]))",
    # Word processors; ERB and ASP.
    r"<<[A-Za-z][\w .-]{0,60}>>",
    r"«(?:First|Last|Full)_?Name»",
    r"<%[^%<>]{1,80}%>",
    # MailerLite, Smarty; AWeber, Salesforce; Ruby; JavaScript, Braze.
    r"\{[$!][A-Za-z][^{}]{0,80}\}",
    r"[#$@]\{[A-Za-z][^{}]{0,80}\}",
    # CleverReach, Mautic, and single braces round a known or a shouted name.
    r"\{[A-Za-z]{1,20}(?:field|link|data)=[^{}]{1,80}\}",
    r"\{[A-Z][A-Z0-9]{0,20}_[A-Z0-9_]{1,40}\}",
    rf"(?i:\{{{_NAME}\}})",
    # Campaign Monitor, Sendy; MailPoet; Zoho; Emma; Mailjet, GetResponse, Constant Contact.
    r"\[[A-Za-z]\w{0,40}, ?fallback=[^\[\]]{0,80}\]",
    r"\[(?:subscriber|newsletter|date|link|user|site|custom):[^\[\]]{1,80}\]",
    r"\$\[[^\[\]]{1,60}\]\$",
    r"\[%[^%\[\]]{1,80}%\]",
    r"\[\[(?:data|var|contact|custom)[:_][^\[\]]{1,80}\]\]",
    rf"(?i:\[\[{_NAME}(?: OR [^\[\]]{{1,80}})?\]\])",
    # Mailtrain, phpList, iContact.
    r"\[[A-Z][A-Z0-9]*(?:_[A-Z0-9]+){1,6}\]",
    r"\[(?:FNAME|LNAME|LASTNAME|USERID|UNSUBSCRIBE(?:URL)?|PREFERENCES(?:URL)?|fname|lname)\]",
    r"\[(?:FIRSTNAME|firstname|lastname|unsubscribe|webversion)\]",
    # SendGrid's old substitutions; Keap; others.
    rf"(?i:(?<![\w-])-{_NAME}-(?![\w-]))",
    r"~[A-Z]\w{1,40}\.\w{1,40}~",
    r"@@[A-Za-z]\w{0,60}@@",
    r"##[A-Za-z]\w{0,60}##",
    rf"(?i:\${_NAME}\$)",
)
#: First the letters that a tag can begin with: most places of a text need no more.
_TAGS = re.compile(rf"(?=[\[{{*|%<«#$@~-])(?:{'|'.join(_FORMS)})")
_WORDS = re.compile(r"[^\W_]+")


def in_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield every tag in a text, each once, and what it is here, empty if that is not known."""
    for tag in dict.fromkeys(found[0] for found in _TAGS.finditer(text)):
        yield tag, meant(tag)


def meant(tag: str) -> str:
    """Return the merge tag of ours that says the same, or nothing."""
    words = [each.lower() for each in _WORDS.findall(tag)]
    names = ["".join(words[start : start + 2]) for start in range(len(words))]
    for name in [*names, *words]:
        if field := _MEANT.get(name):
            return "[email]" if field == "email" else f"[{field}|reader]"
    return ""
