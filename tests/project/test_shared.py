"""What is dear to make is made once, and again where that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.suites import LEAN
from tests.shared import made_once


def test_what_was_made_is_given_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each name is made once, in a folder of its own."""
    folders: list[Path] = []

    def make(folder: Path) -> int:
        folders.append(folder)
        return len(folders)

    assert [made_once(tmp_path_factory, name, make) for name in ("a", "b", "a")] == [1, 2, 1]
    assert len(set(folders)) == 2
    assert all(folder.is_dir() for folder in folders)


def test_workers_share_it(pytester: pytest.Pytester) -> None:
    """Whichever asks first makes it; the others have it from there."""
    pytester.makepyfile(
        """
        import os
        import pytest
        from tests.shared import made_once

        @pytest.mark.parametrize("number", range(8))
        def test_it(number, tmp_path_factory):
            maker = made_once(tmp_path_factory, "it", lambda _: os.getpid())
            print(f"<{os.getpid()} has it from {maker}>")
        """
    )

    ran = pytester.runpytest_inprocess(*LEAN, "-p", "no:asyncio", "-n2", "-rP")

    ran.assert_outcomes(passed=8)
    said = [line for line in ran.outlines if "has it from" in line]
    assert len({line.split()[0] for line in said}) == 2
    assert len({line.split()[-1] for line in said}) == 1


def test_who_asks_after_a_failure_makes_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is kept of what failed."""

    def fail(folder: Path) -> int:
        raise OSError(folder)

    with pytest.raises(OSError, match="it"):
        made_once(tmp_path_factory, "it", fail)

    assert made_once(tmp_path_factory, "it", lambda _: 3) == 3
