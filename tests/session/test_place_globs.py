"""Globs over places: which of them an ignore means."""

from __future__ import annotations

import pytest

from redhanded.core.errors import UsageError
from redhanded.session import place_globs


@pytest.mark.parametrize(
    "glob, where, is_meant",
    [
        pytest.param("$.note", "$.note", True, id="itself"),
        pytest.param("$.note", "$.notes", False, id="another name"),
        pytest.param("$.note", "$.note.text", False, id="below it"),
        pytest.param("$.items[*].note", "$.items[3].note", True, id="any index"),
        pytest.param("$.items.*.note", "$.items[3].note", True, id="any step"),
        pytest.param("$.items[0].note", "$.items[1].note", False, id="another index"),
        pytest.param("$.*", "$.a", True, id="any name"),
        pytest.param("$.*", "$", False, id="no step at all"),
        pytest.param("$.**", "$", True, id="any depth, none"),
        pytest.param("$.**", "$.a[0].b", True, id="any depth"),
        pytest.param("$.**.note", "$.note", True, id="depth of none"),
        pytest.param("$.**.note", "$.a.b.note", True, id="deep"),
        pytest.param("$.**.note", "$.a.note.b", False, id="not at the end"),
        pytest.param("$.a.**.b.**.c", "$.a.x.b.c", True, id="two depths"),
        pytest.param("$.**.**.c", "$.c", True, id="depths beside each other"),
        pytest.param('$["a b"].c', '$["a b"].c', True, id="quoted name"),
        pytest.param("$.note", "header note", False, id="not in a body"),
        pytest.param("header X-*", "header X-Total", True, id="a header"),
        pytest.param("header X-*", "header Age", False, id="another header"),
        pytest.param("status 4*", "status 418", True, id="a status"),
    ],
)
def test_a_glob_means_places(glob: str, where: str, *, is_meant: bool) -> None:
    """A star is one step, two are any number; outside of bodies a star is any text."""
    assert place_globs.matches(glob, where) is is_meant


def test_many_depths_take_no_time() -> None:
    """A glob that could be read in very many ways is read once."""
    glob, where = "$" + ".**.a" * 30 + ".z", "$" + ".a" * 200

    assert not place_globs.matches(glob, where)


@pytest.mark.parametrize(
    "glob, text, is_meant",
    [
        pytest.param("GET /booking/*", "GET /booking/{id}", True, id="star"),
        pytest.param("* /booking", "POST /booking", True, id="any method"),
        pytest.param("GET /a.b", "GET /axb", False, id="a dot is a dot"),
        pytest.param("GET /[a]", "GET /a", False, id="brackets are brackets"),
        pytest.param("*", "", True, id="nothing"),
    ],
)
def test_in_an_operation_a_star_is_any_text(glob: str, text: str, *, is_meant: bool) -> None:
    """Nothing else has a meaning there."""
    assert place_globs.matches_text(glob, text) is is_meant


def test_what_is_no_place_is_refused() -> None:
    """The sentence shows how one is written."""
    with pytest.raises(UsageError, match=r"\$\.items\[\*\]\.note"):
        place_globs.read("$.items[a")
