"""The options that the plugin adds to pytest's, in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from redhanded.plugin import pytest_addoption
from tests.documents.reference.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    def default(self) -> str:
        """What holds where the option is not given."""
        return {"store_true": "off", "append": "none"}.get(
            self.attributes.get("action", ""), str(self.attributes.get("default") or "the setting")
        )


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
    """A table of options, with what holds without them."""
    return "\n".join(["", *table(("option", "meaning", "without it"), _rows())])


def _rows() -> Iterator[tuple[str, str, str]]:
    for option in options():
        text = option.attributes["help"]
        yield option.spelling, f"{text[0].upper()}{text[1:]}.", option.default


def _choices(values: tuple[str, ...] | None) -> str:
    return f"{{{','.join(values)}}}" if values else ""
