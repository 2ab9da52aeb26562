"""The secrets a run knows: those declared, and those issued while it runs."""

from __future__ import annotations

from threading import Lock

from redhanded.core.encodings import SHORTEST_SECRET
from redhanded.core.masks import Hit, mask
from redhanded.core.secret_index import SecretIndex
from redhanded.core.verdicts import Verdict

# Every report is made of these: a mask over them would hide what happened, and hold no secret.
_OURS = frozenset({*map(str, Verdict), "passed", "failed", "failure", "skipped", "redhanded"})


class Vault:
    """Registered secrets and their masks; one thread writes at a time, readers never wait.

    Declared secrets are kept for good. Of issued ones the latest `issued_kept` are: memory stays
    flat in a run that signs in for each test.
    """

    def __init__(self, *, issued_kept: int = 512) -> None:
        self._issued_kept = issued_kept
        self._lock = Lock()
        self._declared: dict[str, str] = {}
        self._issued: dict[str, str] = {}
        self._index = SecretIndex()
        self.version: int = 0

    @property
    def longest(self) -> int:
        """The length of the longest spelling of any secret."""
        return self._index.longest

    def declare(self, value: str, *, name: str) -> bool:
        """Whether the secret is known from now on: not where no text could be told from it.

        That is one of fewer than six characters, and a word of which reports are made.
        """
        if not _is_telling(value):
            return False
        with self._lock:
            if self._issued.pop(value, None):
                self._declared[value] = _own_mask(value, name)
                self._rebuild()
            elif value not in self._declared:
                self._add(value, name, self._declared)
        return True

    def issue(self, value: str, *, name: str) -> None:
        """Takes in a token as the youngest of the issued ones; one that is declared stays so."""
        with self._lock:
            if value in self._declared or not _is_telling(value):
                return
            if value in self._issued:
                self._issued[value] = self._issued.pop(value)
                return
            self._add(value, name, self._issued)
            # Forgetting by halves: each time the whole index is made anew.
            if len(self._issued) > self._issued_kept:
                for oldest in [*self._issued][: self._issued_kept // 2]:
                    del self._issued[oldest]
                self._rebuild()

    def mask_of(self, value: str) -> str | None:
        """The mask of exactly this value; None where it is not registered."""
        return self._declared.get(value) or self._issued.get(value)

    def may_hold(self, text: str) -> bool:
        """Whether it is worth while to ask for hits: False where there can be none."""
        return self._index.may_hold(text)

    def hits(self, text: str) -> list[Hit]:
        """Every place of a registered secret in the text, in any spelling."""
        return self._index.hits(text)

    def safe_end(self, text: str) -> int:
        """Where the text may be cut: in no registered secret, and before what may begin one."""
        end = len(text) - self._index.open_end(text)
        across = (hit.end for hit in self.hits(text) if hit.start < end < hit.end)
        return max(across, default=end)

    def known(self) -> dict[str, str]:
        """All secrets and their masks."""
        return self._declared | self._issued

    def spellings(self) -> list[str]:
        """Every text that is looked for: the secrets, and their spellings in one case."""
        return [*self.known(), *self._index.texts]

    def _add(self, value: str, name: str, into: dict[str, str]) -> None:
        into[value] = _own_mask(value, name)
        self._index.add(value, into[value])
        self.version += 1

    def _rebuild(self) -> None:
        index = SecretIndex()
        for value, own in (self._declared | self._issued).items():
            index.add(value, own)
        self._index = index
        self.version += 1


def _is_telling(value: str) -> bool:
    """Whether a text that holds the value gives it away."""
    word = value.strip()
    return len(word) >= SHORTEST_SECRET and word.lower() not in _OURS


def _own_mask(value: str, name: str) -> str:
    """The mask of a registered secret; a name that tells the secret is not used."""
    own = mask(name, len(value))
    return mask("secret", len(value)) if value.lower() in own.lower() else own
