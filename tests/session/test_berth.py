"""A run's berth: one name, one folder, one run at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.settings import Settings
from redhanded.session.berth import Berth


def settings(folder: Path, run_id: str | None = None, shard: str | None = None) -> Settings:
    """The settings of a run that writes into this folder."""
    return Settings(folder=folder, run_id=run_id, shard=shard)


def began(berth: Berth, folder: Path) -> Berth:
    """The berth, once its run has written something."""
    (folder / "runs" / berth.name / "spool").mkdir(parents=True)
    return berth


def test_a_run_without_an_id_has_a_new_one(tmp_path: Path) -> None:
    """Two runs that choose no id never meet, and nothing is written for it."""
    berths = [Berth.take(settings(tmp_path)) for _ in range(2)]

    assert berths[0].run_id != berths[1].run_id
    assert [berth.name for berth in berths] == [berth.run_id for berth in berths]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "shard, name", [(None, "nightly"), ("2/4", "nightly-2of4")], ids=["whole", "shard"]
)
def test_a_run_lies_under_its_id(tmp_path: Path, shard: str | None, name: str) -> None:
    """A part of a run has a name of its own, and the id of all."""
    berth = Berth.take(settings(tmp_path, "nightly", shard))

    assert (berth.run_id, berth.name) == ("nightly", name)


def test_a_second_run_of_one_id_is_refused(tmp_path: Path) -> None:
    """INVARIANT: two runs that live never write into one folder."""
    first = Berth.take(settings(tmp_path, "nightly"))

    with pytest.raises(UsageError) as caught:
        Berth.take(settings(tmp_path, "nightly"))

    first.leave()
    assert str(caught.value) == (
        'the run_id "nightly" is taken by a run that is under way on this machine: give each run'
        ' an id of its own, or set shard, such as "1/4", where several machines are parts of one'
        " run."
    )


def test_parts_of_a_run_live_beside_each_other(tmp_path: Path) -> None:
    """Shards of one run may share a machine."""
    berths = [Berth.take(settings(tmp_path, "nightly", f"{part}/2")) for part in (1, 2)]

    assert [berth.name for berth in berths] == ["nightly-1of2", "nightly-2of2"]


def test_a_run_of_an_id_that_was_used_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """INVARIANT: what an ended run has left is neither written over nor mixed with."""
    names = []
    for _ in range(3):
        berth = began(Berth.take(settings(tmp_path, "nightly")), tmp_path)
        names.append(berth.name)
        berth.leave()

    assert names == ["nightly", "nightly.2", "nightly.3"]


def test_a_berth_may_be_left_twice(tmp_path: Path) -> None:
    """A run that is stopped at its start, and then ended, harms nobody."""
    berth = Berth.take(settings(tmp_path, "nightly"))
    berth.leave()
    second = Berth.take(settings(tmp_path, "nightly"))

    berth.leave()

    with pytest.raises(UsageError):
        Berth.take(settings(tmp_path, "nightly"))
    second.leave()


def test_git_is_told_to_leave_the_folder_alone(tmp_path: Path) -> None:
    """Also where the name is what is written first."""
    Berth.take(settings(tmp_path / "new", "nightly"))

    assert (tmp_path / "new" / ".gitignore").read_text("utf-8") == "*\n"


def test_a_folder_that_takes_nothing_refuses_nobody(tmp_path: Path) -> None:
    """That it cannot be written is told elsewhere, with what becomes of the evidence."""
    (tmp_path / "file").write_text("no folder", "utf-8")

    berth = Berth.take(settings(tmp_path / "file", "nightly"))

    assert berth.name == "nightly"
    berth.leave()
