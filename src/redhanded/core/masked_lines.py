"""A text that arrives in pieces and is shown while it arrives, masked: live output."""

from __future__ import annotations

from typing import Final, Protocol

BEFORE_A_FLUSH: Final = 3
"""Characters of a long secret that are shown before its rest: a letter of progress never waits."""

_MOST = 65536  # characters of a line that has not ended; more are shown before its end


class Gate(Protocol):
    """Who masks, and knows what may be the beginning of a secret."""

    def text(self, text: str) -> str:
        """The text with every secret masked."""
        ...

    def safe_end(self, text: str) -> int:
        """Where the text may be cut: in no secret, and before what may begin one."""
        ...


class MaskedLines:
    """Takes pieces and gives what may be shown of them; what it holds back comes with the rest.

    Whole lines come at once. Of a line that has not ended nothing comes before it is flushed, and
    then all but what may be the beginning of a secret.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._held = ""
        self._before = ""  # the last characters that were shown: a secret may have begun in them

    def take(self, piece: str) -> str:
        """What is to be shown now that this piece is there."""
        self._held += piece
        if len(self._held) > _MOST:
            return self.flush()
        return self._give(self._held.rfind("\n") + 1)

    def flush(self) -> str:
        """What can be shown without the rest of the line."""
        end = self._gate.safe_end(self._before + self._held)
        return self._give(max(0, end - len(self._before)))

    def close(self) -> str:
        """All that was held back: there is no more to come."""
        return self._give(len(self._held))

    def _give(self, length: int) -> str:
        if not length:
            return ""
        before, text = self._before, self._before + self._held[:length]
        self._held = self._held[length:]
        self._before = text.rpartition("\n")[2][-BEFORE_A_FLUSH:]
        shown = self._gate.text(text)
        return shown.removeprefix(before)
