"""Names of Python for what a document calls whatever it likes."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 60  # a line has a hundred columns
_SPELLED = {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "&": " and "}

# What pydantic's own class has would be hidden by a field, and a few of ours by anything.
_OF_MODELS = frozenset(
    [
        "construct",
        "copy",
        "dict",
        "fields",
        "from_orm",
        "json",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
        "model_config",
        "model_fields",
        "model_extra",
        "model_computed_fields",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_fields_set",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
        "root",
        "bare",
        "leave_out_what_was_not_given",
    ]
)
_SOFT = frozenset(keyword.softkwlist)
_BUILT_IN = frozenset(dir(builtins))
_AMBIGUOUS = frozenset({"l", "o", "i"})


def words(text: str) -> list[str]:
    """The words of a name in any style, as ASCII letters and digits; none where it has none."""
    spelled = "".join(_SPELLED.get(character, character) for character in text[:400])
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    found: list[str] = []
    length = 0
    for word in _WORDS.findall(plain):
        length += len(word) + 1
        if length > _LONGEST:
            break
        found.append(word)
    return found


def snake(text: str, otherwise: str) -> str:
    """The name of a function, a parameter or a module, and no word that Python knows."""
    name = "_".join(words(text)).lower()
    if not name:
        name = otherwise
    elif name[0].isdigit():
        name = f"{otherwise}_{name}"
    return f"{name}_" if is_known(name) else name


def camel(text: str, otherwise: str) -> str:
    """The name of a class, and none that Python or the written modules know."""
    name = "".join(word[:1].upper() + word[1:] for word in words(text))
    if not name or name[0].isdigit():
        name = otherwise + name
    return f"{name}Object" if name in _CLASSES or name in _BUILT_IN else name


def field(text: str) -> str:
    """The name of a field of a model; its alias keeps what the document calls it."""
    name = snake(text, "field")
    return f"{name}_" if name in _OF_MODELS or name in _AMBIGUOUS else name


def is_known(name: str) -> bool:
    """Whether Python means something by this name already."""
    return keyword.iskeyword(name) or name in _SOFT or name in _BUILT_IN


class Taken:
    """Names that are given once each: the second that asks for one gets a number."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in reserved}

    def give(self, wanted: str) -> str:
        """The name itself, or with the first number that is free; the case tells none apart."""
        name, number = wanted, 2
        while name.casefold() in self._taken:
            name = f"{wanted.rstrip('_')}_{number}" if wanted.islower() else f"{wanted}{number}"
            number += 1
        self._taken.add(name.casefold())
        return name


_CLASSES = frozenset(
    [
        "Annotated",
        "Any",
        "AwareDatetime",
        "BaseModel",
        "Callable",
        "Client",
        "ConfigDict",
        "Enum",
        "Factory",
        "False",
        "Field",
        "Literal",
        "Model",
        "None",
        "Optional",
        "Response",
        "RootModel",
        "Self",
        "Service",
        "True",
        "TypeAdapter",
        "UUID",
        "Union",
        "Cleanup",
        "Base64Str",
        "Decimal",
        "Settings",
    ]
)
