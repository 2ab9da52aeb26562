"""Whether a run shows the whole suite."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from redhanded.plugin.completeness import why_partial

Source = pytest.Config.ArgsSource


def ran(
    root: Path,
    *arguments: str,
    source: Source = Source.ARGS,
    testpaths: tuple[str, ...] = (),
    here: str = "",
    session: dict[str, object] | None = None,
    **options: object,
) -> Any:  # noqa: ANN401  a session of pytest, as far as it is asked
    """A run that is over."""
    config = SimpleNamespace(
        rootpath=root.resolve(),
        args=[*arguments],
        args_source=source,
        invocation_params=SimpleNamespace(dir=root / here),
        getoption=lambda name, default=None: options.get(name, default),
        getini=lambda _: [*testpaths],
    )
    state = {"shouldfail": False, "shouldstop": False, "exitstatus": 0} | (session or {})
    return SimpleNamespace(config=config, **state)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"source": Source.TESTPATHS}, id="without arguments"),
        pytest.param({"source": Source.INVOCATION_DIR}, id="in the project's folder"),
    ],
)
def test_a_run_without_arguments_is_whole(tmp_path: Path, facts: dict[str, Any]) -> None:
    """Also where tests failed."""
    assert why_partial(ran(tmp_path, session={"exitstatus": 1}, **facts)) == ""


@pytest.mark.parametrize(
    "arguments, here",
    [
        pytest.param(["."], "", id="the root"),
        pytest.param([".."], "api", id="the root from below"),
        pytest.param(["api", "web"], "", id="all that is configured"),
        pytest.param(["api", "web/", "more"], "", id="and more"),
    ],
)
def test_a_run_of_all_folders_is_whole(tmp_path: Path, arguments: list[str], here: str) -> None:
    """Whoever names them has left nothing out."""
    assert why_partial(ran(tmp_path, *arguments, testpaths=("api", "web"), here=here)) == ""


@pytest.mark.parametrize(
    "facts, reason",
    [
        pytest.param({"keyword": "it"}, "-k was given", id="-k"),
        pytest.param({"markexpr": "smoke"}, "-m was given", id="-m"),
        pytest.param({"lf": True}, "--lf was given", id="--lf"),
        pytest.param({"stepwise": True}, "--stepwise was given", id="--stepwise"),
        pytest.param({"deselect": ["x"]}, "--deselect was given", id="--deselect"),
        pytest.param({"ignore": ["x"]}, "--ignore was given", id="--ignore"),
        pytest.param({"session": {"shouldfail": "-x"}}, "stopped before its end", id="-x"),
        pytest.param({"session": {"shouldstop": "q"}}, "stopped before its end", id="stopped"),
        pytest.param({"session": {"exitstatus": 2}}, "stopped before its end", id="Ctrl-C"),
    ],
)
def test_a_part_that_was_chosen_or_cut_is_no_whole(
    tmp_path: Path, facts: dict[str, Any], reason: str
) -> None:
    """The reason is a clause."""
    assert reason in why_partial(ran(tmp_path, source=Source.TESTPATHS, **facts))


@pytest.mark.parametrize("argument", ["api", "test_it.py", "test_it.py::test_one", "elsewhere\0"])
def test_an_argument_is_a_part(tmp_path: Path, argument: str) -> None:
    """Unless it stands for all there is."""
    assert why_partial(ran(tmp_path, argument)) == f"{argument} was asked for alone"


def test_a_shard_is_a_part(tmp_path: Path) -> None:
    """The others are on other machines."""
    assert why_partial(ran(tmp_path, source=Source.TESTPATHS), shard="1/4") == "it is shard 1/4"
