"""YAML as values: names are text, nothing of 1.1, and bombs are refused before they go off."""

from __future__ import annotations

import json
import tracemalloc

import pytest
import yaml

from redhanded.contracts.openapi.nodes import DEEPEST, Flaw
from redhanded.contracts.openapi.yaml_text import MOST_UNFOLDED, NotYAML, parse

BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)
"""Twelve lines that stand for 10^11 values."""

LADDER = "s0: &s0 [x]\n" + "".join(
    f"s{level}: &s{level} [*s{level - 1}]\n" for level in range(1, DEEPEST + 10)
)
"""A list in a list in a list..., by aliases alone."""


def value_of(text: str) -> object:
    """The value of a text with nothing wrong in it."""
    value, flaws = parse(text, "api.yaml")
    assert flaws == []
    return value


def flaws_of(text: str) -> list[Flaw]:
    """What is wrong with a text that is read all the same."""
    return parse(text, "api.yaml")[1]


@pytest.fixture(params=["with libyaml", "without libyaml"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML as its wheels have it, and as it is where it was built without libyaml."""
    if request.param == "without libyaml":
        monkeypatch.delattr(yaml, "CSafeLoader")


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    "text, value",
    [
        pytest.param("a: 1\nb: [x, 2.5, null]\n", {"a": 1, "b": ["x", 2.5, None]}, id="plain"),
        pytest.param("200: ok\n4XX: no\n", {"200": "ok", "4XX": "no"}, id="statuses"),
        pytest.param(
            "on: 1\nno: 2\nnull: 3\n1_0: 4\n2026-01-01: 5\n1.50: 6\n",
            {"on": 1, "no": 2, "null": 3, "1_0": 4, "2026-01-01": 5, "1.50": 6},
            id="names are text as it is written",
        ),
        pytest.param("a: '1'\nb: \"no\"\n", {"a": "1", "b": "no"}, id="quoted"),
        pytest.param("a: |\n  1\nb: >-\n  x\n  y\n", {"a": "1\n", "b": "x y"}, id="blocks"),
        pytest.param("a: !!str 1\nb: !!int '2'\nc: ! 3\n", {"a": "1", "b": 2, "c": "3"}, id="tags"),
        pytest.param("a: &x [1]\nb: *x\nc: *x\n", {"a": [1], "b": [1], "c": [1]}, id="aliases"),
        pytest.param("a: &x k\n*x : 2\n", {"a": "k", "k": 2}, id="an alias as a name"),
        pytest.param("a: &x 7\n*x : 2\n", {"a": 7, "7": 2}, id="an alias of a number as a name"),
        pytest.param("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}, id="anchor used anew"),
        pytest.param(
            "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n",
            {"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}},
            id="merged",
        ),
        pytest.param(
            "a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y]}\n",
            {"a": {"p": 1}, "b": {"p": 2, "q": 2}, "c": {"p": 1, "q": 2}},
            id="several merged, the first is strongest",
        ),
        pytest.param("<<: 1\n", {"<<": 1}, id="nothing to merge"),
        pytest.param("{a: {}, b: []}", {"a": {}, "b": []}, id="empty"),
        pytest.param("", None, id="nothing"),
        pytest.param("---\na: 1\n...\n", {"a": 1}, id="with marks of a document"),
        pytest.param("größe: ☃\n", {"größe": "☃"}, id="beyond ASCII"),
    ],
)
def test_yaml_is_read(text: str, value: object) -> None:
    """What YAML 1.2 allows gives the value that JSON would have."""
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text, place, message",
    [
        pytest.param(
            "a:\n  b: 1\n  b: 2\n",
            "api.yaml#/a",
            "has the name 'b' twice; the last one counts (line 3)",
            id="a name twice",
        ),
        pytest.param(
            "a: [x, {b: .inf}]\n",
            "api.yaml#/a/1/b",
            "is no number that JSON knows and counts as null (line 1)",
            id="infinite",
        ),
        pytest.param(
            "a: !secret x\n",
            "api.yaml#/a",
            "the tag '!secret' means nothing here: it counts as text (line 1)",
            id="unknown tag",
        ),
        pytest.param(
            "a: !!set {x: }\n",
            "api.yaml#/a",
            "the tag 'tag:yaml.org,2002:set' means nothing here and is passed over (line 1)",
            id="unknown tag of a mapping",
        ),
        pytest.param(
            "? [x, y]\n: 1\n",
            "api.yaml#",
            "has a name that is no text but a list or a mapping (line 1)",
            id="a list as a name",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "api.yaml#",
            "holds more than one YAML document: only the first one counts",
            id="two documents",
        ),
    ],
)
def test_what_has_no_meaning_is_a_flaw(text: str, place: str, message: str) -> None:
    """All else of the text is read; the flaw says where it is."""
    assert flaws_of(text) == [Flaw(place, message)]


def test_of_two_documents_the_first_counts() -> None:
    """What stands behind the second mark is not read as the document."""
    assert parse("a: 1\n---\nb: 2\n", "api.yaml")[0] == {"a": 1}


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    "text, why",
    [
        pytest.param("a: [1\nb: 2", "is no YAML, in line 2, column 2", id="syntax"),
        pytest.param("a: b: c\n", "is no YAML, in line 1, column 5", id="two colons"),
        pytest.param("a: \x07\n", "has characters that YAML does not allow", id="control"),
        pytest.param("a: *x\n", "has an alias that leads nowhere, or to itself, in line 1", id="n"),
        pytest.param("a: &x [*x]\n", "has an alias that leads nowhere, or to itself", id="cycle"),
        pytest.param("&x a: &x {b: [*x]}\n", "leads nowhere, or to itself", id="cycle, used anew"),
        pytest.param(BOMB, f"has aliases that stand for more than {MOST_UNFOLDED:,}", id="bomb"),
        pytest.param("[" * 1_000, f"is nested deeper than {DEEPEST} levels", id="brackets"),
        pytest.param(LADDER, f"is nested deeper than {DEEPEST} levels", id="nested by aliases"),
    ],
)
def test_what_is_no_yaml_is_refused_in_a_sentence(text: str, why: str) -> None:
    """Neither a crash nor a wait: the sentence says where, or which limit is crossed."""
    with pytest.raises(NotYAML) as refused:
        parse(text, "api.yaml")

    assert str(refused.value).startswith(why) or why in str(refused.value)


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("text", ["a: 's3cret\n", "%s3cret\n", "a: *s3cret\n", "@s3cret"])
def test_a_refusal_quotes_nothing_of_the_text(text: str) -> None:
    """INVARIANT: a file may have been named by mistake, and hold secrets."""
    with pytest.raises(NotYAML) as refused:
        parse(text, "api.yaml")

    assert "s3cret" not in str(refused.value)


def test_a_bomb_costs_no_memory() -> None:
    """INVARIANT: aliases share what they stand for, and are counted before anything unfolds it."""
    tracemalloc.start()
    with pytest.raises(NotYAML):
        parse(BOMB, "api.yaml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2**20


def test_names_that_are_the_same_are_kept_once() -> None:
    """A large document has some thousand names, and each of them thousands of times."""
    (one, two), _ = parse("- {description: 1}\n- {description: 2}\n", "api.yaml")

    [name], [same] = one, two
    assert name is same


def test_what_pyyaml_writes_is_read_as_it_was() -> None:
    """A value that went through YAML is itself again."""
    value = {"a": ["no", "1", "1.5", "2026-01-01", "null", "~", "", " x", "é", 1, 1.5, None, True]}

    assert value_of(yaml.safe_dump(value)) == json.loads(json.dumps(value))
