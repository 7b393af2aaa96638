"""Premailer, without what it does beyond inlining; `inlining` divides the style sheets first."""

from __future__ import annotations

import logging
import re
import threading
from functools import lru_cache
from typing import Any

import cssutils
from premailer import Premailer

# Some old programs know colours of six digits only.
cssutils.ser.prefs.minimizeColorHash = False
# What it does not know is no news: mail needs many properties outside the standards.
cssutils.log.setLevel(logging.CRITICAL)
# Its parser keeps state between the steps of one parse.
_PARSING = threading.Lock()

#: Tags, classes and ids: as a document has them, and as a selector needs them.
_TAG_NAME = re.compile(r"<([a-zA-Z][\w-]*)")
_CLASS_OR_ID = (re.compile(r"class=[\"']?([^\"'>]*)"), re.compile(r"id=[\"']?([^\"'>]*)"))
_NEEDED = re.compile(r"(?<![\w:-])[\w-]+")
_IN_BRACKETS = re.compile(r"\[(?>[^\]]*)\]?")

_OPTIONS = {
    "keep_style_tags": False,
    "strip_important": True,
    "disable_validation": True,
    "cssutils_logging_level": logging.CRITICAL,
    "allow_network": False,
    "allow_loading_external_files": False,
    "disable_leftover_css": True,
    "remove_unset_properties": False,
    "align_floating_images": False,
    "remove_classes": False,
    "include_star_selectors": False,
    "disable_link_rewrites": True,
    "disable_basic_attributes": ["width", "height", "align", "valign", "bgcolor"],
}


def inline(document: str, css: str) -> str:
    """Return a document without a doctype with the rules of a style sheet in style attributes."""
    premailer = _Premailer(document, css_text=[css] if css else None, **_OPTIONS)
    return str(premailer.transform(pretty_print=False))


class _Premailer(Premailer):  # type: ignore[misc]  # it has no types
    """Premailer that reads a style sheet once: reading takes longer than all the rest."""

    def _style_to_basic_html_attributes(self, *_arguments: object, **_named: object) -> None:
        """Leave attributes alone: all that Premailer would set here are disabled above."""

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        here = set(_TAG_NAME.findall(self.html))
        for attribute in _CLASS_OR_ID:
            here.update(*map(str.split, attribute.findall(self.html)))
        rules, leftover = _rules_of(css_body, ruleset_index)
        return [rule for rule, names in rules if names <= here], list(leftover)


@lru_cache(maxsize=64)
def _rules_of(css: str, index: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rules, each with the tags and classes its selector needs, and what is left."""
    with _PARSING:
        rules, leftover = Premailer("", **_OPTIONS)._parse_style_rules(css, index)  # noqa: SLF001
    return tuple((rule, _names_in(rule[1])) for rule in rules), tuple(leftover)


def _names_in(selector: str) -> frozenset[str]:
    return frozenset(_NEEDED.findall(_IN_BRACKETS.sub(" ", selector)))
