"""Shapes that settings name: found as a test would import them, or a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from redhanded.core.errors import SettingsError
from redhanded.session.named_shapes import imported

ROUTE = "GET /booking"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A project's folder; what was imported of it is forgotten again."""
    path, known = [*sys.path], {*sys.modules}
    yield tmp_path
    sys.path[:] = path
    for name in {*sys.modules} - known:
        del sys.modules[name]


def found(name: str, root: Path) -> object:
    """The shape of that name."""
    return imported({ROUTE: name}, root)[ROUTE]


def test_a_module_in_the_projects_folder_is_found(root: Path) -> None:
    """Also where pytest has not been told of the folder."""
    (root / "rh_models_a.py").write_text("class Booking: ...\n")

    shape = found("rh_models_a:Booking", root)

    assert getattr(shape, "__name__", "") == "Booking"


def test_brackets_make_a_list(root: Path) -> None:
    """`Booking[]` is `list[Booking]`."""
    assert found("builtins:int[]", root) == list[int]


def test_a_name_may_lie_in_a_class(root: Path) -> None:
    """The part after the colon is a path."""
    (root / "rh_models_b.py").write_text("class Hotel:\n    class Room: ...\n")

    assert getattr(found("rh_models_b:Hotel.Room", root), "__qualname__", "") == "Hotel.Room"


@pytest.mark.parametrize(
    "name, sentence",
    [
        pytest.param("rh_none:X", "there is no module 'rh_none'", id="no module"),
        pytest.param("builtins.deep:X", "there is no module 'builtins.deep'", id="no package"),
        pytest.param("rh_models_c:Bokking", "has no 'Bokking'; did you mean 'Booking'?", id="typo"),
        pytest.param("rh_models_c:Zzz", "has no 'Zzz'; write the name of a model", id="no name"),
        pytest.param("rh_models_c:Booking.x", "'Booking' has no 'x'", id="no inner name"),
        pytest.param("rh_models_d:X", r"cannot be imported \(ValueError: no\)", id="broken"),
        pytest.param("rh_models_e:X", r"cannot be imported \(ModuleNotFound", id="its own import"),
    ],
)
def test_a_name_that_leads_nowhere_is_a_sentence(root: Path, name: str, sentence: str) -> None:
    """It names the key, and no traceback of ours is shown."""
    (root / "rh_models_c.py").write_text("class Booking: ...\n")
    (root / "rh_models_d.py").write_text("raise ValueError('no')\n")
    (root / "rh_models_e.py").write_text("import rh_not_there\n")

    with pytest.raises(SettingsError, match=sentence) as refused:
        found(name, root)

    assert f'models."{ROUTE}" = "{name}"' in str(refused.value)


def test_a_folder_that_does_not_help_is_not_kept(root: Path) -> None:
    """The path on which modules are found stays as it was."""
    before = [*sys.path]

    with pytest.raises(SettingsError):
        found("rh_none:X", root)

    assert sys.path == before
