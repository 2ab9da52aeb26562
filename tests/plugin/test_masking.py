"""Everything that a report shows is masked, whatever it is made of."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import Any, NamedTuple

import pytest

from redhanded.plugin.masking import mask_report, printable

SECRET = "hush-hush-hush"


class Pair(NamedTuple):
    name: str
    value: str


@dataclass(frozen=True)
class Frozen:
    text: str


@dataclass(slots=True)
class Slotted:
    text: str

    def __str__(self) -> str:
        return f"slotted {self.text}"


class Shown:
    def __init__(self, **parts: object) -> None:
        self.__dict__.update(parts)


def mask(text: str) -> str:
    """A mask that knows one secret."""
    return text.replace(SECRET, "***")


def report(
    longrepr: Any = None,  # noqa: ANN401  pytest's own
    *,
    sections: list[tuple[str, str]] | None = None,
    properties: list[tuple[str, object]] | None = None,
) -> pytest.TestReport:
    """A failed test's report."""
    made = pytest.TestReport("t", ("f", 1, "t"), {}, "failed", longrepr, "call")
    made.sections = sections or []
    made.user_properties = properties or []
    return made


@pytest.mark.parametrize(
    "value, masked",
    [
        pytest.param(f"say {SECRET}", "say ***", id="text"),
        pytest.param([SECRET, 1], ["***", 1], id="list"),
        pytest.param((SECRET, None), ("***", None), id="tuple"),
        pytest.param(Pair("a", SECRET), ("a", "***"), id="named-tuple"),
        pytest.param({SECRET: {"in": [SECRET]}}, {"***": {"in": ["***"]}}, id="dictionary"),
        pytest.param(Frozen(SECRET), Frozen("***"), id="frozen"),
        pytest.param(Slotted(SECRET), "slotted ***", id="slotted"),
        pytest.param(SECRET.encode(), "b'***'", id="bytes"),
        pytest.param(1.5, 1.5, id="number"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_a_property_is_masked_at_any_depth(value: object, masked: object) -> None:
    """What cannot be looked into is shown as its text, masked."""
    made = report(properties=[("name", value), ("deep", {"er": [value]})])

    mask_report(made, mask)

    assert made.user_properties == [("name", masked), ("deep", {"er": [masked]})]


def test_a_failure_is_masked_in_place() -> None:
    """Pytest's own representation stays what it is; its functions are left alone."""
    inner = Shown(lines=[f"token = {SECRET}"], show=print)
    made = report(Shown(chain=[(inner, None, SECRET)], crash=inner))

    mask_report(made, mask)

    assert inner.__dict__["lines"] == ["token = ***"]
    assert inner.__dict__["show"] is print
    assert made.longrepr.__dict__["chain"][0][2] == "***"


def test_sections_are_masked() -> None:
    """What a test printed and logged passes the same gate."""
    made = report(f"E {SECRET}", sections=[("Captured stdout call", f"printed {SECRET}")])

    mask_report(made, mask)

    assert made.longrepr == "E ***"
    assert made.sections == [("Captured stdout call", "printed ***")]


def test_what_holds_itself_comes_to_an_end() -> None:
    """INVARIANT: nothing is shown unmasked, however deep it lies."""
    loop: list[object] = [SECRET]
    loop.append(loop)

    made = report(properties=[("loop", loop)])
    mask_report(made, mask)

    assert SECRET not in str(made.user_properties)


@pytest.mark.parametrize(
    "encoding, text",
    [("ascii", "a\\xe9\\u2026\n"), ("cp1252", "aé…\n"), ("utf-8", "aé…\n")],
    ids=["ascii", "cp1252", "utf-8"],
)
def test_a_section_is_put_in_characters_that_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, encoding: str, text: str
) -> None:
    """Ends of lines stay ends of lines."""
    monkeypatch.setattr(sys, "__stdout__", TextIOWrapper(BytesIO(), encoding=encoding))

    assert printable([("title", "aé…\n")]) == [("title", text)]


def test_a_process_without_a_terminal_shows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service has no standard output at all."""
    monkeypatch.setattr(sys, "__stdout__", None)

    assert printable([("title", "é\udcff")]) == [("title", "é\\udcff")]
