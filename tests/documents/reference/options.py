"""The options that the plugin adds to pytest's, in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from redhanded.plugin import pytest_addoption
from tests.documents.reference.markdown import bullets

if TYPE_CHECKING:
    import pytest


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its spellings, and what it was added with."""

    names: tuple[str, ...]
    attributes: dict[str, Any]

    @property
    def spelling(self) -> str:
        """The option with its value, as it is typed."""
        value = self.attributes.get("metavar") or _choices(self.attributes.get("choices"))
        return " or ".join(f"`{name}={value}`" if value else f"`{name}`" for name in self.names)

    @property
    def text(self) -> str:
        """What it does, and what holds without it, where that is no setting."""
        said = str(self.attributes["help"])
        off = " Off by default." if self.attributes.get("action") == "store_true" else ""
        return f"{said[0].upper()}{said[1:]}.{off}"


@dataclass(slots=True)
class Recorder:
    """Stands in for pytest's parser, and keeps what is added to it."""

    options: list[Option] = field(default_factory=list)

    def getgroup(self, *_: str) -> Recorder:
        """The group of options, which is this very thing."""
        return self

    def addoption(self, *names: str, **attributes: Any) -> None:  # noqa: ANN401  pytest's
        """Keep one option."""
        self.options.append(Option(names, attributes))


def options() -> list[Option]:
    """Every option of the plugin."""
    recorder = Recorder()
    pytest_addoption(cast("pytest.Parser", recorder))  # it is asked for nothing else
    return recorder.options


def markdown() -> str:
    """A list of options, each as it is typed, with what it does."""
    lines = (f"{option.spelling}: {option.text}" for option in options())
    return "\n".join(["", *bullets(lines)])


def _choices(values: tuple[str, ...] | None) -> str:
    return f"{{{','.join(values)}}}" if values else ""
