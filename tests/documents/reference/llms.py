"""`llms.txt`: the pages for readers that are programs. Source: https://llmstxt.org."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from tests.documents.reference.markdown import flowing

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT: Final = Path(__file__).parents[3]
_ASIDE = re.compile(r"<!--.*?-->|^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def markdown() -> str:
    """Name and promise, then for each part of the navigation its pages with their first words."""
    site = yaml.safe_load((_ROOT / "mkdocs.yml").read_text("utf-8"))
    lines = [f"# {site['site_name']}", "", f"> {site['site_description']}"]
    for part in site["nav"]:
        for title, pages in [*part.items()] if isinstance(part, dict) else [("Start", [part])]:
            lines += ["", f"## {title}", "", *map(_line, _files(pages))]
    return "\n".join(lines) + "\n"


def _files(pages: Any) -> Iterator[str]:  # noqa: ANN401  whatever YAML holds
    if isinstance(pages, str):
        yield pages
        return
    for page in pages.values() if isinstance(pages, dict) else pages:
        yield from _files(page)


def _line(name: str) -> str:
    text = (_ROOT / "docs" / name).read_text("utf-8")
    title = next(line for line in text.splitlines() if line.startswith("# ")).removeprefix("# ")
    return f"- [{title}]({name}): {first_words(text)}"


def first_words(page: str) -> str:
    """The first sentence of the first paragraph below the title, without marks of emphasis."""
    _, _, body = _ASIDE.sub("", f"\n{page}").partition("\n# ")
    parts = [part.strip() for part in body.split("\n\n")[1:]]
    paragraph = next(part for part in parts if part and not part.startswith(("#", "|", "!", "- ")))
    plain = _LINK.sub(r"\1", flowing(paragraph)).replace("**", "")
    return re.split(r"(?<=[.!?:;]) (?=[A-Z`])", plain, maxsplit=1)[0].rstrip(":;")
