"""Bodies of creations: the author's data stays, and our mark stands where it is declared."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from redhanded.core.errors import UsageError
from redhanded.core.ids import Tags
from redhanded.core.settings import Resource
from redhanded.data.factory import Factory
from redhanded.session.bodies import Body, compose
from redhanded.session.resources import Recipe

TAGS = Tags("run1", lambda: 1_700_000_000.0)
MARK = TAGS(lambda size: b"\x11" * size)
OURS = TAGS(lambda size: b"\x22" * size)
THEIRS = Tags("run2", lambda: 1_700_000_000.0)(lambda size: b"\x33" * size)


class NewRoom(BaseModel):
    name: str = "suite"
    label: Annotated[str, Field(max_length=100, alias="note")] = ""
    code: Annotated[str, Field(max_length=10)] = ""
    beds: dict[str, str] = Field(default_factory=dict)


def composed(
    given: object = None,
    *,
    tag: str | None = "$.note",
    model: type[BaseModel] | None = None,
    **fields: object,
) -> Body:
    """What is sent for a room."""
    return compose(
        Recipe(kind="room", model=model),
        Resource(create="POST /rooms", delete="DELETE /rooms/{id}", tag=tag),
        given,
        fields,
        make=Factory(7, "test", "run1", today=date(2026, 1, 2)),
        mark=MARK,
        tags=TAGS,
    )


@pytest.mark.parametrize(
    "given, options, json",
    [
        pytest.param(None, {}, {"note": MARK}, id="nothing"),
        pytest.param(None, {"floor": 3}, {"floor": 3, "note": MARK}, id="fields"),
        pytest.param({"floor": 3}, {}, {"floor": 3, "note": MARK}, id="dictionary"),
        pytest.param({"note": None}, {}, {"note": MARK}, id="empty-place"),
        pytest.param(
            NewRoom.model_validate({"code": "c"}),
            {},
            {"name": "suite", "note": MARK, "code": "c", "beds": {}},
            id="model",
        ),
        pytest.param({}, {"tag": "$.meta.tag"}, {"meta": {"tag": MARK}}, id="deep"),
    ],
)
def test_the_mark_is_added_to_what_the_author_sends(
    given: object, options: dict[str, Any], json: object
) -> None:
    """Alone, beside fields, over a place that is empty."""
    assert composed(given, **options) == Body(json, {}, MARK)


@pytest.mark.parametrize(
    "given, fields, value, mark",
    [
        pytest.param({"note": "mine"}, {}, "mine", "", id="a-word"),
        pytest.param(None, {"note": "mine"}, "mine", "", id="a-field"),
        pytest.param(None, {"note": None}, None, "", id="emptied"),
        pytest.param({"note": OURS}, {}, OURS, OURS, id="a-mark-of-this-run"),
        pytest.param({"note": THEIRS}, {}, THEIRS, "", id="of-another-run"),
    ],
)
def test_a_value_of_the_author_stays_and_only_a_mark_of_ours_is_one(
    given: object, fields: dict[str, object], value: object, mark: str
) -> None:
    """INVARIANT: what is looked for later is a mark that this run alone has given."""
    named: dict[str, Any] = {**fields}

    assert composed(given, **named) == Body({"note": value}, {}, mark)


@pytest.mark.parametrize("name", ["note", "label"])
def test_a_field_of_the_model_is_known_by_both_of_its_names(name: str) -> None:
    """Factories take a field by its name, or by the name that is sent."""
    body = composed(model=NewRoom, **{name: "mine"})

    assert isinstance(body.json, dict)
    assert (body.json["note"], body.mark) == ("mine", "")


def test_a_mark_may_go_into_a_header() -> None:
    """The body stays as it is."""
    assert composed({"floor": 3}, tag="header:X-Tag") == Body({"floor": 3}, {"X-Tag": MARK}, MARK)


@pytest.mark.parametrize("given", [None, {"floor": 3}], ids=["no-body", "body"])
def test_without_a_place_nothing_carries_the_mark(given: object) -> None:
    """The intent is written down all the same: that something may be left is worth knowing."""
    assert composed(given, tag=None) == Body(given, {}, MARK)


@pytest.mark.parametrize(
    "tag, said",
    [
        ("$.code", "NewRoom takes no mark of 35 characters at $.code (String should have at most"),
        ("$.name.x", "the body of the creation has no room for a mark at $.name.x"),
    ],
    ids=["too-short", "no-object"],
)
def test_a_place_that_takes_no_mark_is_refused(tag: str, said: str) -> None:
    """The API would refuse it as well, and that would read as its defect."""
    with pytest.raises(UsageError) as caught:
        composed(model=NewRoom, tag=tag)

    assert said in str(caught.value)


def test_an_object_and_fields_do_not_go_together() -> None:
    """Nobody knows which of them is meant."""
    with pytest.raises(UsageError, match="as it is, or fields for a new one, and not both"):
        composed({"floor": 3}, floor=4)
