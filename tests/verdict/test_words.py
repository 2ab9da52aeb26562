"""Words: what a failure and a run say, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.core.attempt import Wait
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.verdict.words import (
    Frame,
    Scene,
    complaint,
    duration,
    failure_text,
    headline,
    said,
    sentence,
)
from tests.verdict.answers import answered, lost

TYPE = Violation("body.schema", "$.total", '"90.00"', "number", "float_type", "OrderOut")
MISSING = Violation("body.schema", "$.items[2].sku", "missing", "required", "missing", "OrderOut")
DRIFT = Finding(
    verdict=Verdict.DRIFT,
    code="body.schema",
    message='$.total is "90.00", want number',
    violations=(TYPE, MISSING),
    evidence=("a whole answer came over HTTP/1.1", "replayed 3 times, the same each time"),
)


class TestHeadline:
    """One line that survives every list that a failure is shown in."""

    def test_it_has_verdict_code_fact_and_count(self) -> None:
        """In this order, as the end may be cut off elsewhere."""
        assert headline(DRIFT) == 'DRIFT body.schema: $.total is "90.00", want number (+1)'

    def test_a_verdict_of_two_words_is_written_as_two(self) -> None:
        """Nobody reads underscores."""
        finding = Finding(Verdict.TEST_BUG, "test.exception", "KeyError: 'id'")

        assert headline(finding) == "TEST BUG test.exception: KeyError: 'id'"

    def test_the_fact_is_cut_and_the_count_kept(self) -> None:
        """How much more there is matters more than the end of a long fact."""
        finding = Finding(Verdict.DEFECT, "value", "x" * 200, violations=(TYPE,) * 12)

        line = headline(finding)

        assert len(line) == 100
        assert line.endswith("x… (+11)")

    @given(st.text(), st.integers(0, 200))
    def test_it_is_one_line_of_at_most_100_characters(self, message: str, count: int) -> None:
        """INVARIANT: whatever the fact, and however many of them."""
        finding = Finding(Verdict.INCONCLUSIVE, "net.refused", message, violations=(TYPE,) * count)

        assert len(headline(finding)) <= 100
        assert len(headline(finding).splitlines()) == 1

    def test_nothing_in_it_steers_a_terminal(self) -> None:
        """INVARIANT: what an API answered sets no title, no colour, no link and no direction."""
        finding = Finding(Verdict.DEFECT, "value", "\x1b[31mred\x1b]8;;http://h\x07 \u202eabc\x9b")

        told = r"DEFECT value: \x1b[31mred\x1b]8;;http://h\x07 \u202eabc\x9b"
        assert headline(finding) == told

    def test_the_mask_comes_before_the_cut(self) -> None:
        """INVARIANT: half a secret would pass any mask."""
        finding = Finding(Verdict.DEFECT, "value", "y" * 70 + "s3cret" * 10)

        assert "s3cret" not in headline(finding, mask=lambda text: text.replace("s3cret" * 10, "*"))


class TestFailureText:
    """The whole story of a finding."""

    @given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "L"])))
    def test_it_steers_no_terminal(self, text: str) -> None:
        """INVARIANT: neither by a value nor by a fact, and the author's own tabs stay."""
        breach = Violation("body.schema", text, text, text, "rule", text)
        finding = Finding(
            Verdict.DRIFT, "body.schema", text, violations=(breach,), evidence=(text,)
        )
        frame = Frame("t.py", 1, ((1, f"\tassert {text}"),))

        told = failure_text(finding, Scene(frame=frame, replay=[text], report=text))

        assert told.replace("\n", "").replace("\t", "").isprintable()
        assert "\tassert" in told

    def test_it_tells_everything_in_its_place(self) -> None:
        """Request, breaches, the author's line, facts, replay, ids, and where to read on."""
        scene = Scene(
            attempt=answered(201, method="POST", url="https://h/v1/orders?dry=1", elapsed=0.084),
            attempts=2,
            environment="staging",
            build="7f3c1e2",
            frame=Frame(
                path="tests/test_orders.py",
                line=42,
                lines=((41, "order = api.post(...)"), (42, "expect(order, 201, OrderOut)")),
                caret=(0, 6),
            ),
            replay=("curl https://h", "pytest tests/test_orders.py --rh-seed=7"),
            report="report.html#t=3f9c",
        )

        assert failure_text(DRIFT, scene).splitlines() == [
            'DRIFT body.schema: $.total is "90.00", want number (+1)',
            "",
            "  POST /v1/orders?dry=1 -> 201 in 84 ms       attempt 1 of 2, staging, build 7f3c1e2",
            "  contract  OrderOut                          2 violations",
            '      $.total         "90.00"  want number  (float_type)',
            "      $.items[2].sku  missing  required  (missing)",
            "  tests/test_orders.py:42",
            "   41 | order = api.post(...)",
            " > 42 | expect(order, 201, OrderOut)",
            "      | ^^^^^^",
            "  why red   a whole answer came over HTTP/1.1",
            "            replayed 3 times, the same each time",
            "  sure      certain: one whole answer of the API's own is proof",
            "  replay    curl https://h",
            "            pytest tests/test_orders.py --rh-seed=7",
            (
                "  evidence  report.html#t=3f9c  trace 4bf92f3577b34da6a3ce929d0e0e4736"
                "  attempt 00f067aa0ba902b7"
            ),
            "  explain   redhanded explain body.schema",
        ]

    @pytest.mark.parametrize(
        "verdict, confidence, told",
        [
            (Verdict.DEFECT, "near certain: by chance 1 in 3432", "near certain: by chance"),
            (Verdict.DEFECT, "", "certain: one whole answer"),
            (Verdict.SLOW, "", "high: the time was the server's"),
            (Verdict.INCONCLUSIVE, "", "not judged"),
        ],
    )
    def test_every_verdict_says_how_sure_it_is(
        self, verdict: Verdict, confidence: str, told: str
    ) -> None:
        """In words, not in numbers alone."""
        finding = Finding(verdict, "http.gateway", "answered 502", confidence=confidence)

        assert f"  sure      {told}" in failure_text(finding)

    def test_without_a_scene_only_the_finding_speaks(self) -> None:
        """A mistake of the test has no request."""
        finding = Finding(Verdict.TEST_BUG, "test.usage", "write 200")

        assert failure_text(finding) == (
            "TEST BUG test.usage: write 200\n\n  explain   redhanded explain test.usage"
        )

    def test_no_answer_is_told_by_its_phase_and_our_wait(self) -> None:
        """Inconclusive is told as loudly, and never as red."""
        finding = Finding(Verdict.INCONCLUSIVE, "net.refused", "GET /: refused", evidence=("fact",))
        attempt = lost(elapsed=1.5, number=3, wait=Wait(0.05, "retry"))

        text = failure_text(finding, Scene(attempt=attempt, attempts=3))

        assert "-> no answer (phase connect) in 1.50 s" in text
        assert "attempt 3 of 3, after 50 ms" in text
        assert "  why       fact" in text

    def test_at_most_ten_breaches_are_shown(self) -> None:
        """The rest is counted."""
        many = tuple(
            Violation("body.schema", f"$[{number}]", "1", "string") for number in range(13)
        )

        lines = failure_text(
            Finding(Verdict.DRIFT, "body.schema", "x", violations=many)
        ).splitlines()

        assert "13 violations" in lines[2]
        assert lines[3] == "      $[0]  1  want string"
        assert lines[13] == "      + 3 more"

    def test_a_frame_without_its_lines_is_still_a_place(self) -> None:
        """The source may be gone by the time it is told."""
        text = failure_text(DRIFT, Scene(frame=Frame(path="t.py", line=3)))

        assert "\n  t.py:3\n" in text

    def test_an_exception_tells_less(self) -> None:
        """A traceback stands around it, and the evidence in a section of its own."""
        text = complaint(DRIFT, Scene(attempt=answered(201)))

        assert "contract  OrderOut" in text
        assert "explain" not in text
        assert text.splitlines()[0] == headline(DRIFT)

    def test_everything_is_masked(self) -> None:
        """INVARIANT: no line escapes the mask."""
        secret = "s3cret"
        finding = Finding(
            Verdict.DEFECT,
            "value",
            secret,
            violations=(Violation("value", f"$.{secret}", secret, secret, secret, secret),),
            evidence=(secret,),
        )
        scene = Scene(
            attempt=answered(url=f"https://h/{secret}", trace_id=secret),
            environment=secret,
            build=secret,
            frame=Frame(path=secret, line=1, lines=((1, secret),)),
            replay=(secret,),
            report=secret,
        )

        assert secret not in failure_text(finding, scene, mask=lambda t: t.replace(secret, "*"))


@pytest.mark.parametrize(
    "violation, clause",
    [
        pytest.param(TYPE, '$.total is "90.00", want number', id="place"),
        pytest.param(MISSING, "$.items[2].sku is missing", id="missing"),
        pytest.param(Violation("status", "status", "404", "200"), "404, want 200", id="status"),
        pytest.param(
            Violation("latency.ceiling", "latency", "2.00 s", "at most 1.00 s"),
            "2.00 s, want at most 1.00 s",
            id="latency",
        ),
        pytest.param(
            Violation("body.schema", "$.access_token", '"abcdef"', "integer"),
            "$.access_token is masked (8 characters), want integer",
            id="secret name",
        ),
        pytest.param(
            Violation("header.value", "headers.set-cookie", '"sid=1"', "absent"),
            "headers.set-cookie is masked (7 characters), want absent",
            id="secret header",
        ),
        pytest.param(
            Violation("header.missing", "headers.authorization", "missing", "required"),
            "headers.authorization is missing",
            id="a missing secret is none",
        ),
    ],
)
def test_a_violation_is_a_clause(violation: Violation, clause: str) -> None:
    """Where, what stands there, what should; and never a secret."""
    assert said(violation) == clause


@pytest.mark.parametrize(
    "counts, told",
    [
        pytest.param({}, "Nothing was judged: no test ran.", id="nothing"),
        pytest.param({Verdict.PASS: 1}, "Green: 1 test held.", id="one"),
        pytest.param({Verdict.PASS: 40}, "Green: all 40 tests held.", id="all"),
        pytest.param(
            {Verdict.PASS: 38, Verdict.RECOVERED: 2},
            "Green: all 40 tests held, 2 of them recovered from weather.",
            id="recovered",
        ),
        pytest.param(
            {Verdict.PASS: 37, Verdict.INCONCLUSIVE: 3},
            "Not judged: 3 of 40 tests kept from judging by the environment; 37 of 40 tests held.",
            id="inconclusive",
        ),
        pytest.param(
            {Verdict.DEFECT: 2, Verdict.DRIFT: 1, Verdict.PASS: 37},
            "Red: 2 defects and 1 drift; 37 of 40 tests held.",
            id="red",
        ),
        pytest.param(
            {
                Verdict.DEFECT: 1,
                Verdict.SLOW: 2,
                Verdict.TEST_BUG: 1,
                Verdict.INCONCLUSIVE: 3,
                Verdict.PASS: 0,
            },
            "Red: 1 defect, 2 slow and 1 test bug, 3 kept from judging; 0 of 7 tests held.",
            id="everything",
        ),
    ],
)
def test_a_run_is_one_sentence(counts: dict[Verdict, int], told: str) -> None:
    """Red wins over what was not judged, and that over green."""
    assert sentence(counts) == told


def test_a_finding_on_the_run_is_red_where_no_test_was_judged() -> None:
    """Skipped and quarantined tests count for nothing, and take nothing away either."""
    told = "Red: 1 finding on the run as a whole; 0 tests held."

    assert sentence({}, beside=1) == told


@pytest.mark.parametrize(
    "counts, beside, told",
    [
        pytest.param(
            {Verdict.PASS: 12},
            1,
            "Red: 1 finding on the run as a whole; all 12 tests held.",
            id="alone",
        ),
        pytest.param(
            {Verdict.SLOW: 1, Verdict.INCONCLUSIVE: 2, Verdict.PASS: 9},
            2,
            "Red: 1 slow and 2 findings on the run as a whole, 2 kept from judging;"
            " 9 of 12 tests held.",
            id="beside-others",
        ),
    ],
)
def test_a_finding_on_the_run_is_no_test(
    counts: dict[Verdict, int], beside: int, told: str
) -> None:
    """It makes the run red, and all tests may have held."""
    assert sentence(counts, beside) == told


@pytest.mark.parametrize(
    "seconds, told", [(0.0004, "0 ms"), (0.084, "84 ms"), (1.0, "1.00 s"), (61.5, "61.50 s")]
)
def test_a_time_is_told_in_the_unit_that_suits_it(seconds: float, told: str) -> None:
    """Nobody counts a minute in milliseconds."""
    assert duration(seconds) == told
