"""Markdown as a site renders it: which markup came of it, and which text."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_CALL = re.compile(r"(?<![\w/])(?:[@!#$%&~^](?=\w)|[\w-]+/[\w-]+#\d|GH-\d)|https?:/|www\.\w")


class Rendered(HTMLParser):
    """The tags of a page by their number, its code, and its text beside that."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.code: list[str] = []
        self.text: str = ""
        self.links: list[str] = []
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in {"br", "hr", "img"}:
            self._open.append(tag)
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "code" in self._open:
            self.code[-1] += data
        else:
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data.strip())

    @property
    def calls(self) -> list[str]:
        """What a site would make a mention, a reference or a link of: text that is no code."""
        return [found[0] for found in _CALL.finditer(self.text)]
