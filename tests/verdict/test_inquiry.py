"""The record of a diagnosis: each question once, in order, with its newest answer."""

from __future__ import annotations

from redhanded.verdict.inquiry import Answer, Inquiry
from tests.verdict.arms import own


def test_questions_keep_their_order_and_their_newest_answer() -> None:
    """INVARIANT: put again, a question stays where it was and keeps what was sent for it."""
    inquiry = Inquiry()
    inquiry.note("a1", "well?", "yes", "api", [own(id="c1")])
    inquiry.note("a1", "again?", "yes", "api", [own(id="t1"), None])
    inquiry.note("a1", "well?", "no", "environment", [own(id="c2")])

    assert inquiry.times("a1", "well?") == 2
    assert inquiry.take() == (
        Answer("a1", "well?", "no", "environment", ("c1", "c2")),
        Answer("a1", "again?", "yes", "api", ("t1",)),
    )


def test_one_question_is_put_for_each_attempt() -> None:
    """Two calls of a test may fail for two reasons."""
    inquiry = Inquiry()
    for about in ("a1", "a2"):
        inquiry.note(about, "well?", f"yes, for {about}")
    assert [(one.attempt_id, one.answer) for one in inquiry.take()] == [
        ("a1", "yes, for a1"),
        ("a2", "yes, for a2"),
    ]


def test_what_was_taken_is_forgotten() -> None:
    """Each phase of a test is told of by its own questions."""
    inquiry = Inquiry()
    inquiry.note("a1", "well?", "yes", asked=[own(id="c1")])
    inquiry.take()
    assert (inquiry.take(), inquiry.times("a1", "well?")) == ((), 0)
