from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from redhanded.pipeline.observe import Observe
from redhanded.pipeline.retry_after import Told, told_pause
from tests.pipeline.driving import FakeClock, at_wire, drive, open_call, request, unread

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def told(**fields: str) -> Told:
    """What these fields ask for; their names are written with underscores."""
    return told_pause(
        httpx2.Headers({name.replace("_", "-"): value for name, value in fields.items()})
    )


@pytest.mark.parametrize(
    "value, seconds",
    [
        pytest.param("120", 120.0, id="two minutes"),
        pytest.param("0", 0.0, id="at once"),
        pytest.param("007", 7.0, id="zeros before"),
        pytest.param("  5\t", 5.0, id="blanks around"),
        pytest.param("9" * 18, float("9" * 18), id="longer than the world stands"),
    ],
)
def test_a_number_is_seconds(value: str, seconds: float) -> None:
    """RFC 9110, section 10.2.3: a number needs no Date."""
    assert told(retry_after=value) == Told(seconds)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("Sun, 06 Nov 1994 08:49:57 GMT", id="IMF-fixdate"),
        pytest.param("Sunday, 06-Nov-94 08:49:57 GMT", id="RFC 850"),
        pytest.param("Sun Nov  6 08:49:57 1994", id="asctime"),
        pytest.param("Sun, 06 Nov 1994 09:49:57 +0100", id="another zone"),
    ],
)
@pytest.mark.parametrize(
    "date",
    [
        pytest.param(DATE, id="against IMF-fixdate"),
        pytest.param("Sunday, 06-Nov-94 08:49:37 GMT", id="against RFC 850"),
        pytest.param("Sun Nov  6 08:49:37 1994", id="against asctime"),
    ],
)
def test_a_date_is_read_against_the_date_of_the_answer(value: str, date: str) -> None:
    """All three forms of RFC 9110, section 5.6.7, may stand on either side."""
    assert told(retry_after=value, date=date) == Told(20.0)


@pytest.mark.parametrize("hours", [-1, 0, 1], ids=["behind", "right", "ahead"])
def test_the_local_clock_has_no_say(hours: int) -> None:
    """INVARIANT: a machine whose clock is an hour off waits as long as any other."""
    theirs = datetime.now(UTC) + timedelta(hours=hours)
    at = theirs + timedelta(seconds=30)

    found = told(
        retry_after=format_datetime(at, usegmt=True), date=format_datetime(theirs, usegmt=True)
    )

    assert found == Told(30.0)


def test_a_date_that_has_passed_asks_for_no_pause() -> None:
    """A pause is never negative."""
    assert told(retry_after="Sun, 06 Nov 1994 08:00:00 GMT", date=DATE) == Told(0.0)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("-5", id="negative"),
        pytest.param("1.5", id="a fraction"),
        pytest.param("", id="nothing"),
        pytest.param("soon", id="a word"),
        pytest.param("9" * 19, id="beyond 18 digits"),
        pytest.param("12, 13", id="two of them"),
        pytest.param("06 Nov", id="half a date"),
        pytest.param("Sun, 99 Nov 1994 08:49:37 GMT", id="a day that is none"),
        pytest.param("Sun, 06 Nov 1994 25:00:00 GMT", id="an hour that is none"),
        pytest.param("Thu, 01 Jan 99999 00:00:00 GMT", id="a year that is none"),
        pytest.param("Sun, 06 Nov 1994 08:49:57 +99999999999", id="a zone that is none"),
        pytest.param("1994-11-06T08:49:57Z", id="a date of another standard"),
        pytest.param("\xb2", id="a digit that is none"),
    ],
)
def test_garbage_is_ignored_and_named(value: str) -> None:
    """What cannot be read asks for nothing, and the answer's note quotes it."""
    found = told_pause(
        httpx2.Headers([(b"retry-after", value.encode("latin-1")), (b"date", DATE.encode())])
    )

    assert found == Told(None, f"Retry-After is neither seconds nor a date: {value!r}")


def test_only_the_beginning_of_garbage_is_quoted() -> None:
    """A server cannot fill the evidence with its header."""
    assert told(retry_after="x" * 5_000).complaint.endswith(f": '{'x' * 40}'")


@pytest.mark.parametrize("date", [{}, {"date": "soon"}], ids=["no Date", "a Date that is none"])
def test_a_date_without_a_date_to_read_it_against_asks_for_nothing(date: dict[str, str]) -> None:
    """INVARIANT: the local clock does not step in for the server's."""
    found = told(retry_after=DATE, **date)

    assert found.seconds is None
    assert "has no Date" in found.complaint


@pytest.mark.parametrize(
    "value, seconds",
    [
        pytest.param('"default";r=0;t=30', 30.0, id="used up"),
        pytest.param('"a";r=0;t=5, "b";r=0;t=30', 30.0, id="the longest of two"),
        pytest.param('"a";r=0;t=5, "b";r=9;t=30', 5.0, id="of the two, the one used up"),
        pytest.param('"a,b";r=0;t=5', 5.0, id="a comma in the name"),
        pytest.param('"a";pk=:dGVzdA==:;r=0;t=7', 7.0, id="a partition key"),
        pytest.param('"a";t=30', 30.0, id="only the time"),
        pytest.param("limit=100, remaining=0, reset=30", 30.0, id="the old form, used up"),
        pytest.param("limit=100, Remaining=0, Reset=30", 30.0, id="capitals"),
        pytest.param("limit=100, remaining=5, reset=30", None, id="the old form, some left"),
        pytest.param('"a";r=3;t=5', None, id="some left"),
        pytest.param('"a";r=0', None, id="no time"),
        pytest.param('"a";start=5', None, id="a parameter that ends in t"),
        pytest.param("100", None, id="a bare number"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_ratelimit_names_the_time_to_the_reset_of_a_quota_used_up(
    value: str, seconds: float | None
) -> None:
    """A quota of which something is left is no reason to wait."""
    assert told(ratelimit=value) == Told(seconds)


@pytest.mark.parametrize("name", ["ratelimit_reset", "x_ratelimit_reset"])
@pytest.mark.parametrize(
    "value, seconds",
    [
        pytest.param("30", 30.0, id="seconds"),
        pytest.param(str(1_700_000_060), 60.0, id="a date in seconds"),
        pytest.param(str(1_699_999_000), 0.0, id="a date that has passed"),
        pytest.param("-1", None, id="negative"),
        pytest.param("soon", None, id="a word"),
    ],
)
def test_the_older_fields_name_a_reset(name: str, value: str, seconds: float | None) -> None:
    """A number that can only be a date is read against the answer's Date."""
    date = format_datetime(datetime.fromtimestamp(1_700_000_000, UTC), usegmt=True)

    assert told(**{name: value, "date": date}) == Told(seconds)


def test_a_reset_that_is_a_date_needs_a_date() -> None:
    """INVARIANT: the local clock does not step in here either."""
    assert told(x_ratelimit_reset="1700000060") == Told(None)


@pytest.mark.parametrize(
    "fields, seconds",
    [
        pytest.param({"retry_after": "5", "ratelimit": '"a";r=0;t=9'}, 5.0, id="Retry-After"),
        pytest.param({"ratelimit": '"a";r=0;t=9', "ratelimit_reset": "7"}, 9.0, id="RateLimit"),
        pytest.param({"ratelimit": '"a";r=1;t=9', "ratelimit_reset": "7"}, 7.0, id="the reset"),
        pytest.param({"ratelimit_reset": "x", "x_ratelimit_reset": "3"}, 3.0, id="the older reset"),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_clearest_field_comes_first(fields: dict[str, str], seconds: float | None) -> None:
    """Retry-After, else RateLimit, else the fields of old."""
    assert told(**fields) == Told(seconds)


def test_garbage_leaves_the_word_to_the_next_field() -> None:
    """It is ignored, not taken for an answer, and still named."""
    found = told(retry_after="soon", ratelimit='"a";r=0;t=9')

    assert found.seconds == 9.0
    assert "'soon'" in found.complaint


@pytest.mark.parametrize(
    "headers, row",
    [
        pytest.param([("Retry-After", "3")], "unavailable_told", id="told"),
        pytest.param([], "unavailable", id="not told"),
        pytest.param([("Retry-After", "soon")], "unavailable", id="told in garbage"),
        pytest.param([("RateLimit", '"a";r=0;t=9')], "unavailable", id="a quota"),
        pytest.param(
            [("Retry-After", "x"), ("RateLimit", '"a";r=0;t=9')], "unavailable", id="both"
        ),
    ],
)
def test_a_503_is_told_by_retry_after_alone(headers: list[tuple[str, str]], row: str) -> None:
    """Rows 22 and 23 differ in that header, where it can be read."""
    clock, asked = FakeClock(), request()
    call = open_call(asked, clock=clock)

    drive(Observe(clock)(asked, at_wire), [unread(503, b"", headers)])

    assert call.row == row


@pytest.mark.parametrize(
    "headers, hold",
    [
        pytest.param([("Retry-After", "3")], 3.0, id="asked"),
        pytest.param([("Retry-After", "soon")], 0.0, id="asked in garbage"),
        pytest.param([("X-RateLimit-Reset", "3600")], 0.0, id="a quota that resets later"),
        pytest.param([], 0.0, id="not asked"),
    ],
)
def test_a_redirect_is_held_by_retry_after_alone(
    headers: list[tuple[str, str]], hold: float
) -> None:
    """A server that names its quota on every answer does not ask us to wait."""
    clock, asked = FakeClock(), request()
    call = open_call(asked, clock=clock)

    drive(Observe(clock)(asked, at_wire), [unread(302, b"", [("Location", "/"), *headers])])

    assert (call.row, call.hold) == ("redirect", hold)
