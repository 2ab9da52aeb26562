"""What is told of a fault, so that it reads on after "want"."""

from __future__ import annotations

import pytest

from tests.contracts.openapi.schemas.cases import check_of, document

NAMED = {"type": "object", "properties": {"name": {"type": "string"}}}


@pytest.mark.parametrize(
    "schema, value, actual, expected",
    [
        pytest.param({"type": "integer"}, "a", '"a"', "integer", id="type"),
        pytest.param({"type": ["string", "null"]}, 1, "1", "string or null", id="types"),
        pytest.param({"enum": ["a", "b", 3]}, "c", '"c"', '"a", "b" or 3', id="enum"),
        pytest.param({"const": "a"}, "c", '"c"', '"a"', id="const"),
        pytest.param({"minimum": 1}, 0, "0", "at least 1", id="minimum"),
        pytest.param({"exclusiveMaximum": 1.5}, 2, "2", "less than 1.5", id="exclusive"),
        pytest.param({"minLength": 1}, "", '""', "at least 1 character", id="min-length"),
        pytest.param({"maxItems": 2}, [1, 2, 3], "[1, 2, 3]", "at most 2 items", id="max-items"),
        pytest.param({"minProperties": 2}, {}, "{}", "at least 2 properties", id="properties"),
        pytest.param({"multipleOf": 5}, 3, "3", "a multiple of 5", id="multiple"),
        pytest.param({"pattern": "^a"}, "b", '"b"', "text that matches ^a", id="pattern"),
        pytest.param({"format": "uuid"}, "b", '"b"', "UUID", id="format"),
        pytest.param({"format": "int32"}, 2**40, "1099511627776", "int32 integer", id="int32"),
        pytest.param({"uniqueItems": True}, [1, 1], "[1, 1]", "no item twice", id="unique"),
        pytest.param({"not": {}}, 1, "1", "not what the schema rules out", id="not"),
        pytest.param({"required": ["a"]}, {}, "missing", "required", id="required"),
        pytest.param(
            {"dependentRequired": {"a": ["b"]}},
            {"a": 1},
            "missing",
            "required beside what is there",
            id="dependent",
        ),
        pytest.param(
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            '"ab"',
            "a name that is: at most 1 character",
            id="name",
        ),
        pytest.param(
            {"additionalProperties": False}, {"a": 1}, "1", "no undeclared property", id="extra"
        ),
        pytest.param(False, 1, "1", "nothing here", id="false"),
        pytest.param(
            {"oneOf": [{"minimum": 1}, {"type": "string"}, {"maximum": 3}]},
            2,
            "2",
            "only one branch of oneOf, and 1 and 3 are met",
            id="two branches",
        ),
    ],
)
def test_a_fault_says_what_stands_there_and_what_should(
    schema: object, value: object, actual: str, expected: str
) -> None:
    """The words are those of JSON, and of one line."""
    (fault,) = check_of(document({"A": schema})).faults(value)
    assert (fault.actual, fault.expected) == (actual, expected)


def test_null_that_is_allowed_is_named_beside_the_type() -> None:
    """A reader who fixes the answer should know everything that would do."""
    check = check_of(document({"A": {"type": "string", "nullable": True}}, "3.0.3"))
    assert check.faults(1)[0].expected == "string or null"


def test_long_lists_of_values_are_cut() -> None:
    """Of forty listed values the first eight are told."""
    (fault,) = check_of(document({"A": {"enum": list(range(40))}})).faults("a")
    assert fault.expected == "0, 1, 2, 3, 4, 5, 6, 7 or one of 32 more"


def test_values_are_shown_as_the_caller_shows_them() -> None:
    """Whoever knows the secrets of a run hands in what hides them."""
    check = check_of(document({"A": {"const": "s3cret"}}))
    (fault,) = check.faults("t0ken", see=lambda _: "***")
    assert (fault.actual, fault.expected) == ("***", "***")


def test_faults_stand_in_the_order_in_which_people_count() -> None:
    """The tenth item comes after the second, whatever the schema asks first."""
    check = check_of(document({"A": {"items": {"type": "integer"}}}))
    places = [fault.place for fault in check.faults(["x"] * 11)]
    assert places == [(index,) for index in range(11)]


@pytest.mark.parametrize(
    "version, name, rule, value, pointer",
    [
        pytest.param("3.0.4", "Bounded", "exclusiveMinimum", 1, "/minimum", id="3.0 bound"),
        pytest.param("3.0.4", "Bounded", "format", 2**40, "/format", id="range of a format"),
        pytest.param("3.1.1", "Nested", "type", {"a": 1}, "/properties/a/type", id="property"),
        pytest.param("3.1.1", "Nested", "required", {}, "/required", id="required"),
        pytest.param(
            "3.1.1", "Odd", "type", {"a/b~c": 1}, "/properties/a~1b~0c/type", id="escaped name"
        ),
        pytest.param("3.1.1", "Closed", "undeclared", {"x": 1}, "", id="undeclared"),
        pytest.param("3.1.1", "Union", "undeclared", {"x": 1, "n": 1}, "/oneOf/0", id="in a union"),
    ],
)
def test_a_fault_names_the_place_of_its_rule_in_the_document(
    version: str, name: str, rule: str, value: object, pointer: str
) -> None:
    """The place is the one that the author wrote, whatever the schema was converted to."""
    schemas = {
        "Bounded": {
            "type": "integer",
            "format": "int32",
            "minimum": 1,
            "exclusiveMinimum": True,
        },
        "Nested": {"required": ["a"], "properties": {"a": {"type": "string"}}},
        "Odd": {"properties": {"a/b~c": {"type": "string"}}},
        "Closed": NAMED,
        "Union": {"oneOf": [{"required": ["n"], "properties": {"n": True}}, {"type": "null"}]},
    }
    (fault,) = check_of(document(schemas, version), name, closed=True).faults(value)
    assert (fault.rule, fault.source) == (rule, f"api.yaml#/components/schemas/{name}{pointer}")


def test_a_fault_of_another_file_names_that_file() -> None:
    """Where the rule stands in a file of its own, it is told."""
    found = document(
        {"A": {"$ref": "more.yaml#/N"}}, others={"file:///api/more.yaml": {"N": {"type": "null"}}}
    )
    (fault,) = check_of(found).faults(1)
    assert fault.source == "more.yaml#/N/type"


def test_a_draft_7_tuple_is_told_by_the_keywords_of_its_author() -> None:
    """The converted keyword is called otherwise; the place is that of the original."""
    dialect = "http://json-schema.org/draft-07/schema#"
    schema = {"items": [{"type": "string"}], "additionalItems": False}
    check = check_of(document({"A": schema}, jsonSchemaDialect=dialect))
    sources = [fault.source.partition("/A")[2] for fault in check.faults([1, 2])]
    assert sources == ["/items/0/type", "/additionalItems"]
