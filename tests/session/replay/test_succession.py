"""Succession: what answers bring takes the place of what they had brought in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.masks import mask
from redhanded.session.replay.outcome import Unrepeatable
from redhanded.session.replay.succession import Succession
from tests.session.replay.records import answered, recorded

if TYPE_CHECKING:
    from collections.abc import Sequence


def after(
    old: object,
    new: object,
    *,
    body: object = None,
    target: str = "/orders",
    received: tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]] = ((), ()),
) -> Succession:
    """What is known after one request that was answered so in the record, and so now."""
    known = Succession()
    facts: dict[str, Any] = {"method": "POST", "target": target, "body": body}
    sent = recorded(answered(**facts, answer=old, received=received[0]))
    known.learn(sent, answered(**facts, answer=new, received=received[1]))
    return known


@pytest.mark.parametrize(
    "url, renewed",
    [
        pytest.param("http://a/orders/7", "http://a/orders/9", id="a-segment"),
        pytest.param("http://a/orders/7/items", "http://a/orders/9/items", id="in-between"),
        pytest.param("http://a/orders?id=7&x=1", "http://a/orders?id=9&x=1", id="a-parameter"),
        pytest.param("http://a/orders/77", "http://a/orders/77", id="a-part-of-a-segment"),
        pytest.param("http://a:7/7x?y=a7", "http://a:7/7x?y=a7", id="neither-port-nor-part"),
        pytest.param("http://a/a%20b?q=%5B7%5D&&z", "http://a/a%20b?q=%5B7%5D&&z", id="spelling"),
    ],
)
def test_a_new_id_stands_in_later_addresses(url: str, renewed: str) -> None:
    """What is not replaced keeps the spelling of its author."""
    assert after({"id": 7}, {"id": 9}).url(url) == renewed


@pytest.mark.parametrize(
    "old, new, body, kind, renewed",
    [
        pytest.param(
            {"id": 7},
            {"id": 9},
            '{"order_id": 7, "qty": 7}',
            "json",
            '{"order_id":9,"qty":7}',
            id="numbers-only-where-an-id-stands",
        ),
        pytest.param(
            {"id": "ord-0007"},
            {"id": "ord-0009"},
            '{"what":"ord-0007"}',
            "json",
            '{"what":"ord-0009"}',
            id="a-text-anywhere",
        ),
        pytest.param(
            {"id": 7},
            {"id": "nine"},
            '{"id":7}',
            "json",
            '{"id":"nine"}',
            id="of-another-type",
        ),
        pytest.param(
            {"id": 7},
            {"id": 9},
            '[ {"qty":  7} ]',
            "json",
            '[ {"qty":  7} ]',
            id="nothing-replaced-keeps-its-bytes",
        ),
        pytest.param({"id": 7}, {"id": 9}, "order=7&qty=1", "form", "order=9&qty=1", id="a-form"),
        pytest.param({"id": 7}, {"id": 9}, "qty=1", "form", "qty=1", id="a-form-without"),
        pytest.param(
            {"ref": "long-reference"},
            {"ref": "another-one"},
            "<r>long-reference</r>",
            "text",
            "<r>another-one</r>",
            id="within-a-text",
        ),
        pytest.param(7, 9, '{"id":7}', "json", '{"id":9}', id="an-answer-that-is-an-id"),
        pytest.param({"id": 7}, {"id": 9}, '{"id": 7', "json", '{"id": 7', id="no-json-after-all"),
    ],
)
def test_a_new_value_stands_in_later_bodies(
    old: object, new: object, body: str, kind: str, renewed: str
) -> None:
    """As far as its place, or its length, says that it is meant."""
    assert after(old, new).body(body, kind) == renewed


def test_a_whole_body_may_be_the_id() -> None:
    """The document has one place."""
    assert after({"ids": ["first-one"]}, {"ids": ["other-one"]}).body('"first-one"', "json") == (
        '"other-one"'
    )


def test_an_address_that_an_answer_names_leads_to_the_new_thing() -> None:
    """`Location` is read as a whole, and by its segments."""
    known = after(None, None, received=([("Location", "/orders/7")], [("Location", "/orders/9")]))

    assert known.url("http://a/orders/7/items") == "http://a/orders/9/items"
    assert known.header("/orders/7") == "/orders/9"


def test_a_tag_and_a_cookie_are_taken_from_headers() -> None:
    """A conditional request needs the new tag, a session its new cookie."""
    old = [("ETag", '"a"'), ("Set-Cookie", "sid=masked_sid_9chars; Path=/")]
    new = [("ETag", '"b"'), ("Set-Cookie", "sid=other-one; Path=/")]

    known = after(None, None, received=(old, new))

    assert known.header('"a"') == '"b"'
    assert known.header("sid=masked_sid_9chars; theme=dark") == "sid=other-one; theme=dark"


def test_a_token_that_the_test_got_is_the_new_one() -> None:
    """The record has its mask alone, which is enough to know it by."""
    known = Succession()
    facts: dict[str, Any] = {"method": "POST", "target": "/tokens"}
    sent = recorded(answered(**facts, answer={"token": "old-token-of-then"}))
    known.learn(sent, answered(**facts, answer={"token": "new-token-of-now"}))

    assert known.header(f"Bearer {mask('token', 17)}") == "Bearer new-token-of-now"


def test_two_tokens_under_one_mask_are_not_told_apart() -> None:
    """Either might be sent in the place of the other."""
    known = Succession()
    for number in range(2):
        sent = recorded(answered("/tokens", answer={"token": f"old-token-{number}"}))
        known.learn(sent, answered("/tokens", answer={"token": f"new-token-{number}"}))

    with pytest.raises(Unrepeatable, match="masked_token_11chars"):
        known.header("Bearer masked_token_11chars")


@pytest.mark.parametrize("new", [None, {}, {"id": {}}], ids=["no-answer", "none", "no-id"])
def test_what_did_not_come_this_time_cannot_be_asked_for(new: object) -> None:
    """The old id would lead to another thing, or to none."""
    known = after({"id": 7}, new)

    with pytest.raises(Unrepeatable, match="it needs 7, which POST /orders brought in the run"):
        known.url("http://a/orders/7")


def test_what_the_request_had_chosen_itself_is_never_missing() -> None:
    """No answer had to bring it."""
    known = after({"id": "mine-1234"}, {}, body={"id": "mine-1234"})

    assert known.url("http://a/orders/mine-1234") == "http://a/orders/mine-1234"


def test_a_value_that_came_again_is_no_longer_missing() -> None:
    """A later answer may bring what an earlier one did not."""
    known = after({"id": 7}, {})

    known.learn(recorded(answered("/orders", answer=[{"id": 7}])), answered(answer=[{"id": 9}]))

    assert known.url("http://a/orders/7") == "http://a/orders/9"


def test_what_was_replaced_is_told_once() -> None:
    """A reader must know that another thing was asked for."""
    known = after({"id": 7}, {"id": 9})

    known.url("http://a/orders/7")

    assert known.notes() == ("9 takes the place of 7, by POST /orders",)
    assert known.notes() == ()


def test_without_a_request_sent_all_names_of_its_answer_are_missing() -> None:
    """What could not be sent again has brought nothing."""
    known = Succession()
    known.learn(recorded(answered("/orders", method="POST", answer={"id": 7, "n": 1})), None)

    with pytest.raises(Unrepeatable):
        known.body('{"order_id": 7}', "json")
    assert known.body('{"n": 1}', "json") == '{"n": 1}'
