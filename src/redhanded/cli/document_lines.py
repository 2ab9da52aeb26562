"""In which lines of a file the places of a document stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.contracts.openapi.nodes import steps

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """The lines of a document in JSON or YAML; `root` is its tree with the marks of a reader."""

    root: Any

    def line(self, pointer: str) -> int | None:
        """The line, from 1, of a JSON Pointer, or of what is nearest above; None without a tree."""
        if self.root is None:
            return None
        node, found = self.root, 1
        for step in steps(pointer):
            entry = _entry(node, step)
            if entry is None:
                break
            found, node = entry
        return found


def _entry(node: Any, step: str) -> tuple[int, Any] | None:  # noqa: ANN401  PyYAML has no types
    """The line of a member's name, or of an item, and its value."""
    if node.id == "mapping":
        for key, value in node.value:
            if str(key.value) == step:
                return key.start_mark.line + 1, value
    if node.id == "sequence" and step.isdecimal() and int(step) < len(node.value):
        item = node.value[int(step)]
        return item.start_mark.line + 1, item
    return None


def lines_of(file: Path) -> DocumentLines:
    """The lines of a file; of one that cannot be read again, none."""
    try:
        import yaml
    except ImportError:  # a document in JSON is read without it
        return DocumentLines(None)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return DocumentLines(yaml.compose(file.read_bytes(), Loader=loader))
    except (OSError, yaml.YAMLError):
        return DocumentLines(None)
