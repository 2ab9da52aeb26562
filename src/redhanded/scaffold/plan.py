"""What `redhanded init` would write: files by their path, made without touching the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path below the project's folder, with forward slashes, and its whole text.

    One that `is_private` is for its owner to fill in: it is written where there is none, and never
    looked into afterwards.
    """

    path: str
    text: str
    is_private: bool = False


class Plan:
    """Files in the order in which they are told and written, each path once."""

    def __init__(self, files: Iterable[File]) -> None:
        self._files: dict[str, File] = {}
        for file in files:
            known = self._files.setdefault(file.path.casefold(), file)
            if known is not file:  # also where only the case differs: some disks know no other
                raise ValueError(f"{file.path} is planned twice.")

    def __iter__(self) -> Iterator[File]:
        return iter(self._files.values())

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, path: str) -> File:
        return self._files[path.casefold()]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path.casefold() in self._files

    @property
    def paths(self) -> list[str]:
        """Every path, in order."""
        return [file.path for file in self]
