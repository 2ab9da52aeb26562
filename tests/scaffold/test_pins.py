from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from redhanded.scaffold.pins import pinned

INSTALLED = {
    "redhanded": ("1.2.0", ["httpx2 (>=2)", 'redis>=8 ; extra == "redis"', "colour"]),
    "httpx2": ("2.16.2", ['colorama; sys_platform == "win32"', 'tomli; python_version < "3.11"']),
    "redis": ("8.0.1", ["httpx2"]),
    "colorama": ("0.4", []),
    "tomli": ("2.0", []),
}


@pytest.fixture
def find(tmp_path: Path) -> Callable[[str], metadata.Distribution]:
    """Looks distributions up among those above."""

    def found(name: str) -> metadata.Distribution:
        if name not in INSTALLED:
            raise metadata.PackageNotFoundError(name)
        version, requires = INSTALLED[name]
        folder = tmp_path / f"{name}.dist-info"
        folder.mkdir(exist_ok=True)
        lines = [f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {one}" for one in requires]
        (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", *lines]), "utf-8")
        return metadata.Distribution.at(folder)

    return found


@pytest.mark.parametrize(
    "wanted, expected",
    [
        pytest.param(["httpx2"], ["httpx2==2.16.2"], id="linux-alone"),
        pytest.param(
            ["redhanded"], ["colour", "httpx2==2.16.2", "redhanded==1.2.0"], id="all-below"
        ),
        pytest.param(
            ["redhanded[redis]"],
            ["colour", "httpx2==2.16.2", "redhanded==1.2.0", "redis==8.0.1"],
            id="extra",
        ),
        pytest.param(
            ["redhanded", "redhanded[redis]"],
            ["colour", "httpx2==2.16.2", "redhanded==1.2.0", "redis==8.0.1"],
            id="extra-asked-for-later",
        ),
        pytest.param(["HTTPX2>=2"], ["httpx2==2.16.2"], id="other-spelling"),
        pytest.param(["not-here>=3,<4"], ["not-here<4,>=3"], id="not-installed"),
    ],
)
def test_what_is_installed_here_is_pinned(
    find: Callable[[str], metadata.Distribution], wanted: list[str], expected: list[str]
) -> None:
    """Every package that is needed on Linux stands once, at the version that is installed."""
    assert pinned(wanted, python="3.11", find=find) == expected


def test_the_python_of_the_pipelines_decides(
    find: Callable[[str], metadata.Distribution],
) -> None:
    """What an older Python needs is pinned for it, whatever runs here."""
    assert pinned(["httpx2"], python="3.10", find=find) == ["httpx2==2.16.2", "tomli==2.0"]
