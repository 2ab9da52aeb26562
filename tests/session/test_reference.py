from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from redhanded.core.settings import Settings
from redhanded.session import reference
from redhanded.session.sources import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """The published schema, ready to judge."""
    return Draft202012Validator(json.loads(published()))


def published() -> str:
    """The schema as the package ships it."""
    return files("redhanded").joinpath("settings.schema.json").read_text("utf-8")


def printed(form: str) -> str:
    """What the module prints on its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "redhanded.session.reference", form],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return answer.stdout


def test_the_published_schema_is_that_of_the_model() -> None:
    """It is made again by the command in the module's docstring."""
    assert json.loads(published()) == reference.schema()


def test_the_published_reference_is_that_of_the_model() -> None:
    """It is made again by the command that stands in the page."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")

    assert page.endswith(reference.markdown())


@pytest.mark.parametrize("form", ["schema", "markdown"])
def test_both_are_printed_by_the_module(form: str) -> None:
    """Whoever changes the model can make them again."""
    expected = published() if form == "schema" else reference.markdown()

    assert printed(form) == expected


def test_the_schema_is_one() -> None:
    """Its own rules are those of JSON Schema 2020-12."""
    schema = json.loads(published())

    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"base_url": "http://localhost", "body_limit": "10 MiB"}, id="plain values"),
        pytest.param({"env": "ci"}, id="a profile chosen"),
        pytest.param({"env": {"ci": {"timeouts": {"read": 2}}}}, id="profiles"),
        pytest.param({"auth": {"kind": "bearer", "token": "env:T"}}, id="a credential"),
        pytest.param({"ceilings": {"*": 1.5}, "headers": {"X-A": "1"}}, id="names of one's own"),
    ],
)
def test_the_schema_takes_what_the_loader_takes(
    validator: Draft202012Validator, values: dict[str, Any]
) -> None:
    """An editor does not complain about what runs."""
    assert list(validator.iter_errors(values)) == []


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"colour": 1}, id="an unknown key"),
        pytest.param({"verify": False}, id="verification off"),
        pytest.param({"timeouts": {"read": 0}}, id="no time"),
        pytest.param({"connections": 1000}, id="too many"),
        pytest.param({"evidence": "some"}, id="no choice"),
        pytest.param({"auth": {"kind": "basic"}}, id="half a credential"),
        pytest.param({"auth": {"kind": "bearer", "token": ""}}, id="an empty secret"),
        pytest.param({"env": {"ci": {"env": "x"}}}, id="a profile in a profile"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(
    validator: Draft202012Validator, values: dict[str, Any]
) -> None:
    """An editor shows the mistake while it is made."""
    assert not validator.is_valid(values)


def test_every_setting_stands_in_the_reference() -> None:
    """A setting that nobody can find is none."""
    text = reference.markdown()

    assert [name for name in Settings.model_fields if f"`{name}`" not in text] == []


def test_a_row_says_name_type_default_and_meaning() -> None:
    """One line a setting."""
    rows = reference.markdown().splitlines()

    assert "| `connections` | whole number | `50` | Connections per pool. |" in rows
    assert '| `extra` | `"forbid"` or `"ignore"` | `"forbid"` |' in "\n".join(rows)
    assert "| `keys` | list of text | `[]` | Routes that honour `Idempotency-Key`. |" in rows
    assert "| `token` | secret |  | The token. |" in rows


def test_the_example_of_dotenv_can_be_copied(tmp_path: Path) -> None:
    """What a user copies works at once."""
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text("utf-8"), "utf-8")

    assert load(tmp_path, environ={}).settings.base_url == "http://localhost:8000"


def test_every_line_of_the_example_of_dotenv_works(tmp_path: Path, ca_bundle: Path) -> None:
    """A comment taken away leaves a valid setting."""
    text = (ROOT / ".env.example").read_text("utf-8")
    lines = [line.removeprefix("# ") for line in text.splitlines() if "REDHANDED_" in line]
    (tmp_path / ".env").write_text("\n".join(lines), "utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.redhanded.env.staging]\n", "utf-8")
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "authority.pem").write_bytes(ca_bundle.read_bytes())

    loaded = load(tmp_path, environ={})

    assert loaded.settings.env == "staging"
    assert loaded.settings.retry.keys == ("POST /payments",)
    assert len([label for label in loaded.origins.values() if label != "default"]) == len(lines)
