"""Look-ups: how a write is asked for by its tag, and what an answer shows of it."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

import httpx2

from redhanded.core.ids import read_tag
from redhanded.core.jsonpath import Nowhere, find, read
from redhanded.pipeline.call import LOOKUP
from redhanded.pipeline.routes import variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.core import settings

_BLANK = re.compile(r"\{([^{}]*)\}")
_PATH = "/:@!$&'()*+,;=~"
# What says something about the write's own body, condition, repetition or place in the trace.
_OF_THE_WRITE = ("content-", "if-")
_OF_THE_REQUEST = frozenset(
    b"expect idempotency-key prefer range te trailer transfer-encoding traceparent tracestate"
    b" want-content-digest".split()
)
# Makes of a tag one that nobody has and that is still of its kind, such as a UUID.
_SHIFTED = {
    "0123456789": "5678901234",
    "abcdef": "bcdefa",
    "ghijklmnopqrstuvwxyz": "hijklmnopqrstuvwxyzg",
}
_OTHERS = str.maketrans("".join(_SHIFTED), "".join(_SHIFTED.values()))


class NotKnown(LookupError):
    """The look-up does not tell what became of the write; the message says why."""


class Question(NamedTuple):
    """What is asked for one write: `control` asks the same for tags that no write carries."""

    asked: httpx2.Request
    control: httpx2.Request
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lookup:
    """How a write by `route` is found; both paths begin below the base URL's own, `below`.

    `credentials` are the query parameters that prove who asks. Where `mark` is set, what is looked
    for stands there in the write, as `{$.note}` would say, and is a mark of ours, which begins with
    `prefix`: of any other value nobody knows whether it is one write's alone.
    """

    route: str
    find: str
    at: str = "$"
    seconds: float = 5.0
    below: str = ""
    credentials: frozenset[str] = frozenset()
    mark: str = ""
    prefix: str = ""

    @classmethod
    def of_resource(
        cls,
        resource: settings.Resource,
        *,
        prefix: str,
        below: str = "",
        credentials: frozenset[str] = frozenset(),
    ) -> Lookup | None:
        """How the creation of a resource is found by its mark; None where nothing lists it."""
        if resource.create is None or resource.tag is None or resource.list_by_tag is None:
            return None
        return cls(
            resource.create,
            resource.list_by_tag.replace("{tag}", f"{{{resource.tag}}}"),
            resource.at,
            below=below,
            credentials=credentials,
            mark=resource.tag,
            prefix=prefix,
        )

    def is_for(self, write: httpx2.Request) -> bool:
        """Whether the write goes by the route."""
        return self._variables(write) is not None

    def question(self, write: httpx2.Request) -> Question:
        """What to ask for this write; NotKnown where it carries no tag."""
        values = {blank: self._value(blank, write) for blank in _BLANK.findall(self.find)}
        others = {
            blank: value.lower().translate(_OTHERS) if _is_tag(blank) else value
            for blank, value in values.items()
        }
        return Question(
            self._request(write, values), self._request(write, others), self.tags(write)
        )

    def tags(self, write: httpx2.Request) -> frozenset[str]:
        """What tells this write from all others; NotKnown where it carries no tag."""
        blanks = [self.mark] if self.mark else filter(_is_tag, _BLANK.findall(self.find))
        tags = frozenset(self._value(blank, write) for blank in blanks)
        if self.mark and not all(read_tag(tag, self.prefix) for tag in tags):
            raise NotKnown(f"what the write has at {self.mark} is no mark of ours")
        return tags

    def found(self, answer: httpx2.Response) -> list[object]:
        """What the answer lists; NotKnown where it is none that can be relied on."""
        if answer.status_code == 404 and self._is_one_object and not _is_html(answer):
            return []
        if not answer.is_success:
            raise NotKnown(f"the look-up was answered {answer.status_code}")
        try:
            there = find(json.loads(answer.content), read(self.at))
        except Nowhere:
            raise NotKnown(f"the look-up's answer has nothing at {self.at}") from None
        except (ValueError, RecursionError):
            raise NotKnown("the look-up's answer is no JSON") from None
        if there is None:
            return []
        if not isinstance(there, list | dict):
            raise NotKnown(f"the look-up's answer has no list at {self.at}")
        return there if isinstance(there, list) else [there]

    @property
    def _is_one_object(self) -> bool:
        """Whether the tag stands in the path: a list that is not there is a wrong address."""
        return any(map(_is_tag, _BLANK.findall(self.find.partition("?")[0])))

    def _variables(self, write: httpx2.Request) -> dict[str, str] | None:
        return variables(self.route, write.method, write.url.path, below=self.below)

    def _value(self, blank: str, write: httpx2.Request) -> str:
        if blank.startswith("$"):
            return _in_body(blank, write)
        if not _is_tag(blank):
            return (self._variables(write) or {})[blank]
        name = blank.partition(":")[2]
        if not (value := write.headers.get(name)):
            raise NotKnown(f"the write has no header {name}")
        return str(value)

    def _request(self, write: httpx2.Request, values: Mapping[str, str]) -> httpx2.Request:
        path = self.find.removeprefix("GET ")
        target = _BLANK.sub(lambda blank: quote(values[blank[1]], safe=""), path)
        carried = [pair for pair in write.url.params.multi_items() if pair[0] in self.credentials]
        if carried:
            target += f"{'&' if '?' in target else '?'}{urlencode(carried)}"
        whole = quote(self.below.rstrip("/"), safe=_PATH) + target
        return httpx2.Request(
            "GET",
            write.url.copy_with(raw_path=whole.encode("ascii")),
            headers=[pair for pair in write.headers.raw if _is_carried(pair[0])],
        )


@dataclass(frozen=True, slots=True)
class Lookups:
    """The look-ups that a project declares; the first whose route matches is taken."""

    declared: tuple[Lookup, ...] = ()

    @classmethod
    def of(
        cls,
        declared: Mapping[str, settings.Lookup],
        *,
        below: str,
        credentials: frozenset[str] = frozenset(),
    ) -> Lookups:
        """Those of the settings."""
        return cls(
            tuple(
                Lookup(route, one.find, one.at, one.seconds, below, credentials)
                for route, one in declared.items()
            )
        )

    def of_write(self, write: httpx2.Request) -> Lookup | None:
        """The one by which this write can be found; None where none is declared.

        What the call brings itself comes first.
        """
        own: Lookup | None = write.extensions.get(LOOKUP)
        return own or next((one for one in self.declared if one.is_for(write)), None)


@dataclass(slots=True)
class SentTags:
    """How many writes of a session carried which tags: a tag of two is no write's own."""

    _times: Counter[tuple[str, frozenset[str]]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, lookup: Lookup, write: httpx2.Request) -> None:
        """Count a write with its tags, where it has any."""
        with suppress(NotKnown):
            key = (lookup.route, lookup.tags(write))
            with self._lock:
                self._times[key] += 1

    def times(self, lookup: Lookup, write: httpx2.Request) -> int:
        """How many writes by the route carried the tags of this one."""
        with self._lock:
            return self._times[lookup.route, lookup.tags(write)]


def shows(item: object, tags: frozenset[str]) -> bool:
    """Whether all the tags stand in what was found."""
    return tags <= set(_texts(item))


def _is_tag(blank: str) -> bool:
    return blank.startswith(("$", "header:"))


def _is_html(answer: httpx2.Response) -> bool:
    """A gateway's page says nothing about what the API holds."""
    return "html" in answer.headers.get("content-type", "").lower()


def _is_carried(name: bytes) -> bool:
    lowered = name.lower()
    return lowered not in _OF_THE_REQUEST and not lowered.decode().startswith(_OF_THE_WRITE)


def _in_body(path: str, write: httpx2.Request) -> str:
    try:
        value = find(json.loads(write.content), read(path))
    except Nowhere:
        raise NotKnown(f"the write's body has no {path}") from None
    except httpx2.RequestNotRead:
        raise NotKnown(f"the write's body was streamed, so that {path} is gone") from None
    except (ValueError, RecursionError):
        raise NotKnown(f"the write's body is no JSON, and {path} is looked for there") from None
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        raise NotKnown(f"the write's body has no text or number at {path}")
    return str(value)


def _texts(item: object) -> Iterator[str]:
    """Every text and number in a value of JSON, as text."""
    left = [item]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)
        else:
            yield str(one)
