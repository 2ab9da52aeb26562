"""The standard streams of a process, masked while they are written to."""

from __future__ import annotations

import codecs
import sys
from threading import RLock
from typing import IO, TYPE_CHECKING, Any, Self, TextIO

from redhanded.core.masked_lines import MaskedLines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from redhanded.core.masked_lines import Gate

_NAMES = ("stdout", "stderr")


class Door:
    """Where all that a process shows goes out; nothing is masked before a gate stands in it."""

    def __init__(self) -> None:
        self.gate: Gate | None = None
        self._hung: dict[str, MaskedStream] = {}
        self._before: dict[str, Any] = {}

    def text(self, text: str) -> str:
        """The text as the gate lets it out."""
        return text if self.gate is None else self.gate.text(text)

    def safe_end(self, text: str) -> int:
        """Where the text may be cut: in no secret, and before what may begin one."""
        return len(text) if self.gate is None else self.gate.safe_end(text)

    def hang(self) -> None:
        """Put masked streams in the places of standard output and standard error."""
        for name in _NAMES:
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, MaskedStream):
                self._before[name] = stream
                self._hung[name] = MaskedStream(stream, self)
                setattr(sys, name, self._hung[name])

    def leads_to(self, name: str, number: int) -> bool:
        """Whether a stream of ours hangs there that writes to this descriptor."""
        try:
            return name in self._hung and self._hung[name].fileno() == number
        except (AttributeError, OSError, ValueError):  # somebody's own stream, in memory
            return False

    def lead(self, name: str, stream: TextIO) -> TextIO:
        """Lead what is written to a masked stream elsewhere from now on; gives where it led."""
        return self._hung[name].lead(stream)

    def unhang(self) -> None:
        """Show what was held back, and put the streams that were there before in their places.

        What kept a masked stream may go on writing to it.
        """
        for name, stream in self._hung.items():
            stream.settle()
            if getattr(sys, name) is stream:
                setattr(sys, name, self._before[name])
        self._hung.clear()


class MaskedStream:
    """A text stream that masks line by line; everything but writing is the stream's below."""

    def __init__(self, stream: TextIO, gate: Gate) -> None:
        self._stream = stream
        self._lines = MaskedLines(gate)
        self._lock = RLock()
        self._is_settled = False
        self._gate = gate

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the stream's own
        return getattr(self._stream, name)

    def __iter__(self) -> Any:  # noqa: ANN401  the stream's own
        return iter(self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.flush()

    @property
    def buffer(self) -> MaskedBuffer:
        """The stream for bytes, masked as well."""
        return MaskedBuffer(self, self._stream.buffer, self._gate)

    def write(self, text: str) -> int:
        """The number of characters taken; what is whole by now is shown."""
        if not isinstance(text, str):
            return self._stream.write(text)  # which refuses it as it would have done
        with self._lock:
            self._show(self._lines.take(text))
            if self._is_settled:
                self._show(self._lines.close())
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Show what is there, but for what may be the beginning of a secret."""
        with self._lock:
            self._show(self._lines.flush())
            self._stream.flush()

    def lead(self, stream: TextIO) -> TextIO:
        """Write to this stream from now on; gives the one before."""
        with self._lock:
            self.flush()
            before, self._stream = self._stream, stream
        return before

    def settle(self) -> None:
        """Show all that was held back, and hold nothing back any more."""
        with self._lock:
            self._is_settled = True
            self._show(self._lines.close())
            self._stream.flush()

    def _show(self, text: str) -> None:
        if not text:
            return
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            # Written in pieces that no longer are the writer's own, so it cannot be told.
            encoding = getattr(self._stream, "encoding", None) or "ascii"
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


class MaskedBuffer:
    """The bytes of a masked stream: each write is masked as far as it goes."""

    def __init__(self, text: MaskedStream, stream: IO[bytes], gate: Gate) -> None:
        self._text = text
        self._stream = stream
        self._gate = gate

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the stream's own
        return getattr(self._stream, name)

    def write(self, data: bytes) -> int:
        """The number of bytes taken."""
        self._text.flush()
        shown = self._gate.text(bytes(data).decode("utf-8", "surrogateescape"))
        self._stream.write(shown.encode("utf-8", "surrogateescape"))
        return len(data)

    def flush(self) -> None:
        """Hand on what was written."""
        self._stream.flush()


class MaskedBytes:
    """Bytes that arrive in pieces, and what may be shown of them while they arrive."""

    def __init__(self, gate: Gate) -> None:
        self._lines = MaskedLines(gate)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def take(self, data: bytes) -> bytes:
        """What is to be shown now that these bytes are there."""
        text = self._lines.take(self._decoder.decode(data)) + self._lines.flush()
        return text.encode("utf-8", "surrogateescape")

    def close(self) -> bytes:
        """All that was held back."""
        text = self._lines.take(self._decoder.decode(b"", final=True)) + self._lines.close()
        return text.encode("utf-8", "surrogateescape")
