"""A recorded request, made ready to be sent once more: its address, headers and body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.core.masks import MASK
from redhanded.session.replay.outcome import Unrepeatable
from redhanded.session.replay.secrets import (
    Secrets,
    as_it_is,
    in_form,
    in_json,
    in_markup,
    in_url,
)
from redhanded.session.replay.values import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.reports.dossier.case import Sent
    from redhanded.session.replay.succession import Succession

_OWN: Final = frozenset(
    {"connection", "content-length", "host", "traceparent", "tracestate", "transfer-encoding"}
)
_OURS: Final = "redhanded/"
_KEY: Final = "idempotency-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A request of the record as it is sent now; a mask may be left where a credential stands."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a replay goes: what the record was made against, and what it is sent to.

    Secrets go to the origin of `trusted` alone, whatever the record says: empty is nobody.
    """

    recorded: str
    base: str
    trusted: str

    @property
    def is_another(self) -> bool:
        """Whether it is sent elsewhere than the run had sent it."""
        return bool(self.recorded) and self.recorded.rstrip("/") != self.base.rstrip("/")

    def rebased(self, url: str) -> str:
        """The URL below the target's base, where it had been below the record's."""
        old, new = self.recorded.rstrip("/"), self.base.rstrip("/")
        rest = url.removeprefix(old)
        is_below = bool(old) and url.startswith(old) and rest[:1] in {"", "/", "?", "#"}
        return f"{new}{rest}" if is_below else url

    def may_have_secrets(self, url: str) -> bool:
        """Whether the URL leads to the API for which the settings hold secrets."""
        return bool(self.trusted) and _origin(url) == _origin(self.trusted)

    def guard(self, url: str) -> None:
        """Raise Unrepeatable where the URL leads anywhere else."""
        if not self.may_have_secrets(url):
            scheme, host = _origin(url)
            raise Unrepeatable(
                f"it holds a secret, and {scheme}://{host} is not the API of the settings: give"
                f" --base-url {scheme}://{host} if it may have it"
            )


class Renewal:
    """Makes recorded requests ready, with the secrets of today and what answers brought so far."""

    def __init__(
        self,
        target: Target,
        secrets: Secrets,
        succession: Succession,
        *,
        new_key: Callable[[], str],
    ) -> None:
        self._target = target
        self._secrets = secrets
        self._succession = succession
        self._new_key = new_key

    def renewed(self, sent: Sent) -> Renewed:
        """The request as it can be sent; raises Unrepeatable where it cannot."""
        made = sent.exchange
        if not parts_of(made.url).netloc:
            raise Unrepeatable(f"its address is none: {made.url}")
        url = self._filled(self._succession.url(self._target.rebased(made.url)), in_url, made.url)
        headers = tuple(self._headers(sent, url))
        content = self._content(sent, url)
        notes = list(self._succession.notes())
        if any(name.lower() == _KEY for name, _ in headers):
            notes.append(f"a new {_KEY.title()} is sent: by the old one the old answer would come")
        return Renewed(
            method=made.method, url=url, headers=headers, content=content, notes=tuple(notes)
        )

    def _headers(self, sent: Sent, url: str) -> Iterator[tuple[str, str]]:
        made = sent.exchange
        for name, value in made.request_headers:
            lower = name.lower()
            if lower in _OWN or (made.trace_id and made.trace_id in value):
                continue
            if lower == "user-agent" and value.startswith(_OURS):
                continue
            if lower == _KEY:
                yield name, self._new_key()
            else:
                yield name, self._filled(self._succession.header(value), as_it_is, url)

    def _filled(self, text: str, spell: Callable[[str], str], url: str) -> str:
        """The text with its secrets, which go to one origin alone."""
        target = self._target.rebased(url)
        if MASK.search(text) and self._secrets.knows(text):
            self._target.guard(target)
            return self._secrets.filled(text, spell)
        return text

    def _content(self, sent: Sent, url: str) -> bytes:
        made, body = sent.exchange, sent.request
        if not made.request_size:
            _refuse_stream(sent)
            return b""
        if body is None:
            raise Unrepeatable('its body was not kept: set evidence = "all" and run again')
        if body.kind == "binary":
            coding = _header(sent, "content-encoding")
            what = f"compressed ({coding})" if coding else "no text"
            raise Unrepeatable(f"its body of {body.size:,} bytes is {what}, and is not kept")
        if body.truncated:
            kept, all_ = len(body.text), body.size
            raise Unrepeatable(f"its body is kept in part: {kept:,} characters of {all_:,} bytes")
        text = self._filled(self._succession.body(body.text, body.kind), _spelling(sent), url)
        _refuse_masked_body(text)
        content = _encoded(text, _header(sent, "content-type"))
        if text == body.text and len(content) != body.size:
            raise Unrepeatable("its body is not text of one encoding, and not kept byte for byte")
        return content


def is_unsafe(method: str) -> bool:
    """Whether a request of this method may change something (RFC 9110, section 9.2.1)."""
    return method.upper() not in {"GET", "HEAD", "OPTIONS", "TRACE"}


def _refuse_stream(sent: Sent) -> None:
    length = _header(sent, "content-length")
    if "chunked" in _header(sent, "transfer-encoding").lower() or length not in {"", "0"}:
        raise Unrepeatable("its body was streamed, and a stream is not kept")


def _refuse_masked_body(text: str) -> None:
    left = MASK.search(text)
    if left is not None:
        raise Unrepeatable(_unknown(left["name"], "body"))


def _unknown(name: str, where: str) -> str:
    return (
        f"the value of {name} in its {where} is not kept: it was issued during the run, or is"
        " the test's own, and no setting refers to it"
    )


def refuse_masks(request_url: str, headers: tuple[tuple[str, str], ...]) -> None:
    """Raise Unrepeatable where a mask stands in an address or a header to be sent."""
    names = (("headers' names", name) for name, _ in headers)
    for where, text in (("URL", request_url), *names):
        left = MASK.search(text)
        if left is not None:
            raise Unrepeatable(_unknown(left["name"], where))
    for name, value in headers:
        left = MASK.search(value)
        if left is not None:
            shown = f'; if it is no secret, redact.shown_headers = ["{name}"] keeps it'
            raise Unrepeatable(_unknown(left["name"], name) + shown)


def _header(sent: Sent, wanted: str) -> str:
    values = (value for name, value in sent.exchange.request_headers if name.lower() == wanted)
    return next(values, "")


def _spelling(sent: Sent) -> Callable[[str], str]:
    """How the body spells a value."""
    kind = sent.request.kind if sent.request is not None else "text"
    if kind == "json":
        return in_json
    media = _header(sent, "content-type").lower()
    if kind == "form" and "multipart/" not in media:
        return in_form
    return in_markup if "xml" in media else as_it_is


def _encoded(text: str, content_type: str) -> bytes:
    charset = content_type.lower().partition("charset=")[2].strip(' "').partition(";")[0]
    try:
        return text.encode(charset or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return text.encode("utf-8", "surrogatepass")


def _origin(url: str) -> tuple[str, str]:
    split = parts_of(url)
    host = split.netloc.rpartition("@")[2].lower()
    default = {"http": ":80", "https": ":443"}.get(split.scheme.lower(), "")
    return split.scheme.lower(), host.removesuffix(default) if default else host
