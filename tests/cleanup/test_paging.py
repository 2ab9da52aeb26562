"""Pages: what is not in a part of a list is not known to be gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redhanded.cleanup.effects import Answer
from redhanded.cleanup.paging import is_part
from tests.cleanup.dead import Dead, Sweeping, mark
from tests.cleanup.fake_api import ROOM


@pytest.mark.parametrize(
    "headers, document",
    [
        pytest.param({"link": '<https://a/?page=2>; rel="next"'}, [], id="link"),
        pytest.param({"link": "</?p=1>; rel=prev, </?p=3>; rel=next"}, [], id="second link"),
        pytest.param({"link": '</?p=3>; rel="last next"'}, [], id="link of two relations"),
        pytest.param({"x-total-count": "3"}, [], id="total in a header"),
        pytest.param({}, {"next": "https://a/?page=2", "items": []}, id="address"),
        pytest.param({}, {"nextPageToken": "abc"}, id="token"),
        pytest.param({}, {"has_more": True}, id="flag"),
        pytest.param({}, {"@odata.nextLink": "https://a"}, id="with signs"),
        pytest.param({}, {"total": 3}, id="total"),
        pytest.param({}, {"count": 3, "results": []}, id="count"),
        pytest.param({}, {"_links": {"next": {"href": "/?page=2"}}}, id="links"),
        pytest.param({}, {"meta": {"totalCount": "3"}}, id="text in an object"),
    ],
)
def test_a_listing_that_tells_of_more_is_a_part(headers: dict[str, str], document: object) -> None:
    """Two entries came, and there is a third, or a next page."""
    assert is_part(headers, document, 2)


@pytest.mark.parametrize(
    "headers, document",
    [
        pytest.param({}, [], id="nothing told"),
        pytest.param({"link": "</?p=1>; rel=prev"}, [], id="the last of several"),
        pytest.param({"link": "</next>; rel=self"}, [], id="an address that says next"),
        pytest.param({"x-total-count": "2"}, [], id="all of them"),
        pytest.param({"x-total-count": "many"}, [], id="no number"),
        pytest.param({}, {"next": None, "count": 2}, id="no next page"),
        pytest.param({}, {"has_more": False, "nextPageToken": ""}, id="no more"),
        pytest.param({}, {"_links": {"next": {}}}, id="an empty link"),
        pytest.param({}, {"items": [{"total": 90, "next": "x"}]}, id="an entry's own fields"),
        pytest.param({}, {"a": {"b": {"c": {"total": 9}}}}, id="deep"),
        pytest.param({}, "text", id="text"),
    ],
)
def test_a_listing_that_tells_of_no_more_is_whole(
    headers: dict[str, str], document: object
) -> None:
    """What two entries say of themselves is nothing that the list says."""
    assert not is_part(headers, document, 2)


def test_what_a_part_does_not_show_is_kept(dead: Dead, sweeping: Sweeping) -> None:
    """INVARIANT: without a look at the rest nobody can say that nothing came of it."""
    whole = Answer(200, [{"id": 1, "note": mark(1)}], headers={"x-total-count": "50"})
    sweeping.api.planned["GET /rooms"] = [whole]
    sweeping.api.add("room", "1")
    dead.leave(
        lambda log: log.intend("room", mark(1)),
        lambda log: log.intend("room", mark(2)),
        kinds=(replace(ROOM, list_by_tag="GET /rooms"),),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert [one.id for one in report.removed] == ["1"]
    (kept,) = report.kept
    assert (kept.tag, kept.reason) == (
        mark(2),
        "it cannot be found: the list has more pages than one; let list_by_tag filter by the mark",
    )
    assert report.not_applied == ()
