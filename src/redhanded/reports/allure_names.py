"""What Allure knows a test by, in this run and over all runs."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING

from redhanded.reports.signatures import kind

if TYPE_CHECKING:
    from redhanded.reports.dossier.case import Row


def history_id(row: Row) -> str:
    """What the test is followed by from run to run: its stable id."""
    return _digest(row.key or row.test_id or row.id)


def test_case_id(row: Row) -> str:
    """What the test is known by, whatever its parameters."""
    return _digest(full_name(row))


def full_name(row: Row) -> str:
    """Module, classes and function: `tests.test_a.TestB#test_c`."""
    file, *inner = _plain(row).split("::")
    module = file.removesuffix(".py").replace("/", ".")
    return f"{'.'.join([module, *inner[:-1]])}#{inner[-1]}" if inner else module


def title_path(row: Row) -> list[str]:
    """The folders, the file and the classes around the test."""
    file, *inner = _plain(row).split("::")
    return [part for part in (*file.split("/"), *inner[:-1]) if part]


def name(row: Row) -> str:
    """The function with its parameters, or the file where there is none."""
    plain = _plain(row)
    return plain.rpartition("::")[2] + row.test_id[len(plain) :] or row.id


def parameters(row: Row) -> list[dict[str, str]]:
    """The parameters as pytest names them; none where the test has none."""
    _, bracket, rest = row.test_id.partition("[")
    return [{"name": "parameters", "value": rest.removesuffix("]")}] if bracket else []


def labels(row: Row) -> list[dict[str, str]]:
    """Where the test stands in the tree of suites, and what it came to."""
    *folders, suite = title_path(row)[: 1 + _plain(row).partition("::")[0].count("/")] or [""]
    classes = title_path(row)[len(folders) + 1 :]
    told = [
        ("parentSuite", ".".join(folders)),
        ("suite", suite.removesuffix(".py")),
        ("subSuite", " > ".join(classes)),
        ("package", full_name(row).partition("#")[0]),
        ("framework", "pytest"),
        ("language", "python"),
        ("host", row.shard),
        ("thread", row.worker),
        ("owner", row.owner),
        ("tag", kind(row)),
        ("tag", row.code),
    ]
    return [{"name": name, "value": value} for name, value in told if value]


def _plain(row: Row) -> str:
    return row.test_id.partition("[")[0]


def _digest(text: str) -> str:
    return md5(text.encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()
