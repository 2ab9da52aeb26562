"""`secret(...)`: a secret of the environment or of a file, never written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.core.errors import UsageError
from redhanded.session.references import secret

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "q7Rk2vXw9LmT4bZs"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root, where the process stands."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown under the variable's name."""
    monkeypatch.setenv("ADMIN_TOKEN", VALUE)

    found = secret("env:ADMIN_TOKEN")

    assert found.reveal() == VALUE
    assert repr(found) == "Secret(ADMIN_TOKEN)"


def test_a_variable_may_stand_in_dotenv(project: Path) -> None:
    """As in the settings."""
    (project / ".env").write_text(f"ADMIN_TOKEN={VALUE}\n")

    assert secret("env:ADMIN_TOKEN").reveal() == VALUE


def test_a_file_is_read(project: Path) -> None:
    """It is shown under the file's name, and the line's end is no part of it."""
    (project / "deploy-key.txt").write_text(f"{VALUE}\n")

    found = secret("file:deploy-key.txt")

    assert found.reveal() == VALUE
    assert found.name == "deploy_key"


@pytest.mark.parametrize(
    "reference, told",
    [
        pytest.param("env:NOT_THERE", "NOT_THERE is not set", id="no-variable"),
        pytest.param("file:not-there", "cannot be read", id="no-file"),
        pytest.param("env:", "was given no reference", id="no-name"),
        pytest.param(VALUE, "was given no reference", id="the-value-itself"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(reference: str, told: str) -> None:
    """A sentence, which never shows what may be the value."""
    with pytest.raises(UsageError, match=told) as refused:
        secret(reference)

    assert VALUE not in str(refused.value)
