"""The one gate between what was seen and what is kept: everything stored or shown passes here.

A redactor masks what was registered, in all its spellings; what a name announces (`Authorization`,
`password`, `?api_key=`); and what gives itself away (a JSON Web Token, a private key). It learns
issued tokens at receipt. Where it has to choose, it masks.

Its limits: fewer than six characters cannot be told from ordinary text, so such a secret is not
registered; and text that was compressed, encrypted or put through base64 twice is not searched.
"""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Self

from redhanded.core.detectors import detected
from redhanded.core.encodings import SHORTEST_SECRET
from redhanded.core.exchange import Body, Exchange
from redhanded.core.fields import form_hits, json_hits, markup_hits, part_hits
from redhanded.core.headers import (
    credentials,
    header_hits,
    holds_secret_parts,
    is_plain,
    url_hits,
)
from redhanded.core.issued import looks_issued, may_hold_tokens, tokens
from redhanded.core.leak_search import LeakSearch
from redhanded.core.masks import MASK, Hit, applied, mask, merged
from redhanded.core.media import Kind, readable
from redhanded.core.memory import Memory, New, RawHeader, ShownHeader, ShownText, Side
from redhanded.core.ordinary import is_ordinary_header, is_ordinary_parameter
from redhanded.core.secret_names import SecretNames
from redhanded.core.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from redhanded.core.attempt import Attempt, Failure, RawHeaders
    from redhanded.core.settings import Redact

__all__ = ["SHORTEST_SECRET", "Exchange", "Redactor"]

_MARGIN = 4096
_WHOLE = 4 << 20
_PIECE = 1 << 16


class Redactor:
    """Makes exchanges of attempts and masked text of text; safe to share between threads.

    `names` are further names of secret fields, headers and parameters; `shown_query` and
    `shown_headers` name what is shown although nobody knows it, or it looks secret; `key` is the
    run's, for digests.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        shown_query: Iterable[str] = (),
        shown_headers: Iterable[str] = (),
        *,
        key: bytes | None = None,
    ) -> None:
        self._names = SecretNames(names)
        self._shown_query = frozenset(name.lower() for name in shown_query)
        self._shown_headers = frozenset(name.lower() for name in shown_headers)
        self._key = os.urandom(32) if key is None else blake2b(key).digest()
        self._vault = Vault()
        self._memory = Memory(self._vault.version)
        self._lock = Lock()
        self._masked = 0

    @classmethod
    def of(cls, settings: Redact) -> Self:
        """A redactor as the settings describe it."""
        return cls(settings.names, settings.shown_query, settings.shown_headers)

    def unknowing(self) -> Redactor:
        """Another that judges names as this one does, and knows no secret."""
        other = Redactor(key=self._key)
        other._names, other._shown_query = self._names, self._shown_query
        other._shown_headers = self._shown_headers
        return other

    @property
    def masked(self) -> int:
        """How many values were masked so far."""
        return self._masked

    def register(self, value: str, *, name: str) -> bool:
        """Whether the secret is masked from now on: not where no text could be told from it.

        That is one of fewer than six characters, and a word of which reports are made.
        """
        return self._vault.declare(value, name=name)

    def issue(self, value: str, *, name: str) -> None:
        """Registers a token that was issued during the run; the oldest of many are forgotten."""
        self._vault.issue(value, name=name)

    def name_of(self, value: str) -> str | None:
        """The name under which exactly this value is registered, as its mask spells it."""
        known = MASK.fullmatch(self._vault.mask_of(value) or "")
        return known["name"] if known else None

    def is_secret_name(self, name: str) -> bool:
        """Whether a field, parameter or header of this name holds a secret."""
        return name in self._names

    def is_secret_query(self, name: str) -> bool:
        """Whether a query parameter of this name holds a secret and was not declared harmless."""
        return name in self._names and name.lower() not in self._shown_query

    def is_shown_query(self, name: str) -> bool:
        """Whether a query parameter of this name is known to be no secret."""
        is_declared = name.lower() in self._shown_query
        return is_declared or (name not in self._names and is_ordinary_parameter(name))

    def is_shown_header(self, name: str) -> bool:
        """Whether a header of this name is known to be no secret."""
        is_declared = name.lower() in self._shown_headers
        return is_declared or (name not in self._names and is_ordinary_header(name))

    def mask_for(self, value: str, name: str) -> str:
        """The mask of a value under this name: its own if it is registered or a mask already."""
        if MASK.fullmatch(value):
            return value
        return self._vault.mask_of(value) or mask(name, len(value))

    def text(self, text: str) -> str:
        """The text with every secret masked; masking it again changes nothing."""
        return self._counted(self._masking(text, ()))

    def secrets(self) -> dict[str, str]:
        """Every registered secret and its name: never store or print them."""
        return {value: MASK.sub(r"\g<name>", mask) for value, mask in self._vault.known().items()}

    def leak_search(
        self, leaks: Callable[[str, list[Hit]], list[Hit]] = lambda _, hits: hits
    ) -> LeakSearch:
        """A search for the secrets that are registered by now, in what was written.

        `leaks` picks of the hits in a text those that count.
        """
        return LeakSearch(self._vault.spellings(), lambda text: leaks(text, self._vault.hits(text)))

    def safe_end(self, text: str) -> int:
        """Where the text may be cut: in no registered secret, and before what may begin one."""
        return self._vault.safe_end(text)

    def url(self, url: str) -> str:
        """The URL without its userinfo and the values of its secret parameters."""
        return self._counted(self._masking(url, url_hits(url, self)))

    def body(self, content: bytes | None, content_type: str, *, cap: int = 65536) -> Body:
        """The first `cap` characters of a body with its secrets masked; no mask is cut."""
        content = content or b""
        # Read further than shown, so that a secret across the cap is masked before it is cut.
        margin = max(_MARGIN, 8 * self._vault.longest)
        window = content[: 4 * (cap + margin)]
        kind, text = readable(window, content_type)
        text = text[: cap + margin]
        hits = [hit for hit in self._hits(text, self._field_hits(text, kind)) if hit.start < cap]
        self._count(len(hits))
        end = max(cap, hits[-1].end) if hits else cap
        return Body(
            kind,
            applied(text[:end], hits),
            size=len(content),
            digest=self.digest(content),
            truncated=kind != "binary" and (len(text) > end or len(window) < len(content)),
        )

    def digest(self, content: bytes) -> str:
        """A digest under the run's key: equal for equal bodies, and of no use to guess one.

        Of more than 4 MiB it is that of the length and of pieces from the start to the end.
        """
        hashed = blake2b(digest_size=16, key=self._key)
        for piece in _pieces(content):
            hashed.update(piece)
        return hashed.hexdigest()

    def exchange(self, attempt: Attempt) -> Exchange:
        """The attempt as it may be stored; what it tells of issued tokens is learned first."""
        memory = self._met(attempt)
        url, hits = memory.urls[attempt.url]
        sent = [*map(memory.sent.masked.__getitem__, attempt.raw_request_headers)]
        received = [*map(memory.received.masked.__getitem__, attempt.raw_response_headers)]
        self._count(hits + sum([hits for _, hits in sent + received]))
        return Exchange(
            id=attempt.id,
            trace_id=attempt.trace_id,
            call_id=attempt.call_id,
            number=attempt.number,
            purpose=attempt.purpose,
            method=attempt.method,
            url=url,
            request_headers=tuple([shown for shown, _ in sent]),
            request_size=len(attempt.request_body or b""),
            status=attempt.status,
            http_version=attempt.http_version,
            response_headers=tuple([shown for shown, _ in received]),
            response_size=len(attempt.response_body or b""),
            body_digest=self.digest(attempt.response_body or b""),
            row=attempt.row,
            failure=attempt.failure and self._failure(attempt.failure),
            started_at=attempt.started_at,
            elapsed=attempt.elapsed,
            marks=attempt.marks,
            reused=attempt.reused,
            wait=attempt.wait,
            peer=attempt.peer,
            bucket=attempt.bucket,
            epoch=attempt.epoch,
            notes=tuple(map(self.text, attempt.notes)),
        )

    def learn(self, attempt: Attempt) -> None:
        """Registers the credentials sent and the tokens issued in this attempt."""
        self._learn(attempt, self._fresh())

    def discover(self, content: bytes, content_type: str) -> None:
        """Registers the tokens and passwords that stand under their names at a body's start."""
        for name, value in tokens(content, content_type, self._names):
            self._vault.issue(value, name=name)

    def _learn(self, attempt: Attempt, memory: Memory) -> New:
        """What of the attempt is new, after learning from it."""
        new = memory.new(attempt)
        for headers, side in ((new.sent, memory.sent), (new.received, memory.received)):
            for header in headers:
                if header[0] not in side.plain:
                    self._learn_header(*_decoded(header))
        self._learn_body(attempt.request_body, attempt.raw_request_headers)
        self._learn_body(attempt.response_body, attempt.raw_response_headers)
        return new

    def _learn_header(self, name: str, value: str) -> None:
        for source, credential in credentials(name, value, self):
            if looks_issued(credential) and not MASK.search(credential):
                self._vault.issue(credential, name=source)

    def _learn_body(self, content: bytes | None, headers: RawHeaders) -> None:
        if content and may_hold_tokens(content):
            kinds = (value for name, value in headers if name.lower() == b"content-type")
            self.discover(content, next(kinds, b"").decode("latin-1"))

    def _fresh(self) -> Memory:
        """What was masked with all the secrets that are known by now."""
        memory = self._memory
        if memory.version != self._vault.version or memory.is_full():
            memory = self._memory = Memory(self._vault.version)
        return memory

    def _met(self, attempt: Attempt) -> Memory:
        """The memory of what was masked, in which the attempt's URL and its headers are."""
        memory = self._fresh()
        new = self._learn(attempt, memory)
        if memory.version != self._vault.version:
            memory = self._fresh()
            new = memory.new(attempt)
        if any(new):
            self._meet(new, memory)
        return memory

    def _meet(self, new: New, memory: Memory) -> None:
        """Puts what is new in the memory; one look tells whether anything of it needs a mask."""
        values = [value for _, value in (*new.sent, *new.received)]
        text = f"{new.url} {b' '.join(values).decode('latin-1')}"
        is_clean = not self._vault.may_hold(text) and next(detected(text, self), None) is None
        for headers, side in ((new.sent, memory.sent), (new.received, memory.received)):
            for header in headers:
                name = side.plain.get(header[0])
                if is_clean and name is not None:
                    side.masked[header] = (name, header[1].decode("latin-1")), 0
                else:
                    side.masked[header] = self._header(header, side)
        if is_clean and not holds_secret_parts(new.url, self):
            memory.urls[new.url] = new.url, 0
        else:
            memory.urls[new.url] = self._masking(new.url, url_hits(new.url, self))

    def _header(self, header: RawHeader, side: Side) -> ShownHeader:
        name, value = _decoded(header)
        shown_name, hits = self._masking(name, ())
        if not hits and is_plain(name, self):
            side.plain[header[0]] = name
        shown, more = self._masking(value, header_hits(name, value, self))
        return (shown_name, shown), hits + more

    def _failure(self, failure: Failure) -> Failure:
        return replace(failure, message=self.text(failure.message))

    def _field_hits(self, text: str, kind: Kind) -> Iterator[Hit]:
        yield from json_hits(text, self)
        if kind == "form":
            yield from form_hits(text, self)
            yield from part_hits(text, self)
        if "<" in text:
            yield from markup_hits(text, self)

    def _hits(self, text: str, announced: Iterable[Hit]) -> list[Hit]:
        return merged([*announced, *self._vault.hits(text), *detected(text, self)])

    def _masking(self, text: str, announced: Iterable[Hit]) -> ShownText:
        hits = self._hits(text, announced)
        return applied(text, hits) if hits else text, len(hits)

    def _counted(self, masked: ShownText) -> str:
        self._count(masked[1])
        return masked[0]

    def _count(self, hits: int) -> None:
        if hits:
            with self._lock:
                self._masked += hits


def _pieces(content: bytes) -> Iterator[bytes]:
    """What of a body its digest is made of: to read all of 100 MB takes as long as 20 maskings."""
    if len(content) <= _WHOLE:
        yield content
        return
    yield len(content).to_bytes(8)
    last = len(content) - _PIECE
    count = _WHOLE // _PIECE
    for number in range(count):
        start = number * last // (count - 1)
        yield content[start : start + _PIECE]


def _decoded(header: RawHeader) -> tuple[str, str]:
    return header[0].decode("latin-1"), header[1].decode("latin-1")
