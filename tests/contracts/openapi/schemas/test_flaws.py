"""Documents that cannot be used in part: one flaw with its place, and never an exception."""

from __future__ import annotations

import pytest

from tests.contracts.openapi.schemas.cases import check_of, document, ref


@pytest.mark.parametrize(
    "schema, place, message",
    [
        pytest.param({"type": 5}, "/type", "`type` cannot be 5.", id="type"),
        pytest.param({"pattern": "(["}, "/pattern", '`pattern` cannot be "([".', id="regex"),
        pytest.param({"properties": []}, "/properties", "`properties` cannot be [].", id="list"),
        pytest.param({"required": True}, "/required", "`required` cannot be true.", id="required"),
        pytest.param(
            {"properties": {"a": None}}, "/properties/a", "`a` cannot be null.", id="null"
        ),
        pytest.param([], "", "a schema cannot be [].", id="no schema"),
        pytest.param(
            ref("Lost"),
            "/$ref",
            "api.yaml has nothing at '/components/schemas/Lost'.",
            id="reference",
        ),
        pytest.param({"$ref": "#lost"}, "/$ref", "api.yaml# has no anchor 'lost'.", id="anchor"),
    ],
)
def test_a_schema_that_says_nothing_sensible_is_one_flaw(
    schema: object, place: str, message: str
) -> None:
    """The flaw stands where the author looks for it, also when the schema is met elsewhere."""
    check = check_of(document({"A": {"items": ref("B")}, "B": schema}))
    assert check.flaw is not None
    assert check.flaw.place == f"api.yaml#/components/schemas/B{place}"
    assert check.flaw.message == message


def test_nothing_is_told_of_values_that_nobody_can_check() -> None:
    """What depends on a flaw is not checkable, which is the flaw's to say and not the value's."""
    check = check_of(document({"A": {"type": 5}}))
    assert check.is_valid({"anything": 1})
    assert check.faults({"anything": 1}) == []


def test_a_flaw_leaves_all_other_schemas_usable() -> None:
    """Only what refers to the broken schema is lost."""
    found = document({"Broken": {"type": 5}, "A": {"type": "string"}})
    check = check_of(found)
    assert check.flaw is None
    assert not check.is_valid(1)


@pytest.mark.parametrize("keyword", ["$id", "$ref"])
def test_what_is_no_address_is_no_error_of_ours(keyword: str) -> None:
    """A document may say anything where an address is wanted; what it says besides stays usable."""
    found = document(
        {"A": {"type": "string"}, "B": {"$id": "b", "properties": {"p": {keyword: "http://[/"}}}}
    )
    assert not check_of(found).is_valid(1)
    assert check_of(found, "B").is_valid({})


def test_very_many_branches_are_not_looked_at_again_and_again() -> None:
    """Which of thousands was meant is asked for the first values; of the rest, that none fits."""
    wanted = [{"properties": {"k": {"const": number}}} for number in range(1_000)]
    values = [{"k": "x", "at": number} for number in range(12)]
    faults = check_of(document({"A": {"items": {"oneOf": wanted}}})).faults(values)
    assert len(faults) == len(values)
    branches = "what one of the 1000 branches of oneOf wants"
    assert sum(fault.expected == branches for fault in faults) == 2


def test_a_union_that_leads_round_to_itself_ends() -> None:
    """Its circle says nothing; what else it says is told."""
    union = {"required": ["b"], "anyOf": [ref("A"), {"type": "string", "maxLength": 1}]}
    found = document({"A": union})
    assert [fault.place for fault in check_of(found, closed=True).faults({})] == [("b",)]


def test_a_schema_that_refers_to_itself_alone_ends() -> None:
    """A circle says nothing, so that it refuses nothing."""
    found = document({"A": ref("B"), "B": {"allOf": [ref("A")]}})
    assert check_of(found, closed=True).is_valid(1)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("^(a+)+$", id="linear"),
        pytest.param("^(?=a)(a+)+$", id="look-ahead"),
        pytest.param(r"^(?:(a+)\1?)+$", id="back reference"),
    ],
)
def test_a_pattern_that_explodes_is_given_up_in_time(pattern: str) -> None:
    """It is refused or let pass for lack of a decision, but never takes long enough to hang."""
    check = check_of(document({"A": {"pattern": pattern}}))
    rules = {fault.rule for fault in check.faults("a" * 50 + "!")}
    assert rules <= {"pattern"}


def test_what_a_pattern_could_not_decide_is_no_fault() -> None:
    """A red test needs a fact."""
    check = check_of(document({"A": {"pattern": r"^(?:(?=a)a|aa)+$"}}))
    assert check.faults("a" * 60 + "!") == []
    assert check.is_valid("a" * 60 + "!")


def test_what_a_pattern_could_not_decide_is_a_flaw_of_the_document() -> None:
    """Nobody knows whether the value breaks its schema, and green would say that it does not."""
    check = check_of(document({"A": {"pattern": r"^(?:(?=a)a|aa)+$"}}))

    assert check.faults("aaa") == []
    assert check.undecided is None
    assert check.faults("a" * 60 + "!") == []
    assert str(check.undecided) == (
        "api.yaml#/components/schemas/A/pattern: `pattern` needs more than 100,000 steps to decide"
        " about a value."
    )


def test_what_a_pattern_could_not_decide_in_a_union_is_no_fault() -> None:
    """A branch that nobody could decide about may be the one that was meant."""
    slow = {"pattern": r"^(?:(?=a)a|aa)+$"}
    check = check_of(document({"A": {"anyOf": [{"type": "integer"}, slow]}}))
    assert check.faults("a" * 60 + "!") == []


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"allOf": "x", "oneOf": [{"type": "null"}], "properties": {}}, id="allOf"),
        pytest.param({"allOf": 5, "anyOf": [{"properties": {"a": {}}}, {}]}, id="number"),
        pytest.param({"$dynamicAnchor": "(", "type": "string"}, id="anchor"),
        pytest.param({"discriminator": {"propertyName": "a"}, "oneOf": "x"}, id="union"),
    ],
)
def test_broken_lists_never_raise(schema: object) -> None:
    """Whatever stands where schemas should, there is a check, with a flaw or without."""
    check = check_of(document({"A": schema}), closed=True)
    assert check.flaw is not None or isinstance(check.faults({"a": 1}), list)


def test_half_a_character_is_read_as_a_replacement() -> None:
    """JSON can escape one half of a pair, which no text in UTF-8 holds."""
    check = check_of(document({"A": {"properties": {"a": {"type": "string"}}}}), closed=True)
    assert check.faults({"a": "\ud800"}) == []
    assert [fault.place for fault in check.faults({"a\ud800": ["\ud800"]})] == [("a�",)]
