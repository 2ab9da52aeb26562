"""The page as it is shipped: built of its parts, small, and closed to all but its own script."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from redhanded.reports.html.build import PAGE, SCRIPTS, STYLES, TEMPLATE, template
from tests.reports.html.sample import page, sample

MOST_BYTES = 120_000
MARKS = ("{{title}}", "{{failures}}", "{{index}}", "{{chunks}}")
# Ways by which a text becomes markup or script, a style escapes its hash, or a page goes out.
BANNED = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "DOMParser",
    "document.write",
    "srcdoc",
    "eval(",
    "new Function",
    "setAttribute('style'",
    "fetch(",
    "XMLHttpRequest",
    "WebSocket",
    "import(",
    "sendBeacon",
)


class Page(HTMLParser):
    """What a browser would run and apply of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.data: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._into: list[str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect attributes, and where the text of this element goes."""
        given = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in given.items()]
        kinds = {"script": self.data if "type" in given else self.scripts, "style": self.styles}
        self._into = kinds.get(tag)
        if self._into is not None:
            self._into.append("")

    def handle_data(self, data: str) -> None:
        """Add to the script or style that is open."""
        if self._into is not None:
            self._into[-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        self._into = None

    @property
    def policy(self) -> dict[str, list[str]]:
        """The page's content security policy by directive."""
        contents = (value for tag, name, value in self.attributes if (tag, name) == META)
        text = next(value for value in contents if "default-src" in value)
        return {words[0]: words[1:] for words in (part.split() for part in text.split(";"))}


META = ("meta", "content")


def hashed(text: str) -> str:
    """The source expression that allows a text, as a browser computes it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_template_is_what_its_parts_make() -> None:
    """Whoever changes the page builds it: `python -m redhanded.reports.html.build`."""
    assert TEMPLATE.read_text(encoding="utf-8") == template()


def test_template_is_small() -> None:
    """The page without data stays below what one would mind to attach."""
    assert len(TEMPLATE.read_bytes()) <= MOST_BYTES


def test_template_has_each_mark_once_and_in_order() -> None:
    """A writer fills the marks from the first to the last, without going back."""
    found = re.findall(r"\{\{\w+\}\}", template())

    assert tuple(found) == MARKS


def test_policy_allows_nothing_but_the_own_script_and_style() -> None:
    """INVARIANT: what is not hashed does not run, and nothing is loaded from anywhere."""
    shown = Page(template())

    assert len(shown.scripts) == len(shown.styles) == 1
    assert shown.policy == {
        "default-src": ["'none'"],
        "script-src": [hashed(shown.scripts[0])],
        "style-src": [hashed(shown.styles[0])],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


def test_policy_comes_before_what_it_governs() -> None:
    """A policy in the page governs only what follows it."""
    text = template()

    assert text.index("Content-Security-Policy") < min(text.index("<style>"), text.index("<script"))


def test_filling_the_page_changes_neither_script_nor_style() -> None:
    """INVARIANT: no data comes into what the policy's hashes are of."""
    empty, full = Page(template()), Page(page(*sample(20)))

    assert (full.scripts, full.styles) == (empty.scripts, empty.styles)
    assert full.policy == empty.policy


def test_filled_page_holds_data_as_text_that_ends_no_element() -> None:
    """INVARIANT: packed data has no sign that could end its element."""
    data = Page(page(*sample(20))).data

    assert len(data) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9+/=\s]+", one) for one in data)


def test_markup_carries_neither_listeners_nor_styles() -> None:
    """Attributes that hold script or style would be refused by the policy."""
    names = {name for _, name, _ in Page(template()).attributes}

    assert not {name for name in names if name.startswith("on") or name == "style"}


def test_page_refers_to_nothing_outside() -> None:
    """INVARIANT: to open a report reaches no network; the one address is a namespace."""
    addresses = set(re.findall(r"https?://[\w.]+[\w/.]*", template()))

    assert addresses == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("way", BANNED)
def test_scripts_use_no_way_by_which_text_becomes_markup(way: str) -> None:
    """INVARIANT: what was recorded comes into the page as text nodes and attributes alone."""
    users = [name for name in SCRIPTS if way in script(name)]

    assert users == []


def test_script_does_not_end_its_own_element() -> None:
    """These are what ends a script, or makes a parser read on in another way."""
    assert not re.search(r"</script|<script|<!--", Page(template()).scripts[0])


def test_every_part_is_built_in() -> None:
    """A file that is in no list would be forgotten in silence."""
    scripts = {path.stem for path in (PAGE / "script").glob("*.js")}
    styles = {path.stem for path in (PAGE / "style").glob("*.css")}

    assert (scripts, styles) == ({*SCRIPTS}, {*STYLES})


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_strict(name: str) -> None:
    """Alone, as an editor and a checker see it, each file has the rules that the page has."""
    assert script(name).startswith("'use strict';\n")


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_name_is_declared_twice(name: str) -> None:
    """The scripts share one scope, in which a second function would replace the first."""
    declared = re.compile(r"^(?:async )?(?:function\*?|const|let) (\w+)", re.MULTILINE)
    others = {
        found for other in SCRIPTS if other != name for found in declared.findall(script(other))
    }

    assert not others & {*declared.findall(script(name))}


@pytest.mark.parametrize("theme", ["light-dark", "prefers-reduced-motion", "@media print"])
def test_styles_answer_to_the_reader(theme: str) -> None:
    """Both themes, calm motion and paper are provided for."""
    assert theme in Page(template()).styles[0]


def script(name: str) -> str:
    """One script of the page."""
    return (PAGE / "script" / f"{name}.js").read_text(encoding="utf-8")
