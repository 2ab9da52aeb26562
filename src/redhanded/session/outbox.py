"""The outbox: records that no store has taken yet, a file each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redhanded.history.records import Record
    from redhanded.history.store import Store


class Outbox:
    """Records as lines of JSON in `folder`; a file has its name only once it is whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "history" / "outbox"

    def put(self, record: Record) -> Path:
        """The file in which the record waits; raises OSError where it cannot be written."""
        from redhanded.history.ndjson import written

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{record.run.run_id}.ndjson"
        part = path.with_suffix(".part")
        try:
            with part.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{line}\n" for line in written([record]))
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        return path

    def waiting(self) -> list[Path]:
        """The files that wait."""
        return sorted(self._folder.glob("*.ndjson"))

    def empty_into(self, store: Store, *, is_over: Callable[[], bool]) -> list[str]:
        """A sentence for each file that was set aside; all others are in the store now.

        It stops when there is no more time; what the store does not take stays where it is.
        """
        told: list[str] = []
        for path in self.waiting():
            if is_over():
                break
            with suppress(OSError):  # another process took it, or it is not ours to read
                told += _taken(path, store)
        return told


def _taken(path: Path, store: Store) -> list[str]:
    from redhanded.history.ndjson import read

    damage: list[str] = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        try:
            records = list(read(lines, damage.append))
        except HistoryUnavailable:
            return []  # of a later version, which will take it in
    for record in records:
        store.write(record)
    if not damage:
        path.unlink(missing_ok=True)
        return []
    aside = path.replace(path.with_suffix(".damaged"))
    return [f"{aside} is damaged ({damage[0]}): what was whole in it is taken in"]
