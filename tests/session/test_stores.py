"""Which store a project has, and under which names its runs stand there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.settings import Settings
from redhanded.history.store import HistoryUnavailable
from redhanded.session.stores import (
    environment_of,
    is_server,
    open_store,
    project_name,
    store_url,
)


def settings(tmp_path: Path, **given: Any) -> Settings:  # noqa: ANN401  whatever a setting is
    """Settings whose folder is there."""
    return Settings(folder=tmp_path / ".redhanded", **given)


def test_a_project_has_a_file_of_its_own(tmp_path: Path) -> None:
    """It is made where it is not there yet."""
    with closing(open_store(settings(tmp_path), tmp_path)) as store:
        assert store.projects() == []

    assert (tmp_path / ".redhanded" / "history" / "history.sqlite").is_file()


@pytest.mark.parametrize(
    "url, opened",
    [
        pytest.param("sqlite:///all/runs.sqlite", "sqlite:///{root}/all/runs.sqlite", id="here"),
        pytest.param("sqlite:////var/runs.sqlite", "sqlite:////var/runs.sqlite", id="absolute"),
        pytest.param("sqlite:///C:/runs.sqlite", "sqlite:///C:/runs.sqlite", id="of-a-drive"),
        pytest.param("sqlite:///:memory:", "sqlite:///:memory:", id="no-file"),
        pytest.param("postgresql://ann@db/runs", "postgresql://ann@db/runs", id="server"),
        pytest.param("nonsense", "nonsense", id="nonsense"),
    ],
)
def test_a_relative_path_begins_at_the_root(tmp_path: Path, url: str, opened: str) -> None:
    """As that of every setting; whatever is no such path is left to the store."""
    wanted = settings(tmp_path, history={"url": url})

    assert store_url(wanted, tmp_path) == opened.format(root=tmp_path.as_posix())


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    """In the words of the store."""
    with pytest.raises(HistoryUnavailable, match=r"history\.url"):
        open_store(settings(tmp_path, history={"url": "nonsense"}), tmp_path)


@pytest.mark.parametrize(
    "url, reached",
    [(None, False), ("sqlite:///x.sqlite", False), ("postgresql://ann@db/runs", True)],
    ids=["default", "file", "server"],
)
def test_a_server_is_told_from_a_file(tmp_path: Path, url: str | None, reached: bool) -> None:
    """Other machines see what a server knows."""
    assert is_server(settings(tmp_path, history={"url": url})) is reached


@pytest.mark.parametrize(
    "toml, name",
    [
        pytest.param('[project]\nname = "shop"\n', "shop", id="declared"),
        pytest.param("[project]\nname = 7\n", "folder", id="no-text"),
        pytest.param("project = 7\n", "folder", id="no-table"),
        pytest.param("[project", "folder", id="no-toml"),
        pytest.param("\udcff", "folder", id="no-unicode"),
        pytest.param(None, "folder", id="no-file"),
    ],
)
def test_a_project_is_named_by_its_file_or_its_folder(
    tmp_path: Path, toml: str | None, name: str
) -> None:
    """Whatever is wrong with the file."""
    root = tmp_path / "folder"
    root.mkdir()
    if toml is not None:
        (root / "pyproject.toml").write_bytes(toml.encode("utf-8", "surrogateescape"))

    assert project_name(settings(tmp_path), root) == name


def test_a_project_may_be_named_by_a_setting(tmp_path: Path) -> None:
    """The setting is stronger than the file."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')

    assert project_name(settings(tmp_path, history={"project": "api"}), tmp_path) == "api"


@pytest.mark.parametrize(
    "url, target",
    [
        pytest.param("http://127.0.0.1:41234/v1", "http://127.0.0.1/v1", id="loopback"),
        pytest.param("http://localhost:8000", "http://localhost", id="localhost"),
        pytest.param("http://[::1]:8000/", "http://[::1]", id="ipv6"),
        pytest.param("https://shop.test:8443/v1/", "https://shop.test:8443/v1", id="elsewhere"),
    ],
)
def test_the_port_of_this_machine_is_no_part_of_an_environment(
    tmp_path: Path, url: str, target: str
) -> None:
    """Another run has another port, and its times may be compared all the same."""
    assert environment_of(settings(tmp_path, base_url=url), 2).startswith(f"{target}, ")


def test_an_environment_says_what_times_depend_on(tmp_path: Path) -> None:
    """Profile, target, platform and the number of workers."""
    here = settings(tmp_path, base_url="https://shop.test", env="ci")

    profile, target, platform, workers = environment_of(here, 4).split(", ")

    assert (profile, target, workers) == ("ci", "https://shop.test", "4 workers")
    assert platform
    assert environment_of(here, 1).endswith(", 1 worker")
    assert environment_of(settings(tmp_path), 1).count(", ") == 1
