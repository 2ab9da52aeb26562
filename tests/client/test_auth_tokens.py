"""The shared token: generations, leases and failures, by a clock that is moved by hand."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from redhanded.client.tokens import Busy, CredentialUnavailable, Grant, Lease, Token, Tokens
from tests.client.auth_api import FakeClock

REFUSED = CredentialUnavailable("refused", status=401, stands=True)
OUTAGE = CredentialUnavailable("unreachable")


def grant(value: str = "abc", *, seconds: float = math.inf, refresh: str = "") -> Grant:
    """What an endpoint hands out."""
    return Grant(SecretStr(value), seconds, SecretStr(refresh) if refresh else None)


def lease_of(tokens: Tokens, *, newer_than: int = 0) -> Lease:
    """A lease that must be free."""
    claimed = tokens.claim(newer_than=newer_than)
    assert isinstance(claimed, Lease)
    return claimed


def token_of(tokens: Tokens, *, newer_than: int = 0) -> Token:
    """A token that must be there."""
    claimed = tokens.claim(newer_than=newer_than)
    assert isinstance(claimed, Token)
    return claimed


@pytest.fixture
def clock() -> FakeClock:
    """A clock that a test moves by hand."""
    return FakeClock()


@pytest.fixture
def tokens(clock: FakeClock) -> Tokens:
    """Tokens of which none was fetched yet."""
    return Tokens(clock, lease_seconds=40.0, refused_seconds=60.0)


def test_the_first_to_claim_fetches_and_the_others_wait(tokens: Tokens) -> None:
    """One lease is in flight; whoever claims meanwhile is told which."""
    lease = lease_of(tokens)

    assert [tokens.claim() for _ in range(3)] == [Busy(lease)] * 3


def test_what_is_settled_is_everybodys(tokens: Tokens) -> None:
    """A settled lease gives all who claim the same token."""
    settled = tokens.settle(lease_of(tokens), grant("abc"))

    assert token_of(tokens) is settled
    assert settled.value.get_secret_value() == "abc"
    assert settled.generation == 1


def test_a_refused_token_is_renewed_only_while_it_is_the_current_one(tokens: Tokens) -> None:
    """INVARIANT: a 401 with an older generation takes the newer token and renews nothing."""
    old = tokens.settle(lease_of(tokens), grant("old"))
    new = tokens.settle(lease_of(tokens, newer_than=old.generation), grant("new"))

    assert token_of(tokens, newer_than=old.generation) is new
    assert isinstance(tokens.claim(newer_than=new.generation), Lease)


@pytest.mark.parametrize(
    "promised, used",
    [
        pytest.param(3600, 3570, id="half-a-minute-before-an-hour"),
        pytest.param(60, 54, id="a-tenth-before-a-minute"),
        pytest.param(1, 0.9, id="a-tenth-before-a-second"),
    ],
)
def test_a_token_is_used_until_shortly_before_its_end(
    tokens: Tokens, clock: FakeClock, promised: float, used: float
) -> None:
    """A token is renewed a little early, so that none runs out under way."""
    token = tokens.settle(lease_of(tokens), grant(seconds=promised))

    clock.advance(used - 0.001)
    assert token_of(tokens) is token

    clock.advance(0.002)
    assert isinstance(tokens.claim(), Lease)


def test_a_tokens_time_begins_before_it_was_asked_for(tokens: Tokens, clock: FakeClock) -> None:
    """A login that took long eats into the token's life, for the server counts from its own now."""
    lease = lease_of(tokens)
    clock.advance(20)
    tokens.settle(lease, grant(seconds=100))

    clock.advance(70.5)

    assert isinstance(tokens.claim(), Lease)


def test_a_token_without_an_end_is_used_for_ever(tokens: Tokens, clock: FakeClock) -> None:
    """Where no lifetime was promised, only a 401 ends it."""
    token = tokens.settle(lease_of(tokens), grant())

    clock.advance(1e9)

    assert token_of(tokens) is token


def test_a_lease_carries_the_refresh_token(tokens: Tokens) -> None:
    """Whoever renews a token has what it can be renewed with."""
    first = lease_of(tokens)
    token = tokens.settle(first, grant(refresh="more"))
    second = lease_of(tokens, newer_than=token.generation)

    assert first.refresh is None
    assert second.refresh == SecretStr("more")


def test_a_lease_that_is_let_go_is_free_at_once(tokens: Tokens) -> None:
    """A caller who was cancelled leaves the fetching to the next."""
    tokens.release(lease_of(tokens))

    assert isinstance(tokens.claim(), Lease)


def test_a_lease_runs_out(tokens: Tokens, clock: FakeClock) -> None:
    """A caller who disappeared without a word does not stop the others for ever."""
    lost = lease_of(tokens)

    clock.advance(39.9)
    assert tokens.claim() == Busy(lost)

    clock.advance(0.1)
    assert lease_of(tokens) is not lost


def test_a_late_result_is_its_fetchers_alone(tokens: Tokens, clock: FakeClock) -> None:
    """INVARIANT: what comes back after a lease was taken over replaces nothing."""
    late = lease_of(tokens)
    clock.advance(40)
    current = lease_of(tokens)

    own = tokens.settle(late, grant("late"))
    assert tokens.claim() == Busy(current)
    newer = tokens.settle(current, grant("current"))

    assert own.value.get_secret_value() == "late"
    assert token_of(tokens) is newer
    assert token_of(tokens, newer_than=own.generation) is newer


def test_a_late_failure_spoils_nothing(tokens: Tokens, clock: FakeClock) -> None:
    """A lease that was taken over can no longer fail those who wait for its successor."""
    late = lease_of(tokens)
    clock.advance(40)
    current = lease_of(tokens)

    tokens.fail(late, REFUSED)
    tokens.release(late)

    assert tokens.claim(after=current) == Busy(current)


@pytest.mark.parametrize("failure", [REFUSED, OUTAGE], ids=str)
def test_a_failure_is_told_to_all_who_waited(
    tokens: Tokens, failure: CredentialUnavailable
) -> None:
    """Each waiter gets the failure of the lease it waited for, as an error of its own."""
    lease = lease_of(tokens)
    tokens.fail(lease, failure)

    errors = []
    for _ in range(3):
        with pytest.raises(CredentialUnavailable) as caught:
            tokens.claim(after=lease)
        errors.append(caught.value)

    assert [(str(error), error.status) for error in errors] == [(str(failure), failure.status)] * 3
    assert len({id(error) for error in [*errors, failure]}) == 4


def test_a_failure_is_told_also_where_another_fetches_by_now(tokens: Tokens) -> None:
    """Who waited for a failed lease does not begin to wait for the next one."""
    failed = lease_of(tokens)
    tokens.fail(failed, OUTAGE)
    lease_of(tokens)

    with pytest.raises(CredentialUnavailable, match="unreachable"):
        tokens.claim(after=failed)


def test_a_newer_token_outweighs_a_failure(tokens: Tokens) -> None:
    """Who waited for a failed lease takes the token that somebody else fetched since."""
    failed = lease_of(tokens)
    tokens.fail(failed, OUTAGE)
    token = tokens.settle(lease_of(tokens), grant())

    assert tokens.claim(after=failed) is token


def test_a_failure_keeps_its_cause_and_its_attempts(tokens: Tokens) -> None:
    """The evidence of a failed login reaches every caller."""
    failure = CredentialUnavailable("unreachable", attempts=())
    failure.__cause__ = OSError("refused")
    lease = lease_of(tokens)
    tokens.fail(lease, failure)

    with pytest.raises(CredentialUnavailable) as caught:
        tokens.claim(after=lease)

    assert caught.value.__cause__ is failure.__cause__
    assert caught.value.attempts == ()


def test_a_refusal_stands_and_an_outage_does_not(tokens: Tokens, clock: FakeClock) -> None:
    """A wrong password stays wrong for a while; a network may be well at once."""
    tokens.fail(lease_of(tokens), OUTAGE)
    tokens.fail(lease_of(tokens), REFUSED)

    clock.advance(59.9)
    with pytest.raises(CredentialUnavailable, match="refused"):
        tokens.claim()

    clock.advance(0.1)
    assert isinstance(tokens.claim(), Lease)


def test_a_refused_renewal_leaves_the_token_to_others(tokens: Tokens) -> None:
    """A token that one endpoint refused still serves calls to the rest of the API."""
    token = tokens.settle(lease_of(tokens), grant())
    tokens.fail(lease_of(tokens, newer_than=token.generation), REFUSED)

    assert token_of(tokens) is token


def test_a_login_that_succeeds_ends_a_refusal(tokens: Tokens, clock: FakeClock) -> None:
    """Once a token was had, an earlier refusal is of the past."""
    tokens.fail(lease_of(tokens), REFUSED)
    clock.advance(60)
    token = tokens.settle(lease_of(tokens), grant())
    clock.advance(-30)

    assert isinstance(tokens.claim(newer_than=token.generation), Lease)


def test_tokens_of_all_generations_are_known_as_ours(tokens: Tokens) -> None:
    """A request that still carries an old token of ours was not written by the test."""
    old = tokens.settle(lease_of(tokens), grant("old"))
    tokens.settle(lease_of(tokens, newer_than=old.generation), grant("new"))

    known = {value: tokens.has_issued(value) for value in ("old", "new", "made-up", "")}

    assert known == {"old": True, "new": True, "made-up": False, "": False}


def test_a_token_is_not_shown(tokens: Tokens) -> None:
    """What pytest prints of arguments and locals holds no secret in the clear."""
    lease = lease_of(tokens)
    token = tokens.settle(lease, grant("s3cret-value", refresh="s3cret-refresh"))
    lease = lease_of(tokens, newer_than=token.generation)

    assert "s3cret" not in repr((token, lease, grant("s3cret"), Busy(lease), tokens))


def test_many_threads_get_one_lease(tokens: Tokens) -> None:
    """INVARIANT: of threads that claim at the same time, one fetches."""
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: tokens.claim(), range(400)))

    assert sum(isinstance(claim, Lease) for claim in claimed) == 1


def test_a_refusal_can_be_forgotten(tokens: Tokens) -> None:
    """Once the weather has passed, the next caller asks again."""
    lease = lease_of(tokens)
    tokens.fail(lease, REFUSED)

    tokens.forget_refusal()

    assert isinstance(tokens.claim(), Lease)
