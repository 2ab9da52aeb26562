"""Real pytest sessions of the suite of channels, and everything that they leave."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bench.secrets import api, onlooker
from bench.secrets.channels import CHANNELS, UNDECLARED
from redhanded.reports.formats import FORMATS
from tests.servers.redis import RedisServer

ROOT = Path(__file__).parents[2]
SUITE = Path(__file__).parent / "suite" / "channels"
PLANTING = Path(__file__).parent / "suite" / "planting" / "test_planting.py"
_LONGEST = 180.0  # seconds of a session; what takes longer has hung

MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "default": (),
    "locals": ("-l",),
    "verbose": ("-vv", "-rA", "--setup-show"),
    "live": ("-s", "-o", "log_cli=true"),
    "workers": ("-n2",),
    "killed": ("-n2", "--max-worker-restart=1"),
}
"""The options of each way to run; in the last one a worker is killed in the midst of a test."""

_SPREAD = frozenset({"workers", "killed"})
_OTHERS = (
    *(
        "randomly",
        "asyncio",
        "anyio",
        "timeout",
        "faker",
        "hypothesispytest",
        "cov",
        "schemathesis",
    ),
    *("rerunfailures", "allure_pytest", "tenacity"),
)
_SETTINGS = """\
[tool.redhanded]
base_url = "{url}"
{redis}
requeue = {{ seconds = 0 }}

[tool.redhanded.identities.vault]
kind = "login"
path = "/login"

[tool.redhanded.identities.vault.body]
{body}
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """Who runs the suite: redhanded, or stock pytest with pytest-html where that is there."""

    name: str
    conftest: str
    is_ours: bool = False


OURS = Tool("redhanded", "ours_conftest.py", is_ours=True)
STOCK = Tool("stock pytest", "stock_conftest.py")


@dataclass(frozen=True, slots=True)
class Left:
    """Everything that a session showed and wrote, by what it is."""

    exit_code: int
    outputs: Mapping[str, list[bytes]]


def ran(
    tool: Tool,
    mode: str,
    secrets: Mapping[str, str],
    *,
    folder: Path,
    store: RedisServer | None = None,
) -> Left:
    """What is left of a session in that mode, whose channels carry these secrets."""
    vault, project = folder / "vault", folder / "project"
    vault.mkdir()
    for channel, value in secrets.items():
        (vault / channel).write_text(value, "utf-8", newline="")
    shutil.copytree(SUITE, project, ignore=shutil.ignore_patterns("*_conftest.py", "__pycache__"))
    shutil.copy(SUITE / tool.conftest, project / "conftest.py")
    shared = store if tool.is_ours and mode in _SPREAD else None
    with api.serving(secrets) as url:
        if tool.is_ours:
            declared = [name for name in CHANNELS if name not in UNDECLARED]
            table = _settings(url, vault, declared, shared.url if shared else "")
            with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
                file.write(table)
        given = {path for path in project.rglob("*") if path.is_file()}
        with _listening(shared) as told:
            left = _ended(_command(tool, mode), project, _environ(mode, url, vault, folder))
    written = _written(project, given)
    seen = [*left.outputs["processes"], *written.pop("processes", [])]
    return Left(left.exit_code, {**left.outputs, **written, "processes": seen, "redis": told})


def _listening(store: RedisServer | None) -> AbstractContextManager[list[bytes]]:
    return nullcontext([]) if store is None else onlooker.listening(store.port)


def planted(secret: str, *, before: int, folder: Path) -> Left:
    """What is left of a session whose test writes the secret into files of the run's folder."""
    vault, project = folder / "vault", folder / "project"
    for made in (vault, project):
        made.mkdir()
    (vault / "planted").write_text(secret, "utf-8", newline="")
    shutil.copy(PLANTING, project)
    with api.serving({}) as url:
        table = _settings(url, vault, ["planted"])
        (project / "pyproject.toml").write_text(f"[tool.pytest]\n{table}", "utf-8")
        environ = _environ("default", url, vault, folder) | {"BEFORE": str(before)}
        return _ended([*_pytest(), "-p", "no:html", "-p", "no:metadata"], project, environ)


def _ended(command: list[str], project: Path, environ: Mapping[str, str]) -> Left:
    """What the session showed, and what its processes showed of themselves."""
    with (
        subprocess.Popen(
            command,
            cwd=project,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
        onlooker.looking(process.pid) as seen,
    ):
        try:
            shown = process.communicate(timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Left(process.returncode, {"terminal": [*shown], "processes": [b"\n".join(seen)]})


def _command(tool: Tool, mode: str) -> list[str]:
    own = _reports() if tool.is_ours else _stock()
    return [
        *_pytest(),
        "--continue-on-collection-errors",
        *("--junitxml=junit-of-pytest.xml", "-o", "junit_family=xunit1", "--log-file=log.txt"),
        *own,
        *MODES[mode],
    ]


def _pytest() -> list[str]:
    without = (word for name in _OTHERS for word in ("-p", f"no:{name}"))
    return [sys.executable, "-m", "pytest", *without]


def _reports() -> Iterator[str]:
    """Every format of ours, and none of anybody else."""
    yield from ("-p", "no:html", "-p", "no:metadata")
    for name in FORMATS:
        if name != "html":  # which each run writes unasked
            yield f"--rh-report={name}=reports/{name}"


def _stock() -> Iterator[str]:
    yield from ("-p", "no:redhanded")
    if find_spec("pytest_html"):
        yield from ("--html=report.html", "--self-contained-html")


def _environ(mode: str, url: str, vault: Path, folder: Path) -> dict[str, str]:
    """The environment of a job, without secrets; everything is written below the folder."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REDHANDED", "PYTEST", "COV_", "COVERAGE", "GITHUB"))
        and name not in {"CI", "BUILD_NUMBER", "PYTHONDONTWRITEBYTECODE"}
    }
    home = folder / "project" / "home"
    home.mkdir()
    own = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"), str(home))
    killed = {"KILLED": "1"} if mode == "killed" else {}
    job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(home / "summary-of-job.md")}
    return kept | own | killed | job | {"VAULT": str(vault), "BASE_URL": url, "COLUMNS": "120"}


def _settings(url: str, vault: Path, declared: Sequence[str], store_url: str = "") -> str:
    body = "\n".join(f'{name} = "file:{(vault / name).as_posix()}"' for name in declared)
    redis = f'redis_url = "{store_url}"' if store_url else ""
    return _SETTINGS.format(url=url, redis=redis, body=body)


def _written(project: Path, given: set[Path]) -> dict[str, list[bytes]]:
    """The files that a session wrote, each with its name, by what they are."""
    written: dict[str, list[bytes]] = {}
    for path in sorted(project.rglob("*")):
        if path.is_file() and path not in given and path.suffix != ".pyc":
            name = path.relative_to(project)
            content = name.as_posix().encode() + b"\n" + path.read_bytes()
            written.setdefault(kind_of(name), []).append(content)
    return written


def kind_of(name: Path) -> str:
    """What a file is, by its place in the project: spool, log, history, junit, har..."""
    parts = name.parts
    if parts[0] == "reports":
        return parts[1]
    if parts[0] == ".pytest_cache":
        return "pytest's cache"
    if parts[0] == ".redhanded":
        return next((part for part in ("spool", "logs", "history") if part in parts), name.name)
    return "processes" if parts[0] == "environ.txt" else parts[-1 if parts[0] == "home" else 0]
