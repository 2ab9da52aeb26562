"""What real runs have left in the history of their project."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from redhanded.core.settings import Settings
from redhanded.history.ndjson import read
from redhanded.history.records import Record
from redhanded.session.intake import take_in
from redhanded.session.stores import open_store
from tests.plugin.suites import Ran

# The run opens its store, however short it is.
LONG = 'history = { regressions = "fail" }\n'


def waiting(ran: Ran) -> list[Record]:
    """The records in the outbox."""
    files = sorted(ran.folder.glob(".redhanded/history/outbox/*.ndjson"))
    return [
        record
        for path in files
        for record in read(path.read_text("utf-8").splitlines(), pytest.fail)
    ]


def remembered(folder: Path) -> list[Record]:
    """The records in the store, what waited for it included."""
    settings = Settings(folder=folder / ".redhanded")
    with closing(open_store(settings, folder)) as store:
        assert take_in(store, settings.folder) == []
        return list(store.records())
