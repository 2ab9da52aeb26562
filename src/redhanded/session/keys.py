"""What may stand at a key of the settings, told from the model itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr

from redhanded.core.setting_values import one_or_many
from redhanded.core.settings import Settings
from redhanded.session.layers import PREFIX, Medium

Key: TypeAlias = tuple[str, ...]


def dotted(key: Key) -> str:
    """The key as it stands in sentences: `timeouts.read`."""
    return ".".join(key)


def types_at(key: Key, *, kind: str | None = None) -> list[Any]:
    """Every type that may stand there; empty where no setting does.

    `kind` narrows a credential on the way to that one kind.
    """
    types: list[Any] = [Settings]
    for part in key:
        types = [inner for outer in types for inner in _below(outer, part, kind)]
    return types


def names_at(key: Key, *, kind: str | None = None) -> list[str]:
    """The names of the settings in the table at that key, in the model's order."""
    tables = (table for table in types_at(key, kind=kind) if _is_table(table))
    return [name for table in tables if _is_of_kind(table, kind) for name in table.model_fields]


def is_secret(key: Key) -> bool:
    """Whether a secret may stand there."""
    return SecretStr in types_at(key)


def is_free(key: Key) -> bool:
    """Whether the author chooses the names below that key, and plain values stand there."""
    below = types_at((*key, "*"))
    return any(_is_mapping(here) for here in types_at(key)) and not any(map(_is_table, below))


def split(written: str) -> Key:
    """The key that `timeouts.read` or `headers.X-Id` means; what an author names stays whole."""
    head, dot, rest = written.partition(".")
    key: Key = (head,)
    while dot:
        if is_free(key):
            return (*key, rest)
        head, dot, rest = rest.partition(".")
        key = (*key, head)
    return key


def variable(key: Key) -> str:
    """The environment variable that sets this key."""
    return PREFIX + "__".join(key).upper()


def decoded(key: Key, written: object, *, medium: Medium) -> object:
    """What a text stands for: a table or list out of its JSON, anything else as it is written.

    Raises ValueError with the end of a sentence that begins with the key.
    """
    if medium == "variable" and is_free(key[:-1]):
        raise ValueError(
            f"lost its capitals: set {variable(key[:-1])} to a JSON object with all the names"
        )
    types = types_at(key)
    if not isinstance(written, str) or not any(map(_is_structured, types)):
        return written
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        if _may_be_one(key) and not written.lstrip().startswith("["):
            return written
        example = '["..."]' if any(map(_is_list, types)) else '{"...": "..."}'
        raise ValueError(f"is not JSON: write such as {example}") from None


def _may_be_one(key: Key) -> bool:
    """Whether a list stands there that is written without brackets where it has one entry."""
    field = Settings.model_fields[key[0]] if len(key) == 1 else None
    return field is not None and any(
        isinstance(told, BeforeValidator) and told.func is one_or_many for told in field.metadata
    )


def _below(outer: Any, part: str, kind: str | None) -> list[Any]:  # noqa: ANN401  a type
    if _is_mapping(outer):
        return list(_members(get_args(outer)[1]))
    if _is_table(outer) and _is_of_kind(outer, kind) and part in outer.model_fields:
        return list(_members(outer.model_fields[part].annotation))
    return []


def _members(annotation: Any) -> Iterator[Any]:  # noqa: ANN401  a type
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _is_table(annotation: Any) -> bool:  # noqa: ANN401  a type
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_mapping(annotation: Any) -> bool:  # noqa: ANN401  a type
    return get_origin(annotation) is Mapping


def _is_list(annotation: Any) -> bool:  # noqa: ANN401  a type
    return get_origin(annotation) is tuple


def _is_structured(annotation: Any) -> bool:  # noqa: ANN401  a type
    return _is_table(annotation) or _is_mapping(annotation) or _is_list(annotation)


def _is_of_kind(table: type[BaseModel], kind: str | None) -> bool:
    if kind is None or "kind" not in table.model_fields:
        return True
    return kind in get_args(table.model_fields["kind"].annotation)
