"""The project's checks, one verb each: `nox` runs them all, `nox -s test` one of them.

The checks run in the environment that nox itself stands in, which holds the lock.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.sessions = ["lint", "types", "test", "simulation", "docs", "wheel"]
nox.options.error_on_external_run = True

ROOT = Path(__file__).parent
# The Node that the lock brings is used, and nobody is asked for a newer checker.
# It looks for the package in the environment of the first python on PATH, whatever runs it.
PYRIGHT_OFFLINE = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    "PYRIGHT_PYTHON_GLOBAL_NODE": "0",
    "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
}


def run_module(session: nox.Session, module: str, *arguments: str, **env: str) -> None:
    """Run a module of the environment that nox stands in, whatever PATH says."""
    session.run(sys.executable, "-m", module, *arguments, env=env, external=True)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Style, format, and the import contract between the rooms."""
    run_module(session, "ruff", "check", ".")
    run_module(session, "ruff", "format", "--check", ".")
    lint_imports = Path(sys.executable).with_name("lint-imports")
    session.run(str(lint_imports), "--no-cache", "--no-logo", external=True)


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Strict types throughout, and complete ones on the public interface."""
    run_module(session, "mypy")
    for settings in sorted(ROOT.glob("examples/**/pyproject.toml")):
        with session.chdir(settings.parent):  # a project of its own, with its own `models`
            # What was read above is not read again.
            config = ["--config-file", str(ROOT / "pyproject.toml")]
            cache = ["--cache-dir", str(ROOT / ".mypy_cache")]
            run_module(session, "mypy", *config, *cache, "--exclude", "^kinto/", ".")
    verify = ["--ignoreexternal", "--verifytypes", "redhanded"]
    run_module(session, "pyright", *verify, **PYRIGHT_OFFLINE)


@nox.session(venv_backend="none")
def test(session: nox.Session) -> None:
    """All tests in random order on all cores, with the branch coverage gate."""
    # They wait for servers and for each other's processes: two to a core keep a small machine busy.
    workers = str(max(4, os.cpu_count() or 1))
    spread = ["-n", workers, "--dist", "worksteal"]
    run_module(session, "coverage", "erase")
    # Hundreds of the tests start a Python of their own: compiled modules are kept for them.
    keep = {"PYTHONDONTWRITEBYTECODE": ""}
    run_module(session, "coverage", "run", "-m", "pytest", *spread, *session.posargs, **keep)
    run_module(session, "coverage", "combine", "--quiet")
    run_module(session, "coverage", "report")


@nox.session(venv_backend="none")
def simulation(session: nox.Session) -> None:
    """300,000 calls through the pipeline on a fake clock and a hostile network."""
    # Another seed each time: a breach prints it, with the command that shows the call again.
    run_module(session, "tests.simulation", *(session.posargs or ("--calls", "300000")))


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """The documentation site, built with every warning an error."""
    run_module(session, "tests.documents.site")


@nox.session(venv_backend="uv|venv")
def wheel(session: nox.Session) -> None:
    """The built wheel, tried where the sources cannot be seen, and the tutorial with it."""
    built = Path(session.create_tmp()) / "wheel"
    shutil.rmtree(built, ignore_errors=True)
    build = ["--wheel", "--no-isolation", "--outdir", str(built)]
    run_module(session, "build", *build)
    # What is not imported need not be compiled.
    session.install("--no-compile", "--require-hashes", "-r", "requirements/run.txt")
    session.install("--no-deps", *(str(file) for file in built.glob("*.whl")))
    shutil.copytree(ROOT / "tests" / "wheel", built / "tests")
    with session.chdir(built):
        session.run("redhanded", "--version")
        session.run("python", "-I", "-m", "pytest", "-p", "no:cacheprovider", "tests/smoke.py")
    if os.name != "nt":  # a pseudo-terminal
        here = ["--environment", session.virtualenv.location]
        run_module(session, "bench.tutorial", "--short", *here)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """The benchmarks in their short form."""
    run_module(session, "bench", "--short", *session.posargs)


@nox.session(venv_backend="none")
def tutorial(session: nox.Session) -> None:
    """The tutorial, word by word from an empty folder; above ten minutes it fails."""
    run_module(session, "bench.tutorial", *session.posargs)


@nox.session(venv_backend="none")
def truth(session: nox.Session) -> None:
    """How often a verdict is right, in the short form; a missed goal fails."""
    # A session mostly waits: six at a time keep two cores busy.
    ours = ["--mode", "redhanded"]  # the others are for the report
    run_module(session, "bench.truth", "--short", "--lanes", "6", *ours, *session.posargs)


@nox.session(venv_backend="none")
def history(session: nox.Session) -> None:
    """What history decides and how quick its store is, in the short form; a missed goal fails."""
    run_module(session, "bench.history", "--short", *session.posargs)


@nox.session(venv_backend="none")
def fleet(session: nox.Session) -> None:
    """What workers share and what killed runs leave, in the short form; a missed goal fails."""
    run_module(session, "bench.fleet", "--short", *session.posargs)
    run_module(session, "bench.cleanup", "--short", *session.posargs)


@nox.session(venv_backend="none")
def contracts(session: nox.Session) -> None:
    """What contracts cost and what a comparison finds, in the short form; a missed goal fails."""
    run_module(session, "bench.contracts", "--short", *session.posargs)


@nox.session(venv_backend="none")
def secrets(session: nox.Session) -> None:
    """What becomes of secrets in real runs, in the short form; a leak fails."""
    run_module(session, "bench.secrets", "--short", *session.posargs)


@nox.session(venv_backend="none")
def catches(session: nox.Session) -> None:
    """Whether each defect of the demo API turns an example red, with the right verdict."""
    run_module(session, "bench.catches", "--short", *session.posargs)


@nox.session(venv_backend="none")
def reports(session: nox.Session) -> None:
    """How large a report is, and how long it takes, in the short form; a missed goal fails."""
    run_module(session, "bench.reports", "--short", *session.posargs)


@nox.session(venv_backend="none")
def scaffold(session: nox.Session) -> None:
    """What a suite from a large document costs, in the short form; a missed goal fails."""
    run_module(session, "bench.scaffold", "--short", *session.posargs)


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """The hashed requirements files, compiled anew; `nox -s lock -- --upgrade` moves versions."""
    for name, sources in {
        "run": ["--group", "run"],
        "dev": ["--group", "dev", "--constraints", "requirements/run.txt"],
        "rivals": ["--group", "rivals", "--constraints", "requirements/run.txt"],
    }.items():
        output = f"requirements/{name}.txt"
        session.run(
            "uv", "pip", "compile", "pyproject.toml", "--extra", "all", *sources,
            "--universal", "--python-version", "3.11", "--generate-hashes", "--quiet",
            "--no-header", "--no-annotate", "--no-emit-index-url", "--output-file", output,
            *session.posargs,
            external=True,
        )  # fmt: skip
