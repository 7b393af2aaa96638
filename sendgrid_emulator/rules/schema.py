"""Checks before the rules: can the request be decoded, and has every value the right type?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sendgrid_emulator.rules.problems import Problem, wrong_type

Json = Mapping[str, Any]

_TOP_TYPES: dict[str, type] = {
    "personalizations": list,
    "from": dict,
    "reply_to": dict,
    "reply_to_list": list,
    "subject": str,
    "content": list,
    "attachments": list,
    "template_id": str,
    "headers": dict,
    "categories": list,
    "custom_args": dict,
    "send_at": int,
    "batch_id": str,
    "asm": dict,
    "ip_pool_name": str,
    "mail_settings": dict,
    "tracking_settings": dict,
}
_PERSONAL_TYPES: dict[str, type] = {
    "to": list,
    "cc": list,
    "bcc": list,
    "from": dict,
    "subject": str,
    "headers": dict,
    "substitutions": dict,
    "custom_args": dict,
    "dynamic_template_data": dict,
    "send_at": int,
}
_ASM_TYPES: dict[str, type] = {"group_id": int, "groups_to_display": list}
_LIST_TYPES: dict[str, type] = {"content": dict, "attachments": dict, "categories": str}
_STRING_MAPS = ("custom_args", "substitutions", "headers")
_ONLY_STRINGS = {str}
PEOPLE = ("to", "cc", "bcc")


def is_decodable(payload: Json) -> bool:
    """Tell whether all maps of strings hold only strings; if not, the API only says Bad Request."""
    blocks = payload.get("personalizations")
    blocks = blocks if isinstance(blocks, list) else []
    return _strings(payload) and all(_strings(block) for block in blocks)


def _strings(block: object) -> bool:
    """Tell whether every map that takes only strings holds only strings, and no line breaks."""
    if not isinstance(block, dict):
        return True
    for key in _STRING_MAPS:
        mapping = block.get(key)
        if isinstance(mapping, dict) and not set(map(type, mapping.values())) <= _ONLY_STRINGS:
            return False
    headers = block.get("headers")
    text = "".join(headers.values()) if isinstance(headers, dict) else ""
    return "\n" not in text and "\r" not in text


def wrong_types(payload: Json) -> Iterator[Problem]:
    """Name every value whose JSON type is not the one the API describes."""
    yield from _mistyped(payload, _TOP_TYPES, "")
    for key in ("from", "reply_to"):
        if isinstance(payload.get(key), dict):
            yield from _mistyped_person(payload[key], key)
    for i, person in enumerate(_listed(payload, "reply_to_list")):
        yield from _mistyped_person(person, f"reply_to_list.{i}")
    for i, block in enumerate(_listed(payload, "personalizations")):
        yield from _mistyped_personalization(block, f"personalizations.{i}")
    for key, expected in _LIST_TYPES.items():
        yield from _mistyped_entries(_listed(payload, key), key, expected)
    if isinstance(asm := payload.get("asm"), dict):
        yield from _mistyped(asm, _ASM_TYPES, "asm.")
        shown = _listed(asm, "groups_to_display")
        yield from _mistyped_entries(shown, "asm.groups_to_display", int)
    for key in ("tracking_settings", "mail_settings"):
        yield from _mistyped_settings(payload.get(key), key)


def _mistyped_entries(entries: list[Any], path: str, expected: type) -> Iterator[Problem]:
    for i, entry in enumerate(entries):
        if type(entry) is not expected:
            yield wrong_type(expected, entry, f"{path}.{i}")


def _listed(block: Json, key: str) -> list[Any]:
    value = block.get(key)
    return value if isinstance(value, list) else []


def _mistyped(block: Json, types: Mapping[str, type], path: str) -> Iterator[Problem]:
    for key, value in block.items():
        expected = types.get(key)
        if expected is not None and type(value) is not expected:
            yield wrong_type(expected, value, path + key)


def _mistyped_person(person: object, path: str) -> Iterator[Problem]:
    if type(person) is not dict:
        yield wrong_type(dict, person, path)
        return
    for key, value in person.items():
        if type(value) is not str and not (key == "name" and value is None):
            yield wrong_type(str, value, f"{path}.{key}")


def _mistyped_personalization(block: object, path: str) -> Iterator[Problem]:
    if type(block) is not dict:
        yield wrong_type(dict, block, path)
        return
    yield from _mistyped(block, _PERSONAL_TYPES, path + ".")
    for key in PEOPLE:
        if key not in block:
            continue
        for j, person in enumerate(_listed(block, key)):
            yield from _mistyped_person(person, f"{path}.{key}.{j}")


def _mistyped_settings(settings: object, path: str) -> Iterator[Problem]:
    for name, options in settings.items() if isinstance(settings, dict) else ():
        if type(options) is not dict:
            yield wrong_type(dict, options, f"{path}.{name}")
            continue
        for key in ("enable", "enable_text"):
            if key in options and type(options[key]) is not bool:
                yield wrong_type(bool, options[key], f"{path}.{name}.{key}")
