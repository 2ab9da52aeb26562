"""Files that reports are written to: whole, or not there at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when the block ends well, with the folders above it.

    Whoever reads meanwhile, or writes to the same path, sees one whole file or another. Raises
    OSError where that cannot be; what stood there stays.
    """
    place = Path(os.path.realpath(path))  # a link stays one
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and not (place.is_file() or place.is_dir()):  # such as /dev/stdout
        with place.open("wb") as device:
            yield device
        return
    spare = place.with_name(f".{place.name[:100]}.{secrets.token_hex(4)}")
    try:
        with spare.open("xb") as file:
            yield file
        spare.replace(place)
    except BaseException:
        with suppress(OSError):
            spare.unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8; a character that has no place in it is escaped."""
    with writing(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
