"""What is wrong with the settings, said in sentences: the place, the key, and what to write."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from redhanded.session.keys import Key, dotted, is_secret, names_at, variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from redhanded.session.layers import Layer

# Where pydantic puts a credential's kind into the place of an error.
_CREDENTIALS = {"auth": 1, "identities": 2}
_VERIFICATION = frozenset(
    {"check_hostname", "insecure", "ssl_verify", "tls_verify", "verify", "verify_ssl", "verify_tls"}
)
_SHOWN = 60  # characters of a value
_LISTED = 12  # names of a table, or choices

# By pydantic's error type; each ends a sentence that begins with the key.
_SAID = {
    "bool": "is not true or false: write one of them, without quotes",
    "byte": 'is not a size: write a number of bytes or such as "10 MiB"',
    "date": "is no day: write such as 2026-11-22",
    "dict": "is not a table: write names and values",
    "finite_number": "is not finite: write a number of seconds, for nothing may wait for ever",
    "float": "is not a number: write one",
    "greater_than": "is not above {gt:g}: write a number that is",
    "greater_than_equal": "is below {ge:g}: write {ge:g} or more",
    "int": "is not a whole number: write one",
    "less_than_equal": "is above {le:g}: write {le:g} or less",
    "literal_error": "is not a choice: write {expected}",
    "mapping_type": "is not a table: write names and values",
    "model": "is not a table: write names and values",
    "missing": "is missing: write it",
    "path_type": "is not a path: write it in quotes",
    "string_too_short": "is empty: write at least one character",
    "string": "is not text: write it in quotes",
    "too_short": "is empty: write at least one character",
    "tuple_type": 'is not a list: write ["..."]',
    "union_tag_not_found": 'has no kind: write kind = "bearer", "basic" or another',
    "union_tag_invalid": "has an unknown kind ({tag}): write {expected_tags}",
}


def sentences(error: ValidationError, origins: Mapping[Key, Layer]) -> list[str]:
    """One sentence for each setting that the model refuses, in the model's order."""
    details = error.errors(include_url=False)
    said = (_sentence(detail, origins) for detail in details)
    return list(dict.fromkeys(said))


def sentence(layer: Layer | None, key: Key, said: str) -> str:
    """The place, the key, and what is wrong with it."""
    place = f"{layer.label}: " if layer is not None else ""
    return f"{place}{dotted(key) or 'it'} {said}."


def origin(key: Key, origins: Mapping[Key, Layer]) -> Layer | None:
    """The layer that set this key, else one that set something in or beside it."""
    for length in range(len(key), 0, -1):
        near = (layer for known, layer in origins.items() if known[:length] == key[:length])
        found = next(near, None)
        if found is not None:
            return found
    return None


def _sentence(detail: ErrorDetails, origins: Mapping[Key, Layer]) -> str:
    key, kind = _key(detail)
    context = detail.get("ctx", {})
    layer = origin(key, origins)
    if detail["type"] == "conflict":
        key = (*key, *context["field"].split("."))
        return sentence(origin(key, origins), key, context["said"])
    if detail["type"] == "extra_forbidden":
        return sentence(layer, key, _unknown(key, kind, layer))
    if detail["type"] == "value_error":
        return sentence(layer, key, f"{_shown(detail, key)}{context['error']}")
    return sentence(layer, key, f"{_shown(detail, key)}{_said(detail, key)}")


def _key(detail: ErrorDetails) -> tuple[Key, str | None]:
    """The key without what pydantic adds: the kind of a credential, `[key]`, a list's index."""
    parts = [str(part) for part in detail["loc"] if not isinstance(part, int) and part != "[key]"]
    depth = _CREDENTIALS.get(parts[0], len(parts)) if parts else 0
    kind = parts.pop(depth) if len(parts) > depth else None
    return tuple(parts), kind


def _said(detail: ErrorDetails, key: Key) -> str:
    name = detail["type"]
    if name == "missing" and is_secret(key):
        return 'is missing: write it as "env:NAME" and set that variable'
    if name == "union_tag_not_found" and not isinstance(detail["input"], dict):
        name = "model"
    known = _SAID.get(name) or _SAID.get(name.split("_")[0])
    if known is None:
        return f"is refused ({detail['msg']}): write another value"
    return known.format(**{**detail.get("ctx", {}), **_choices(detail)})


def _choices(detail: ErrorDetails) -> dict[str, str]:
    """Of a list too long to be read, the choice that was meant, where one is like what came."""
    expected = str(detail.get("ctx", {}).get("expected", ""))
    names = re.findall(r"'([^']+)'", expected)
    close = difflib.get_close_matches(str(detail["input"]), names, n=1)
    return {"expected": f"'{close[0]}'"} if close and len(names) > _LISTED else {}


def _shown(detail: ErrorDetails, key: Key) -> str:
    value = detail["input"]
    text = f'"{value}"' if isinstance(value, str) else str(value)
    is_plain = (
        isinstance(value, str | int | float) and len(text) <= _SHOWN and not set("@?") & set(text)
    )
    hidden = is_secret(key) or key[0] in _CREDENTIALS
    return f"({text}) " if is_plain and not hidden and text.isprintable() else ""


def _unknown(key: Key, kind: str | None, layer: Layer | None) -> str:
    if key[-1] in _VERIFICATION:
        return (
            "is not a setting, for certificate verification cannot be switched off:"
            ' delete it, and trust a private authority with tls.ca = "path/to/bundle.pem"'
        )
    known = names_at(key[:-1], kind=kind)
    elsewhere = [(table, key[-1]) for table in names_at(()) if key[-1] in names_at((table,))]
    close = difflib.get_close_matches(key[-1], known, n=1)
    right = [*(elsewhere if len(key) == 1 else []), *((*key[:-1], name) for name in close)]
    if right:
        return f"is not a setting: write {_spelled(right[0], layer)}"
    if len(known) > _LISTED:
        return "is not a setting: delete it, or take one that `redhanded config show` lists"
    return f"is not a setting: delete it, or write one of {', '.join(known)}"


def _spelled(key: Key, layer: Layer | None) -> str:
    is_variable = layer is not None and layer.medium == "variable"
    return variable(key) if is_variable else dotted(key)
