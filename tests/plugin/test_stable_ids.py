"""A stable id names a test for history, whatever it is called and wherever it stands."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Ran, Suite

URL = "http://127.0.0.1:9"
WRITE = 'write @pytest.mark.stable_id("booking-create"), with letters, digits and any of - _ . /'


def keys(ran: Ran) -> dict[str, str]:
    """What each test is known by, by its function's name."""
    return {e["test_id"].rpartition("::")[2]: e["key"] for e in ran.of("test_ended")}


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_a_test_is_known_by_its_id(suite: Suite, workers: list[str]) -> None:
    """Each set of parameters is a test of its own; without the marker there is no key."""
    source = """
        import pytest

        @pytest.mark.stable_id("booking-create")
        def test_one():
            pass

        @pytest.mark.stable_id("booking/2.list_all")
        @pytest.mark.parametrize("n, m", [(1, "a"), (2, "b[c]")])
        def test_many(n, m):
            pass

        class TestMore:
            @pytest.mark.stable_id("in-class")
            def test_method(self):
                pass

        def test_plain():
            pass
    """

    ran = suite(source, *workers, base_url=URL)

    assert ran.result.parseoutcomes()["passed"] == 5
    assert keys(ran) == {
        "test_one": "booking-create",
        "test_many[1-a]": "booking/2.list_all[1-a]",
        "test_many[2-b[c]]": "booking/2.list_all[2-b[c]]",
        "test_method": "in-class",
        "test_plain": "",
    }


def test_a_test_is_known_by_its_id_as_soon_as_it_begins(suite: Suite) -> None:
    """What dies with its process is remembered under its own name, too."""
    source = "import pytest\n\n@pytest.mark.stable_id('a')\ndef test_it():\n    pass\n"

    ran = suite(source, base_url=URL)

    assert [event["key"] for event in ran.of("test_started")] == ["a"]


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_an_id_belongs_to_one_test(suite: Suite, workers: list[str]) -> None:
    """Two that claim it are named, both with their places; nothing is merged in silence."""
    source = """
        import pytest

        class Base:
            @pytest.mark.stable_id("mine")
            def test_it(self):
                pass

        class TestOne(Base):
            pass

        class TestTwo(Base):
            pass
    """

    ran = suite(source, *workers, base_url=URL)

    assert ran.ret == 4
    assert (
        "test_suite.py:5: test_suite.py::TestOne::test_it and test_suite.py::TestTwo::test_it "
        "claim the same stable id 'mine': give each an id of its own"
    ) in ran.text
    assert ran.of("test_started") == []
    assert not ran.shows_our_frames


def test_the_same_test_may_be_asked_for_twice(suite: Suite) -> None:
    """It is no other test because it stands on the command line again."""
    source = "import pytest\n\n@pytest.mark.stable_id('a')\ndef test_it():\n    pass\n"
    file = "test_suite.py"

    ran = suite(source, "--keep-duplicates", file, file, base_url=URL)

    ran.result.assert_outcomes(passed=2)
    assert keys(ran) == {"test_it": "a"}


@pytest.mark.parametrize(
    "marker, problem",
    [
        pytest.param("stable_id", "takes one id", id="bare"),
        pytest.param("stable_id()", "takes one id", id="empty-call"),
        pytest.param("stable_id('a', 'b')", "takes one id", id="two"),
        pytest.param("stable_id(id='a')", "takes one id", id="by-name"),
        pytest.param("stable_id('')", "cannot have the id ''", id="empty"),
        pytest.param("stable_id(' a')", "cannot have the id ' a'", id="space"),
        pytest.param("stable_id('a::b')", "cannot have the id 'a::b'", id="node-id"),
        pytest.param("stable_id('a[1]')", "cannot have the id 'a[1]'", id="parameters"),
        pytest.param("stable_id('a\\n')", "cannot have the id 'a\\n'", id="line-end"),
        pytest.param("stable_id('-a')", "cannot have the id '-a'", id="like-an-option"),
        pytest.param("stable_id('a' * 101)", "cannot have the id 'aaaa", id="too-long"),
        pytest.param("stable_id(7)", "cannot have the id 7", id="number"),
    ],
)
def test_an_id_that_cannot_be_meant_stops_the_run(suite: Suite, marker: str, problem: str) -> None:
    """File and line are named, and what to write."""
    ran = suite(f"import pytest\n\n@pytest.mark.{marker}\ndef test_it():\n    pass\n", base_url=URL)

    assert ran.ret == 4
    assert f"test_suite.py:3: the marker stable_id {problem}" in ran.text
    assert WRITE in ran.text


@pytest.mark.parametrize(
    "source, problem",
    [
        pytest.param(
            "@pytest.mark.stable_id('a')\nclass TestIt:\n    def test_it(self):\n        pass\n",
            "belongs to one test, not to a class or a module, whose tests would share it",
            id="class",
        ),
        pytest.param(
            "pytestmark = pytest.mark.stable_id('a')\n\ndef test_it():\n    pass\n",
            "belongs to one test, not to a class or a module, whose tests would share it",
            id="module",
        ),
        pytest.param(
            "@pytest.mark.stable_id('a')\n@pytest.mark.stable_id('b')\ndef test_it():\n    pass\n",
            "can be given to a test once",
            id="twice",
        ),
    ],
)
def test_an_id_is_given_to_one_test_once(suite: Suite, source: str, problem: str) -> None:
    """What many tests would share tells none of them from the others."""
    ran = suite(f"import pytest\n\n{source}", base_url=URL)

    assert ran.ret == 4
    assert f"the marker stable_id {problem}: {WRITE}" in ran.text
