"""Succession: values that answers of the record brought, and what answers bring in their place.

A test that makes an order and reads it needs the id of the new order, and not of the old one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from redhanded.core import jsonpath
from redhanded.core.masks import MASK
from redhanded.session.replay.outcome import Unrepeatable
from redhanded.session.replay.values import (
    NOT_JSON,
    Scalar,
    is_id,
    leaves,
    name_at,
    parsed,
    parts_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.jsonpath import Place
    from redhanded.reports.dossier.case import Sent

_LONG: Final = 8  # characters from which on a text is hardly in two places by chance
_COOKIE = re.compile(r"\s*([^=;\s]+)=([^;]*)")
_ADDRESSES: Final = ("location", "content-location")
_HEADERS: Final = (*_ADDRESSES, "etag")
_WORD = re.compile(r"[\w.~-]+")


class Brought(NamedTuple):
    """A value of an answer, by which later requests may call something; a name surely does."""

    place: str
    value: str
    is_name: bool


class Succession:
    """Learns from each answer of a replay, and puts the new values in the place of the old."""

    def __init__(self) -> None:
        self._new: dict[str, str] = {}
        self._origins: dict[str, str] = {}
        self._lost: dict[str, str] = {}
        self._used: dict[str, str] = {}

    def learn(self, sent: Sent, attempt: Attempt | None) -> None:
        """Take in what an answer of the record had brought, and what the new one brings."""
        made = sent.exchange
        origin = f"{made.method} {parts_of(made.url).path or '/'}"
        new = {one.place: one.value for one in _received(attempt)} if attempt is not None else {}
        chosen = _chosen(sent)
        for old in _brought(sent):
            if old.place in new:
                self._succeed(old.value, new[old.place], origin)
            elif old.is_name and old.value not in self._new and old.value not in chosen:
                self._lost[old.value] = origin

    def _succeed(self, value: str, successor: str, origin: str) -> None:
        is_other = self._new.get(value, successor) != successor
        if is_other and MASK.fullmatch(value):  # two secrets of one name and length
            self._lost[value] = origin
        self._new[value] = successor
        self._origins[value] = origin
        if not is_other:
            self._lost.pop(value, None)

    def notes(self) -> tuple[str, ...]:
        """What was put in the place of what since this was last asked, in clauses."""
        told = tuple(
            f"{new} takes the place of {old}, by {self._origins[old]}"
            for old, new in self._used.items()
        )
        self._used = {}
        return told

    def url(self, url: str) -> str:
        """The URL with new values as segments of its path and as parameters."""
        split = parts_of(url)
        segments = [
            self._part(part, quote(self._whole(unquote(part)), safe=":@!$&'()*+,;=~"))
            for part in split.path.split("/")
        ]
        query = "&".join(map(self._parameter, split.query.split("&")))
        return split._replace(path="/".join(segments), query=query).geturl()

    def _parameter(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        known = unquote(value.replace("+", " "))
        return name + equals + self._part(value, quote(self._whole(known), safe=""))

    def _part(self, written: str, renewed: str) -> str:
        """What was written, unless there is something new: its spelling is its author's."""
        return written if unquote(written) == unquote(renewed) else renewed

    def header(self, value: str) -> str:
        """The value of a header, with new values in it."""
        return self._whole(value) if value in self._new else self._within(value)

    def body(self, text: str, kind: str) -> str:
        """The body with new values in the places of old ones; the same text where there are none.

        Numbers are taken for an id where the name of their place says that they are one.
        """
        if kind == "json" and (document := parsed(text)) is not NOT_JSON:
            renewed = {place: self._scalar(place, value) for place, value in leaves(document)}
            changed = {place: new for place, (old, new) in renewed.items() if old != new}
            return (
                json.dumps(_with(document, changed), separators=(",", ":"), ensure_ascii=False)
                if changed
                else text
            )
        if kind == "form" and "=" in text and "\n" not in text:
            pairs = parse_qsl(text, keep_blank_values=True)
            fresh = [(name, self._whole(value)) for name, value in pairs]
            return urlencode(fresh) if fresh != pairs else text
        return self._within(text)

    def _scalar(self, place: Place, value: Scalar) -> tuple[Scalar, Scalar]:
        if isinstance(value, str):
            is_known = value in self._new or value in self._lost
            return value, self._whole(value) if is_known else self._within(value)
        if isinstance(value, bool) or not isinstance(value, int) or not is_id(place):
            return value, value
        successor = self._whole(str(value))
        return value, int(successor) if successor.lstrip("-").isdigit() else successor

    def _whole(self, value: str) -> str:
        """What stands for exactly this value now; raises Unrepeatable where nothing does."""
        if value in self._lost:
            raise Unrepeatable(
                f"it needs {value}, which {self._lost[value]} brought in the run, and did not"
                " bring now"
            )
        successor = self._new.get(value, value)
        if successor != value:
            self._used[value] = successor
        return successor

    def _within(self, text: str) -> str:
        """The text with what it holds of long values replaced, and of masks."""
        known = [old for old in (*self._new, *self._lost) if _is_long(old) and old in text]
        for old in sorted(known, key=len, reverse=True):
            text = text.replace(old, self._whole(old))
        return text


def _is_long(value: str) -> bool:
    return len(value) >= _LONG and not value.isdigit()


def _chosen(sent: Sent) -> set[str]:
    """The words of the request itself, which no answer had to bring."""
    body = sent.request.text if sent.request is not None else ""
    return set(_WORD.findall(f"{unquote(sent.exchange.url)} {body}"))


def _brought(sent: Sent) -> Iterator[Brought]:
    if sent.response is not None:
        yield from _of_document(parsed(sent.response.text))
    yield from _of_headers(sent.exchange.response_headers)


def _received(attempt: Attempt) -> Iterator[Brought]:
    if attempt.response_body:
        yield from _of_document(parsed(attempt.response_body))
    yield from _of_headers(attempt.response_headers)


def _of_document(document: object) -> Iterator[Brought]:
    if document is NOT_JSON:
        return
    for place, value in leaves(document):
        is_name = is_id(place) or not name_at(place)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if (is_number and is_name) or (isinstance(value, str) and (_is_long(value) or is_name)):
            yield Brought(jsonpath.write(place), str(value), is_name)


def _of_headers(headers: Sequence[tuple[str, str]]) -> Iterator[Brought]:
    for name, value in headers:
        lower = name.lower()
        if lower in _HEADERS:
            yield Brought(lower, value, is_name=False)
        if lower in _ADDRESSES:
            for number, part in enumerate(parts_of(value).path.split("/")):
                if any(map(str.isdigit, part)):
                    yield Brought(f"{lower} {number}", unquote(part), is_name=True)
        if lower == "set-cookie" and (cookie := _COOKIE.match(value)):
            yield Brought(f"cookie {cookie[1]}", cookie[2], is_name=True)


def _with(document: object, changed: dict[Place, Scalar]) -> object:
    """The document with these values in it, which is altered in place."""
    for place, value in changed.items():
        if not place:
            return value
        holder: Any = document
        for part in place[:-1]:
            holder = holder[part]
        holder[place[-1]] = value
    return document
