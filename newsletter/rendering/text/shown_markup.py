"""Markup of other programs that readers would see as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORTCODES = (
    *("audio", "button", "caption", "contact-form-7", "embed", "gallery", "playlist", "toc"),
    *("video", "vimeo", "youtube", "vc_[a-z_]{1,30}"),
)
_BOXES = (
    *("abstract", "bug", "danger", "example", "failure", "info", "note", "question", "quote"),
    *("success", "tip", "warning"),
)
_FORMS = (
    # A footnote that stands nowhere.
    r"\[\^[^\]\[\n]{1,100}\]",
    # HTML that is no element: comments that never end, and programs.
    r"<!--|<!\[CDATA\[|<\?(?:php|xml|=)",
    # Tags of components and of word processors: an attribute, an end, or a name that HTML has not.
    r"</?[A-Za-z][\w.]{0,40}(?:\s[^<>\n]{0,200}=[^<>\n]{0,200})?/?>(?:(?<=/>)|(?<=[\"'}]>))",
    r"</[A-Za-z][\w.:-]{0,40}>|<[A-Za-z]\w{0,20}[:-][\w:-]{1,30}(?:\s[^<>\n]{0,200})?>",
    # MDX.
    r"(?m:^import (?:[\w*{][\w*{}, ]{0,80} from )?['\"][^'\"\n]{1,100}['\"];?$)",
    r"(?m:^export (?:const|default|function|let) [^\n]{1,100}$)",
    r"\{/\*[^\n]{0,200}?\*/\}|\{(?:props|frontmatter|this|page|site)\.[\w.]{1,60}\}",
    # Formulas in a line; commands of LaTeX.
    r"(?<![\w$])\$(?=[^$\n]{0,200}[\\^_{=])[^\s${][^$\n]{0,200}(?<=\S)\$(?![\d$])",
    r"(?<![\w$])\$[a-zA-Z]\$(?![\w$])",
    r"\\[a-zA-Z]{2,20}\{[^{}\n]{0,80}\}|\\(?:newpage|pagebreak|clearpage|noindent|hline)\b",
    # Lines of verse, numbered examples, abbreviations, tabs: Pandoc, PHP Markdown Extra, MkDocs.
    r"(?m:^\| [^|\n]{1,200}$)|(?m:^\(@[\w-]{0,20}\) )|(?m:^\*\[[^\[\]\n]{1,60}\]: )",
    r"(?m:^===[!+]? \"[^\"\n]{1,80}\"$)|(?m:^\?\?\?\+? \"[^\"\n]{1,80}\"$)",
    # A definition below what is no term.
    r"(?m:^:[ \t]{1,8}\S[^\n]{0,80}$)",
    # Changes of CriticMarkup; spoilers; ids of Obsidian.
    r"\{(?:\+\+|--|~~|>>)[^{}\n]{1,300}(?:\+\+|--|~~|<<)\}",
    r"\|\|[^|\s](?:[^|\n]{0,100}[^|\s])?\|\||>![^\n]{1,200}?!<",
    r"(?m:(?<=\s)\^[a-z0-9]{3,12}(?:-[a-z0-9]{1,12}){0,3}$)",
    # Forums; wikis; Textile, Jira, reStructuredText, Org.
    r"\[/(?:b|i|u|s|url|img|quote|code|color|size|list|spoiler|center)\]|\[img\]",
    r"\[(?:url|color|size|quote|font|email)=[^\[\]\n]{1,200}\]",
    r"'{3}[^'\n]{1,100}'{3}|(?<!')''[^'\n]{1,100}''(?!')",
    r"(?m:^h[1-6]\. (?=\S))|\{(?:color|panel|code|noformat)(?::[^{}\n]{1,60})?\}",
    r"(?m:^\.\. [\w-]{2,30}::)|(?m:^#\+[A-Za-z_]{3,30}:?)",
    r"\[\[[^\[\]\n]{1,300}\]\[[^\[\]\n]{1,200}\]\]",
    # Attributes: kramdown, Pandoc, markdown-it.
    r"\{(?:: ?[^{}\n]{1,80}|[#.][\w-][^{}\n]{0,80}|[a-z-]{2,20}=[^{}\n]{1,80})\}",
    # Notes in a line, and formulas between two dollar signs: Pandoc, notebooks.
    r"\^\[[^\[\]\n]{1,300}\]",
    r"\$\$[^$\n]{1,300}\$\$",
    # Boxes of MkDocs.
    rf"(?m:^(?:!!!|\?\?\?\+?)[ ](?:{'|'.join(_BOXES)})(?:[ ]\"[^\"\n]{{0,100}}\")?$)",
    # Shortcodes of WordPress.
    rf"\[/?(?:{'|'.join(_SHORTCODES)})(?: [^\[\]\n]{{0,200}})?/?\]",
    # Links of wikis and notebooks.
    r"\[\[[^\[\]\n]{1,120}\]\]",
    # Emoji by name; times such as 12:30:45 have digits.
    r"(?<![\w:/]):(?:[+-]1|[a-z][a-z_]{1,30}[a-z0-9]{0,3}):(?::skin-tone-[2-6]:)?(?![\w:/])",
    # Boxes of Pandoc, Docusaurus and others.
    r"(?m:^:::[ ]?\{?[\w .-]{0,40}\}?$)",
)
_MARKUP = re.compile(rf"(?=[\[{{:^$!?<\\|(*=>'h.#ie])(?:{'|'.join(_FORMS)})")


def in_text(text: str) -> Iterator[str]:
    """Yield each piece of markup in a text, once."""
    yield from dict.fromkeys(found[0] for found in _MARKUP.finditer(text))
