"""What must hold for every call, whatever the network does."""

from __future__ import annotations

RULES: dict[int, str] = {
    1: "a write that may have been done is never sent again, unless keyed or declared",
    2: "every call ends, by its deadline",
    3: "a call takes at most three attempts, and five more for a key in flight",
    4: "a whole answer with status 2xx or 500 is never followed by another attempt of a test",
    5: "what is returned is what the network sent for this very call",
    6: "the ledger holds every attempt that the network saw, in order, with its row",
    7: "nothing is sent to an open circuit, and no more probes than its ramp permits",
    8: "no origin is sent more than its rate and one burst",
    9: "the retry budget is never below nothing nor above its capacity",
    10: "a Retry-After is kept to, by the call and by all others to that origin",
    11: "an unsafe request never rides on a connection that was used before",
    12: "whatever leave the fellows gave, they are told once what came of it",
    13: "no more requests to an origin are in flight than it has places",
}


class Breach(AssertionError):
    """A rule was broken; `call` is the number of the call at which it was seen."""

    def __init__(self, rule: int, what: str, call: int = -1) -> None:
        super().__init__(rule, what, call)
        self.rule, self.what, self.call = rule, what, call

    def __str__(self) -> str:
        return f"rule {self.rule} ({RULES[self.rule]}) is broken at call {self.call}: {self.what}"


def hold(fact: bool, rule: int, what: str) -> None:
    """Raise Breach where a fact that the rule asks for does not hold."""
    if not fact:
        raise Breach(rule, what)
