"""A secret as a value of Python: it can be sent, added to text and compared, and never shown."""

from __future__ import annotations

import os
from hashlib import blake2b
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex
from weakref import WeakValueDictionary

from redhanded.core.errors import UsageError
from redhanded.core.masks import mask, mask_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_HASH_KEY = os.urandom(16)  # a hash tells nothing to who does not have this process's key


class Secret:
    """A secret under a name, shown as `Secret(NAME)` wherever a text is made of it.

    It is no `str`: a part of the standard library that is written in C would show the value of
    one. `"Bearer " + secret` is a secret too. Only `reveal` gives the value; clients call it when
    they build a request. A run masks the value from the moment the secret is made.
    """

    __slots__ = ("__weakref__", "_length", "_name", "_reveal")

    def __init__(self, name: str, value: str) -> None:
        """Raises UsageError where the value is no text, or empty."""
        label, found = mask_name(name), _text(value)
        if not found:
            state = "is empty" if found == "" else "is no text"
            message = f"the value of the secret {label} {state}: give what is to be sent"
            raise UsageError(message)
        self._name, self._length = label, len(value)
        # In a closure, because debuggers and printers of all kinds show attributes.
        self._reveal: Callable[[], str] = lambda: value
        KEYRING.add(self)

    @property
    def name(self) -> str:
        """The name under which it is shown: letters, digits and underscores."""
        return self._name

    def reveal(self) -> str:
        """The value itself, to be sent and never to be printed or kept."""
        return self._reveal()

    @property
    def mask(self) -> str:
        """What stands in evidence in its place."""
        return mask(self._name, self._length)

    def __repr__(self) -> str:
        return f"Secret({self._name})"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            other = other.reveal()
        if not isinstance(other, str):
            return NotImplemented
        mine, theirs = (text.encode("utf-8", "surrogatepass") for text in (self.reveal(), other))
        return compare_digest(mine, theirs)

    def __hash__(self) -> int:
        raw = self.reveal().encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(raw, key=_HASH_KEY, digest_size=8).digest())

    def __add__(self, after: object) -> Secret:
        return _joined(self._name, self, after) if isinstance(after, str | Secret) else _refused()

    def __radd__(self, before: object) -> Secret:
        return _joined(self._name, before, self) if isinstance(before, str) else _refused()

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        message = (
            f"the secret {self._name} is not pickled, because that would write its value:"
            " make it anew where it is needed, from the same reference"
        )
        raise TypeError(message)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """A field takes a secret that is made already, and gives its mask when it is dumped."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(
            cls,
            serialization=core_schema.plain_serializer_function_ser_schema(
                repr, when_used="json", return_schema=core_schema.str_schema()
            ),
        )


class Keyring:
    """The secrets that live in this process, and who is to be told of each new one."""

    def __init__(self) -> None:
        self._made: WeakValueDictionary[int, Secret] = WeakValueDictionary()
        self._told: list[Callable[[Secret], None]] = []

    @property
    def names(self) -> frozenset[str]:
        """The names of those that live."""
        return frozenset(secret.name for secret in self._made.values())

    def add(self, secret: Secret) -> None:
        """Takes a new secret in."""
        self._made[id(secret)] = secret
        for tell in tuple(self._told):
            tell(secret)

    def follow(self, tell: Callable[[Secret], None]) -> None:
        """Tells of each secret that lives, and of those to come."""
        self._told.append(tell)
        for secret in list(self._made.values()):
            tell(secret)

    def leave(self, tell: Callable[[Secret], None]) -> None:
        """Tells no more."""
        if tell in self._told:
            self._told.remove(tell)


# One for the process: a secret may be made where a module is imported, before any run begins.
KEYRING = Keyring()


def _text(value: object) -> str | None:
    """The value where it is text, whatever the caller's annotations say; None elsewhere."""
    return value if isinstance(value, str) else None


def _joined(name: str, *parts: object) -> Secret:
    return Secret(name, "".join(p.reveal() if isinstance(p, Secret) else str(p) for p in parts))


def _refused() -> Any:  # noqa: ANN401  Python's own constant, which makes it a TypeError
    return NotImplemented
