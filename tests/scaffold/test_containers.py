from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from redhanded.scaffold.answers import Answers
from tests.scaffold.written_pipelines import DEMO, read, texts

HADOLINT = Path(sys.executable).with_name("hadolint")
OWN = replace(DEMO, is_demo=False, base_url="https://api.example.com")
BOTH = pytest.mark.parametrize(
    "answers", [pytest.param(DEMO, id="demo"), pytest.param(OWN, id="own")]
)


def instructions() -> list[str]:
    """The lines of the Dockerfile, each whole and without comments."""
    lines = texts(DEMO)["Dockerfile"].replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def services(answers: Answers) -> dict[str, dict[str, Any]]:
    """The services of compose.yaml."""
    found: dict[str, dict[str, Any]] = read(answers, "compose.yaml")["services"]
    return found


@pytest.mark.skipif(not HADOLINT.exists(), reason="there is no hadolint for this system")
def test_the_dockerfile_has_no_finding(tmp_path: Path) -> None:
    """Neither a warning nor a hint of hadolint is left."""
    place = tmp_path / "Dockerfile"
    place.write_text(texts(DEMO)["Dockerfile"], "utf-8")

    done = subprocess.run([HADOLINT, place], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_small_pinned_and_nobodys_root() -> None:
    """What builds it stays behind, each base is a release, and a user of its own runs it."""
    lines = instructions()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]

    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base) for base in bases)
    assert lines.index("USER 10001") < lines.index(
        next(line for line in lines if line.startswith("ENTRYPOINT"))
    )
    assert not any(line.startswith(("ADD ", "ARG ", "EXPOSE ")) for line in lines)


def test_no_secret_gets_into_a_layer() -> None:
    """INVARIANT: files that may hold secrets never reach the builder, and no line names one."""
    ignored = texts(DEMO)[".dockerignore"].splitlines()

    assert {".env", ".env.*", "*.local.toml", ".git", ".redhanded"} <= set(ignored)
    assert not any(word in "\n".join(instructions()).upper() for word in ("PASSWORD", "TOKEN"))


def test_the_image_installs_what_is_pinned_alone() -> None:
    """Packages come from requirements.txt, in a layer that lasts until it changes."""
    lines = instructions()
    copied, installed = lines.index("COPY requirements.txt /requirements.txt"), 2

    assert copied == 1
    assert "--requirement /requirements.txt" in lines[installed]
    assert lines.index("COPY . .") > installed


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no shell")
def test_the_image_begins_with_pytest(tmp_path: Path) -> None:
    """What the image starts is pytest, and arguments go to it."""
    entry = next(line for line in instructions() if line.startswith("ENTRYPOINT "))
    command = re.findall(r'"([^"]+)"', entry)
    (tmp_path / "test_one.py").write_text("def test_one() -> None: ...\n", "utf-8")

    program = Path(sys.executable).with_name(command[0])
    plain = [program, *command[1:], "-q", "-p", "no:randomly", "-p", "no:xdist"]
    done = subprocess.run(plain, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert command[0] == "pytest"
    assert "1 passed" in done.stdout
    assert not (tmp_path / ".pytest_cache").exists()


@BOTH
def test_the_suite_waits_until_its_services_are_well(answers: Answers) -> None:
    """Every service says itself when it is well, and the suite starts no earlier."""
    found = services(answers)
    others = {name for name in found if name != "suite"}

    assert {"redis", "postgres"} <= others
    assert set(found["suite"]["depends_on"]) == others
    assert all(
        one == {"condition": "service_healthy"} for one in found["suite"]["depends_on"].values()
    )
    assert all("healthcheck" in found[name] for name in others)


@BOTH
def test_no_service_is_open_to_others(answers: Answers) -> None:
    """INVARIANT: no port is published, and what holds tokens stands in a network of its own."""
    compose = read(answers, "compose.yaml")

    assert not any("ports" in service for service in compose["services"].values())
    assert compose["networks"] == {"inside": {"internal": True}}
    assert all(services(answers)[name]["networks"] == ["inside"] for name in ("redis", "postgres"))


@BOTH
def test_secrets_come_from_the_environment_alone(answers: Answers) -> None:
    """INVARIANT: no password stands in the file; one that is lacking stops it with a sentence."""
    told = {
        (where, name): value
        for where, service in services(answers).items()
        for name, value in service.get("environment", {}).items()
        if re.search(r"PASSWORD|TOKEN|KEY|SECRET", name)
    }

    assert len(told) == 3 + ("api" in services(answers))
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?set it in \.env\}", value) for value in told.values())


def test_whoever_reads_the_settings_has_what_they_refer_to() -> None:
    """The demo API is asked by our own command, which wants the secrets that settings name."""
    api = services(DEMO)["api"]

    assert api["healthcheck"]["test"][1] == "redhanded"
    assert set(DEMO.secrets) <= set(api["environment"])
    assert DEMO.secrets


@BOTH
def test_the_suite_finds_its_services(answers: Answers) -> None:
    """Redis and PostgreSQL are named as the settings want it, and evidence outlives a container."""
    suite = services(answers)["suite"]

    assert suite["environment"]["REDHANDED_REDIS_URL"] == "redis://redis:6379/0"
    assert suite["environment"]["REDHANDED_HISTORY__URL"].startswith("postgresql://redhanded@")
    assert suite["volumes"] == ["evidence:/suite/.redhanded"]


def test_the_demo_api_is_where_the_suite_looks_for_it() -> None:
    """The demo API listens on 127.0.0.1 alone, so the suite shares its network."""
    found = services(DEMO)

    assert found["suite"]["network_mode"] == "service:api"
    assert found["api"]["entrypoint"][-3] == "8000"
    assert "api" not in services(OWN)
    assert "REDHANDED_BASE_URL" in services(OWN)["suite"]["environment"]
