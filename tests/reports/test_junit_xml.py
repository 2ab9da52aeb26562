"""JUnit XML: valid, one testcase a test, and never larger than CI systems take it."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from redhanded.reports.junit_xml import MESSAGE, CaseElement, Document, address, fitted, share, xml
from redhanded.reports.rounds import Lost
from tests.reports.junit_file import JunitFile

HOSTILE = "a\x00b\x1b[1m<&>\"'\r\n\t\ud800\ufffe\U0001f600]]>é"


def document(*cases: CaseElement, **properties: str) -> Document:
    """A run of these tests."""
    return Document(
        began=1.5, seconds=2.0, cases=cases, properties=properties, whole_at="see there"
    )


def read(*cases: CaseElement, limit: int | None = None) -> JunitFile:
    """The file of a run of these tests, as a CI system reads it."""
    made = document(*cases)
    return JunitFile.parse("".join(xml(made) if limit is None else xml(made, limit=limit)))


def failed(test_id: str = "test_a.py::test_b", **fields: object) -> CaseElement:
    """A test that ended with a defect."""
    told: dict[str, object] = {"outcome": "failure", "kind": "defect", "message": "m", "text": "t"}
    return CaseElement(test_id=test_id, seconds=0.25, **(told | fields))  # type: ignore[arg-type]


def test_a_passed_test_is_a_bare_testcase() -> None:
    """Class, name and seconds, and nothing that a reader could take for a failure."""
    file = read(CaseElement(test_id="tests/test_a.py::TestB::test_c[x]", seconds=1.23456))

    (case,) = file.cases.values()
    assert case.attrib == {"classname": "tests.test_a.TestB", "name": "test_c[x]", "time": "1.235"}
    assert list(case) == []


def test_a_failure_tells_its_type_its_line_and_its_story() -> None:
    """The verdict is the type, so that a reader can tell defects from drift."""
    file = read(failed(kind="drift", message="DRIFT x", text="the story"))

    assert file.told("test_a::test_b") == [("failure", "drift", "DRIFT x")]
    assert file.cases["test_a::test_b"].findtext("failure") == "the story"


@pytest.mark.parametrize(
    "outcome, tag",
    [
        pytest.param("passed", "flakyError", id="held"),
        pytest.param("error", "rerunError", id="not-held"),
    ],
)
def test_what_was_lost_is_told_beside_how_the_test_ended(outcome: str, tag: str) -> None:
    """Readers that know `flakyError` count the test as passed and as flaky."""
    case = failed(outcome=outcome, lost=[Lost("net.reset", "reset", "GET /"), Lost("net.dns", "x")])

    file = read(case)

    lost = [told for told in file.told("test_a::test_b") if told[0] == tag]
    assert lost == [(tag, "net.reset", "reset"), (tag, "net.dns", "x")]
    assert file.cases["test_a::test_b"].findtext(f"{tag}/stackTrace") == "GET /"


def test_the_run_is_told_in_properties_and_times() -> None:
    """A reader finds the run's evidence by its id, and the time in UTC."""
    (pieces,) = ["".join(xml(document(**{"redhanded.run_id": "17"})))]

    file = JunitFile.parse(pieces)

    assert file.properties == {"redhanded.run_id": "17"}
    assert file.suite.get("timestamp") == "1970-01-01T00:00:01.500+00:00"
    assert file.suite.get("time") == "2.000"


def test_any_text_is_valid_xml() -> None:
    """INVARIANT: a hostile answer cannot break the file; what XML cannot hold is named."""
    case = failed(
        test_id=f"test_a.py::test_b[{HOSTILE}]",
        message=HOSTILE,
        text=HOSTILE,
        output=HOSTILE,
        lost=[Lost(HOSTILE, HOSTILE, HOSTILE)],
    )
    shown = HOSTILE.replace("\x00", "#x00").replace("\x1b", "#x1B")
    shown = shown.replace("\ud800", "#xD800").replace("\ufffe", "#xFFFE")

    file = read(case)

    ((name, element),) = file.cases.items()
    assert name == f"test_a::test_b[{shown}]"
    assert element.findtext("failure") == element.findtext("system-out") == shown
    assert file.told(name) == [("failure", "defect", shown), ("rerunError", shown, shown)]


def test_messages_are_cut_to_what_readers_show() -> None:
    """The story below holds the whole."""
    file = read(failed(message="x" * 900, lost=[Lost("net.reset", "y" * 900)]))

    messages = [message for _, _, message in file.told("test_a::test_b")]
    assert [len(message) for message in messages] == [MESSAGE, MESSAGE]
    assert messages[0].endswith("…")


def test_equal_names_are_told_apart() -> None:
    """INVARIANT: no test hides another; GitLab shows the first of those that go by one name."""
    ids = [
        "a.py::t",
        "a.py::t (2)",
        "a.py::t",
        "a.py::t",
        "a.py::" + "x" * 2000,
        "a.py::" + "x" * 2001,
    ]

    file = read(*(CaseElement(test_id=test_id, seconds=0) for test_id in ids))

    assert len(file.cases) == len(ids)
    assert [*file.cases][:4] == ["a::t", "a::t (2)", "a::t (3)", "a::t (4)"]


@pytest.mark.parametrize(
    "test_id, expected",
    [
        pytest.param("a/test_b.py::test_c", ("a.test_b", "test_c"), id="function"),
        pytest.param("test_b.py::C::D::test_e", ("test_b.C.D", "test_e"), id="classes"),
        pytest.param("b.py::t[x::y/z.py]", ("b", "t[x::y/z.py]"), id="parameters"),
        pytest.param("a/test_b.py", ("", "a/test_b.py"), id="module"),
        pytest.param("README.md::README.md", ("README.md", "README.md"), id="no-python"),
    ],
)
def test_a_test_is_addressed_as_in_pytests_own_file(
    test_id: str, expected: tuple[str, str]
) -> None:
    """Histories of CI systems go on when a project changes from one file to the other."""
    assert address(test_id) == expected


@pytest.mark.parametrize(
    "sizes, room, most",
    [
        pytest.param([5, 1, 3], 9, 5, id="all-fit"),
        pytest.param([100, 1, 100], 21, 10, id="the-longest-give"),
        pytest.param([8, 8], 0, 0, id="no-room"),
        pytest.param([8, 8], -5, 0, id="less-than-none"),
        pytest.param([], 10, 0, id="nothing"),
    ],
)
def test_room_is_shared_so_that_short_texts_stay_whole(
    sizes: list[int], room: int, most: int
) -> None:
    """Only the longest are cut, all to the same length."""
    assert share(sizes, room) == most


@pytest.mark.parametrize("most", range(0, 120, 2))
def test_a_text_that_is_cut_says_so_and_stays_valid(most: int) -> None:
    """Whatever the room, no escape is torn and no limit passed."""
    shown = fitted("é<&>" * 100, most, "see there")

    assert len(shown.encode()) <= most
    assert not shown or shown.endswith("[cut here: 1500 bytes in all; see there]")
    kept = fromstring(f"<text>{shown}</text>").text or ""  # noqa: S314  we wrote it ourselves
    assert ("é<&>" * 100).startswith(kept.partition("\n")[0])


def test_a_large_run_stays_below_the_limit_and_says_what_is_left_out() -> None:
    """Each of many stories loses its end; none is left out as a whole, nor is a test."""
    cases = [failed(f"a.py::t{n}", text="<" * 3_000, output="é" * 20) for n in range(100)]

    text = "".join(xml(document(*cases), limit=100_000))

    file = JunitFile.parse(text)
    assert 60_000 < len(text.encode()) < 100_000
    assert len(file.cases) == 100
    assert file.properties["redhanded.cut"].startswith("100 texts are cut to ")
    assert file.properties["redhanded.cut"].endswith("below 100000 bytes; see there")
    assert file.output("a::t7") == ["é" * 20]
