"""Secrets that stand in a run's files whoever wrote them, for they are words that anyone uses."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from redhanded.core.masks import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

    from redhanded.core.masks import Hit

_KINDS = (".py", ".html", ".css", ".js", ".toml", ".json")


class Commonplace:
    """Finds that are no leak: what stands there is a word of our own files, or of the `known`.

    A credential such as `password` is a name in each report, and no place of it tells anything.
    Only a whole word counts, in its plain spelling. `names` are the secrets that this befell.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = tuple(known)
        self._text: str | None = None
        self._are_common: dict[str, bool] = {}
        self.names: set[str] = set()

    def leaks(self, text: str, hits: Iterable[Hit]) -> list[Hit]:
        """The hits in this text that are a leak."""
        return [hit for hit in hits if not self._is_common(text[hit.start : hit.end], hit.mask)]

    def _is_common(self, found: str, mask: str) -> bool:
        known = MASK.fullmatch(mask)
        if known is None or len(found) != int(known["length"]):  # a piece, or another spelling
            return False
        word = found.lower()
        if word not in self._are_common:
            self._are_common[word] = self._says(word)
        if self._are_common[word]:
            self.names.add(known["name"])
        return self._are_common[word]

    def _says(self, word: str) -> bool:
        """Whether the word stands alone somewhere in what every run writes."""
        if self._text is None:  # read for a find alone: most runs have none
            self._text = "\n".join((*self._known, *_texts(files("redhanded")))).lower()
        alone = rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"
        return word in self._text and re.search(alone, self._text) is not None


def _texts(folder: Traversable) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry)
        elif entry.name.endswith(_KINDS):
            yield entry.read_text(encoding="utf-8")
