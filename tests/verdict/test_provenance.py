"""Provenance: whose answer it was."""

from __future__ import annotations

import pytest

from redhanded.core.attempt import Attempt
from redhanded.verdict.provenance import (
    build_of,
    foreign_sign,
    is_own,
    is_stranger,
    speaks_json,
    stranger_sign,
)
from tests.verdict.answers import answered
from tests.verdict.arms import own

JSON = (b"Content-Type", b"application/json")
PAGE = (b"Content-Type", b"text/html; charset=utf-8")
OWN = [own(id=str(number)) for number in range(3)]
PLAIN = [
    answered(id=str(number), raw_response_headers=(JSON, (b"Server", b"shop")))
    for number in range(3)
]


def with_headers(*headers: tuple[bytes, bytes], status: int = 200) -> Attempt:
    """An answer with these headers."""
    return answered(status, id="asked", raw_response_headers=headers)


@pytest.mark.parametrize("name", ["X-Build", "x-version", "X-App-Version", "X-BUILD-ID"])
def test_a_build_is_told_by_any_of_its_headers(name: str) -> None:
    """In any case."""
    answer = with_headers((name.encode(), b"7f3c"))

    assert build_of(answer) == "7f3c"
    assert is_own(answer)


def test_an_answer_that_repeats_our_trace_is_the_apis_own() -> None:
    """Nobody else has read it."""
    trace = answered().trace_id

    assert is_own(with_headers((b"X-Trace-Id", trace.encode())))
    assert not is_own(with_headers((b"X-Trace-Id", b"another")))


class TestStampedApis:
    """All known answers carry a stamp."""

    def test_a_page_without_it_is_foreign(self) -> None:
        """INVARIANT: a captive portal answers 200, and not for the API."""
        sign = foreign_sign(with_headers(PAGE), OWN)

        assert sign == "the stamp that 3 other answers carry is missing, and it is a page of HTML"

    def test_an_answer_of_another_server_is_foreign(self) -> None:
        """JSON too, where another Server header names its sender."""
        sign = foreign_sign(with_headers(JSON, (b"Server", b"edge")), OWN)

        assert sign == "it comes from edge, as no other of 3 answers"

    def test_json_of_the_same_server_is_its_own(self) -> None:
        """A header that was lost on one route is a defect, not somebody else."""
        assert foreign_sign(with_headers(JSON, (b"Server", b"lab")), OWN) == ""

    def test_a_stamped_page_is_the_apis_own(self) -> None:
        """JSON sent as text/html is drift."""
        assert foreign_sign(with_headers(PAGE, (b"X-Build", b"7f3c")), OWN) == ""

    def test_no_content_has_no_form(self) -> None:
        """204 from the same server."""
        assert foreign_sign(with_headers((b"Server", b"lab"), status=204), OWN) == ""

    def test_some_foreign_answers_do_not_wash_the_next_one(self) -> None:
        """INVARIANT: one in ten came from elsewhere; the stamp is still the API's own."""
        foreign = with_headers(JSON, (b"Server", b"elsewhere"))

        assert foreign_sign(foreign, [*OWN * 3, foreign])
        assert not foreign_sign(foreign, [*OWN, foreign, foreign])

    def test_who_only_refuses_has_no_say(self) -> None:
        """INVARIANT: an address that leads elsewhere says 404 to all, however often it is asked."""
        refusal = with_headers(JSON, (b"Server", b"elsewhere"), status=404)
        success = with_headers(JSON, (b"Server", b"elsewhere"))

        assert foreign_sign(refusal, [*OWN, *[refusal] * 9])
        assert not foreign_sign(refusal, [*OWN, *[refusal] * 9, success, success])

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_little_is_learned_from_few_answers(self, count: int) -> None:
        """A sign must have been there three times."""
        assert foreign_sign(with_headers(PAGE), OWN[:count]) == ""


class TestUnstampedApis:
    """No answer carries a stamp."""

    def test_a_page_of_another_server_is_foreign(self) -> None:
        """All others are JSON."""
        sign = foreign_sign(with_headers(PAGE, (b"Server", b"edge")), PLAIN)

        assert sign == "it is a page of HTML from edge, where all others are JSON"

    def test_a_page_of_the_same_server_is_its_own(self) -> None:
        """An error page of the framework: red."""
        assert foreign_sign(with_headers(PAGE, (b"Server", b"shop")), PLAIN) == ""

    def test_json_is_its_own_whoever_sends_it(self) -> None:
        """Nothing says otherwise."""
        assert foreign_sign(with_headers(JSON, (b"Server", b"edge")), PLAIN) == ""


@pytest.mark.parametrize(
    "media, speaks",
    [
        (b"application/json", True),
        (b"application/problem+json; charset=utf-8", True),
        (b"text/html", False),
    ],
)
def test_json_is_known_by_its_media_type(media: bytes, speaks: bool) -> None:
    """All of its family."""
    assert speaks_json(with_headers((b"content-type", media))) is speaks


class TestStrangers:
    """Answers without the stamp, from a server that never gave one with it."""

    STRANGER = with_headers(JSON, (b"Server", b"elsewhere"), status=404)

    def test_strangers_do_not_vouch_for_each_other(self) -> None:
        """INVARIANT: at an address that leads elsewhere for a while most answers are strangers'."""
        known = [OWN[0], *[self.STRANGER] * 9]

        assert is_stranger(self.STRANGER, known)
        assert stranger_sign(self.STRANGER, known) == (
            "it comes from elsewhere without the stamp that its route carried before"
        )

    @pytest.mark.parametrize(
        "answer, known",
        [
            (with_headers(JSON, (b"Server", b"lab"), status=404), OWN),
            (with_headers(JSON, (b"X-Build", b"7f3c"), status=404), OWN),
            (STRANGER, PLAIN),
            (STRANGER, []),
        ],
        ids=["of the same server", "with a stamp", "where nobody stamps", "the first of all"],
    )
    def test_nobody_is_a_stranger_without_a_sign(
        self, answer: Attempt, known: list[Attempt]
    ) -> None:
        """INVARIANT: a defect of the API that drops a header stays a defect."""
        assert not is_stranger(answer, known)
        assert stranger_sign(answer, known) == ""

    def test_a_stranger_without_a_name_is_one_too(self) -> None:
        """A missing Server header is another one than those that were seen."""
        assert "no named server" in stranger_sign(with_headers(JSON), OWN)
