"""Access: whose fault a 401 is."""

from __future__ import annotations

import pytest

from redhanded.core.attempt import Attempt
from redhanded.core.verdicts import Finding, Verdict
from redhanded.verdict.access import LOOKS, loss_of, of_refusal, of_renewal, since_refusal
from redhanded.verdict.arms import Arm, Situation
from tests.verdict.answers import answered, lost
from tests.verdict.arms import HOME, World, own, situation

KEY = ((b"X-API-Key", b"admin-key"),)
OLD = ((b"Authorization", b"Bearer old"),)
NEW = ((b"Authorization", b"Bearer new"),)
FOUND = Finding(Verdict.DEFECT, "http.unauthorised", "401, want 200", "refused")
REFUSED = answered(401, id="refused", raw_request_headers=OLD)
OPENED = own(url=f"{HOME}/users/me", id="opened", raw_request_headers=OLD)


def found(world: World, around: Situation, attempt: Attempt = REFUSED) -> Finding:
    """What the refusal means in that world."""
    return world.finds(of_refusal(FOUND, attempt, around))


class TestRefusals:
    """A 401 where the test expected a success."""

    def test_a_credential_that_is_let_in_a_moment_later_was_valid(self) -> None:
        """INVARIANT: one in five refused: the first look again catches it."""
        finding = found(World(target=[own()]), situation(OPENED))

        assert (finding.verdict, finding.code) == (Verdict.DEFECT, "auth.rejected_valid")

    def test_a_credential_that_is_let_in_elsewhere_leaves_the_route_to_blame(self) -> None:
        """The finding stays what it was, with one more fact."""
        finding = found(World(target=[REFUSED], beside=[own()]), situation(OPENED))

        assert (finding.verdict, finding.code) == (Verdict.DEFECT, "http.unauthorised")
        assert finding.evidence[-1] == (
            "the same credential is let in by GET /users/me (answered 200)"
        )

    def test_a_credential_that_no_route_lets_in_any_more_was_revoked(self) -> None:
        """INVARIANT: even the auth probe gets 401: inconclusive, and says which credential."""
        finding = found(World(target=[REFUSED], beside=[answered(401)]), situation(OPENED))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "auth.revoked")

    def test_the_call_that_cost_the_credential_is_named(self) -> None:
        """The last logout, token reset and the like that carried it."""
        logout = own(
            204, method="POST", url=f"{HOME}/auth/logout", id="out", raw_request_headers=OLD
        )
        world = World(target=[REFUSED], beside=[answered(401)])

        finding = found(world, situation(OPENED, logout))

        assert finding.evidence[-1] == (
            "POST /auth/logout in test_it was the last call of its kind that carried it"
        )

    def test_a_credential_that_never_opened_anything_is_a_matter_of_settings(self) -> None:
        """INVARIANT: a run in which everything is 401 is no test run."""
        finding = found(World(target=[REFUSED]), situation(REFUSED))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "auth.never_worked")

    def test_a_call_without_a_credential_is_the_tests_own_business(self) -> None:
        """INVARIANT: other credentials still open their routes: red."""
        world = World(beside=[own()])

        assert found(world, situation(OPENED), answered(401)) == FOUND
        assert world.counts()[Arm.TARGET] == 0

    def test_a_login_that_is_refused_as_all_others_are_is_not_judged(self) -> None:
        """INVARIANT: every credential was revoked: no fault of the login."""
        login = answered(401, method="POST", url=f"{HOME}/users/login")

        finding = found(World(beside=[answered(401)]), situation(OPENED), login)

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "auth.revoked")

    @pytest.mark.parametrize(
        "own_login, is_excused",
        [
            (answered(401, purpose="auth"), True),
            (answered(403, purpose="auth"), True),
            (own(purpose="auth"), False),
            (answered(401, purpose="probe"), False),
            (None, False),
        ],
    )
    def test_a_login_is_not_judged_where_the_runs_own_is_refused_too(
        self, own_login: Attempt | None, is_excused: bool
    ) -> None:
        """INVARIANT: even the auth probe gets 401: every credential was revoked."""
        world = World(login=[own_login])

        finding = found(world, situation(), answered(401, method="POST"))

        assert finding.code == ("auth.never_worked" if is_excused else FOUND.code)

    def test_a_refusal_that_stands_speaks_for_the_login(self) -> None:
        """INVARIANT: in a later round nobody logs in anew, and the last login is remembered."""
        refused = answered(401, purpose="auth")

        finding = found(World(), situation(refused), answered(401, method="POST"))
        worked = found(World(), situation(refused, own(purpose="auth")), answered(401))

        assert finding.code == "auth.never_worked"
        assert worked == FOUND

    def test_a_refused_write_is_never_repeated(self) -> None:
        """INVARIANT: only another, safe request is asked."""
        write = REFUSED._replace(method="POST")
        world = World(beside=[own()])

        found(world, situation(OPENED), write)

        assert world.counts() == {Arm.TARGET: 0, Arm.INPUT: 1, Arm.CANARY: 0, Arm.LOGIN: 0}

    def test_the_credential_in_question_is_what_the_probe_carries(self) -> None:
        """The route that is known to open is asked with the credential that was refused."""
        world = World(target=[REFUSED._replace(raw_request_headers=NEW)], beside=[own()])

        found(world, situation(OPENED), REFUSED._replace(raw_request_headers=NEW))

        like = world.asked[-1].like
        assert like is not None
        assert like.url == OPENED.url
        assert NEW[0][1] in dict(like.raw_request_headers).values()
        assert OLD[0][1] not in dict(like.raw_request_headers).values()

    def test_keys_of_another_kind_prove_nothing(self) -> None:
        """What an API key opened says nothing about a token."""
        by_key = OPENED._replace(raw_request_headers=KEY)

        assert found(World(target=[REFUSED]), situation(by_key)).code == "auth.never_worked"

    def test_a_spent_budget_leaves_the_finding(self) -> None:
        """No fact, no excuse."""
        assert found(World(target=[None], beside=[None]), situation(OPENED)) == FOUND


class TestRenewals:
    """A 401 that a fresh token put right."""

    RENEWED = own(id="again", number=2, raw_request_headers=NEW)

    def of(self, world: World, refused: Attempt = REFUSED, *seen: Attempt) -> Finding | None:
        """What the renewal means."""
        return world.finds(of_renewal([refused, self.RENEWED], situation(*seen)))

    def test_an_expired_token_is_no_finding(self) -> None:
        """INVARIANT: the old one stays refused: it had expired."""
        world = World(beside=[REFUSED])

        assert self.of(world) is None
        assert world.counts()[Arm.INPUT] == LOOKS

    @pytest.mark.parametrize("refusals", range(LOOKS))
    def test_a_valid_token_that_was_refused_is_a_defect(self, refusals: int) -> None:
        """INVARIANT: a fresh token does not wash the refusal of a valid one green."""
        finding = self.of(World(beside=[*[REFUSED] * refusals, own()]))

        assert finding is not None
        assert (finding.verdict, finding.code) == (Verdict.DEFECT, "auth.rejected_valid")
        assert finding.attempt_id == "refused"

    def test_a_write_is_not_repeated_with_the_old_token(self) -> None:
        """INVARIANT: another route that the new token opened is asked with the old one."""
        write = REFUSED._replace(method="POST")
        opened = OPENED._replace(raw_request_headers=NEW)
        world = World(beside=[own()])

        finding = self.of(world, write, opened)

        assert finding is not None
        assert world.asked[0].like is not None
        assert world.asked[0].like.method == "GET"

    def test_nothing_can_be_said_without_a_safe_request(self) -> None:
        """A write alone, in a run that has read nothing yet."""
        world = World(beside=[own()])

        assert self.of(world, REFUSED._replace(method="POST")) is None
        assert world.asked == []

    def test_weather_is_no_refusal(self) -> None:
        """INVARIANT: what comes in place of an answer says nothing of the credential."""
        storm = [lost("refused"), answered(503), lost("closed_fresh")]

        assert self.of(World(beside=[*storm, REFUSED, own()])) is not None

    def test_weather_without_an_end_ends_the_look(self) -> None:
        """No whole answer, no fact."""
        world = World(beside=[lost("refused")])

        assert self.of(world) is None
        assert world.counts()[Arm.INPUT] == 2 * LOOKS

    def test_the_same_credential_again_was_no_renewal(self) -> None:
        """An API key does not change: the test itself judges."""
        world = World(beside=[own()])
        refused = REFUSED._replace(raw_request_headers=NEW)

        assert self.of(world, refused) is None
        assert world.asked == []


@pytest.mark.parametrize(
    "rows, length",
    [
        pytest.param(["unauthorised", ""], 2, id="at-first"),
        pytest.param(["unavailable", "unauthorised", ""], 2, id="after-weather"),
        pytest.param(["unauthorised", "closed_fresh", ""], 3, id="before-weather"),
        pytest.param(["unauthorised", "unauthorised"], 2, id="twice"),
        pytest.param(["unavailable", "unauthorised"], 0, id="at-last"),
        pytest.param([""], 0, id="none"),
    ],
)
def test_a_refusal_is_found_wherever_it_stands(rows: list[str], length: int) -> None:
    """INVARIANT: weather before it hides no refusal."""
    attempts = [own(row=row) for row in rows]

    assert list(since_refusal(attempts)) == attempts[len(attempts) - length :]


def test_a_lost_credential_is_told_with_the_call_that_cost_it() -> None:
    """INVARIANT: a logout by one test is named when the next one logs in again."""
    logout = own(204, method="DELETE", url=f"{HOME}/session", id="out", raw_request_headers=OLD)
    around = situation(OPENED, logout)
    renewed = own(id="again", raw_request_headers=NEW)

    assert loss_of([REFUSED, renewed], around) == (
        "the run lost its own credential and logged in again: DELETE /session in test_it was the "
        "last call of its kind that carried it"
    )


def test_an_expired_credential_was_cost_by_nobody() -> None:
    """A token that ran out is no loss to speak of."""
    assert loss_of([REFUSED, own()], situation(OPENED)) == ""
    assert loss_of([REFUSED, own()], situation()) == ""
