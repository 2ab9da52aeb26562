"""A secret as a value: no way of making a text or bytes of it shows what it is."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import pprint
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, ValidationError

from redhanded.core.errors import UsageError
from redhanded.core.secret import Keyring, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "m5Bx2Jc9Hd4Gs7Fa"


@dataclass
class Holder:
    token: Secret


class Login(BaseModel):
    token: Secret


def token() -> Secret:
    """A secret of sixteen characters."""
    return Secret("API_TOKEN", VALUE)


def logged(secret: Secret) -> str:
    """What a record of logging makes of a secret among its arguments."""
    record = logging.LogRecord("n", logging.INFO, "f", 1, "the token is %s", (secret,), None)
    return record.getMessage()


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(repr, id="repr"),
        pytest.param(str, id="str"),
        pytest.param(lambda secret: f"{secret}", id="f-string"),
        pytest.param(lambda secret: f"{secret!r:>30}", id="f-string-with-a-width"),
        pytest.param("{}".format, id="format"),
        pytest.param(lambda secret: "%s" % secret, id="percent"),  # noqa: UP031  the old way too
        pytest.param(ascii, id="ascii"),
        pytest.param(lambda secret: repr([{"a": (secret,)}]), id="in-a-container"),
        pytest.param(lambda secret: repr(Holder(secret)), id="in-a-dataclass"),
        pytest.param(lambda secret: repr(asdict(Holder(secret))), id="in-a-dictionary-of-it"),
        pytest.param(lambda secret: repr(Login(token=secret)), id="in-a-model"),
        pytest.param(lambda secret: Login(token=secret).model_dump_json(), id="model-as-json"),
        pytest.param(lambda secret: repr(Login(token=secret).model_dump()), id="model-as-dict"),
        pytest.param(lambda secret: pprint.pformat({"a": [secret]}), id="pprint"),
        pytest.param(lambda secret: json.dumps({"a": secret}, default=str), id="json-with-str"),
        pytest.param(logged, id="logging"),
        pytest.param(lambda secret: str(ValueError(secret)), id="exception"),
        pytest.param(lambda secret: repr(KeyError(secret, 1)), id="exception-of-several"),
        pytest.param(lambda secret: repr(copy.deepcopy([secret])), id="deep-copy"),
        pytest.param(lambda secret: repr(copy.copy(secret)), id="copy"),
        pytest.param(lambda secret: repr("Bearer " + secret), id="sum"),
    ],
)
def test_a_secret_shows_its_name_and_nothing_else(show: Callable[[Secret], str]) -> None:
    """INVARIANT: whatever makes a text of a secret gets its name."""
    shown = show(token())

    assert "Secret(API_TOKEN)" in shown
    assert VALUE[:6] not in shown


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(json.dumps, id="json"),
        pytest.param(pickle.dumps, id="pickle"),
        pytest.param(lambda secret: pickle.dumps({"a": secret}), id="pickle-in-a-container"),
        pytest.param("".join, id="join"),
        pytest.param(bytes, id="bytes"),
        pytest.param(vars, id="vars"),
    ],
)
def test_what_cannot_be_written_without_the_value_is_refused(
    write: Callable[[Secret], object],
) -> None:
    """A refusal names no value."""
    with pytest.raises(TypeError) as refused:
        write(token())

    assert VALUE not in str(refused.value)


def test_no_attribute_holds_the_value() -> None:
    """INVARIANT: a debugger that prints all attributes prints none that is the value."""
    secret = token()

    shown = [repr(getattr(secret, name)) for name in Secret.__slots__ if name != "__weakref__"]

    assert not [text for text in shown if VALUE in text]


def test_only_reveal_gives_the_value() -> None:
    """What is sent is asked for by name."""
    assert token().reveal() == VALUE


def test_its_mask_is_the_one_of_the_evidence() -> None:
    """A reader finds the same name in a test's output and in its evidence."""
    assert token().mask == "masked_API_TOKEN_16chars"


@pytest.mark.parametrize(
    "other, is_equal",
    [
        pytest.param(Secret("OTHER", VALUE), True, id="secret-of-another-name"),
        pytest.param(VALUE, True, id="its-value"),
        pytest.param(f"{VALUE}!", False, id="another-text"),
        pytest.param(Secret("API_TOKEN", "w9-another-7Kd2"), False, id="another-secret"),
        pytest.param(16, False, id="a-number"),
        pytest.param("ü\udcff", False, id="not-ascii"),
    ],
)
def test_secrets_are_compared_by_value(other: object, *, is_equal: bool) -> None:
    """A test may assert that a token is new, or the same."""
    assert (token() == other) is is_equal


def test_equal_secrets_have_one_hash_which_is_no_hash_of_the_value() -> None:
    """They can be keys, and a printed hash tells nothing."""
    assert hash(token()) == hash(Secret("OTHER", VALUE))
    assert hash(token()) != hash(VALUE)
    assert len({token(), Secret("OTHER", VALUE)}) == 1


def test_what_is_added_to_a_secret_is_one_too() -> None:
    """A scheme before a token, a suffix after it: the sum is sent, and shows nothing."""
    whole = "Bearer " + token() + ";v=1" + Secret("PART", "tail-of-it")

    assert whole.reveal() == f"Bearer {VALUE};v=1tail-of-it"
    assert whole.name == "API_TOKEN"
    assert len(whole) == len(whole.reveal())


@pytest.mark.parametrize(
    "add",
    [
        pytest.param(lambda secret: secret + 1, id="number-after"),
        pytest.param(lambda secret: b"x" + secret, id="bytes-before"),
    ],
)
def test_only_text_is_added(add: Callable[[Secret], object]) -> None:
    """Python's own error, which shows types alone."""
    with pytest.raises(TypeError, match="Secret"):
        add(token())


@pytest.mark.parametrize(
    "value, told",
    [
        pytest.param("", "the secret T is empty", id="empty"),
        pytest.param(None, "is no text", id="none"),
        pytest.param(b"hush-hush", "is no text", id="bytes"),
    ],
)
def test_a_value_that_cannot_be_sent_is_refused(value: str, told: str) -> None:
    """A token that was not there makes a request without one, and a red test elsewhere."""
    with pytest.raises(UsageError) as refused:
        Secret("T", value)

    assert told.removeprefix("the secret T ") in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_model_takes_only_a_secret_that_is_made() -> None:
    """A plain text in a field of secrets is a mistake, and is not shown."""
    with pytest.raises(ValidationError) as refused:
        Login.model_validate({"token": 12})

    assert "instance of Secret" in str(refused.value)


def test_a_name_is_spelled_as_in_masks() -> None:
    """What is no letter, digit or underscore would end a mask in some formats."""
    assert repr(Secret("my api-token!", VALUE)) == "Secret(my_api_token)"


def test_whoever_follows_is_told_of_secrets_old_and_new() -> None:
    """A secret of a module that was imported early is masked as well as one of a test."""
    ring, told = Keyring(), list[str]()
    early, late = Secret("EARLY", "early-value"), Secret("LATE", "late-value")

    def tell(secret: Secret) -> None:
        told.append(secret.name)

    ring.add(early)
    ring.follow(tell)
    ring.add(late)
    ring.leave(tell)
    ring.leave(tell)
    ring.add(Secret("NEVER", "never-told"))

    assert told == ["EARLY", "LATE"]
    assert {"EARLY", "LATE"} <= ring.names


def test_a_secret_that_nobody_holds_is_let_go() -> None:
    """A suite that makes one for each test does not grow."""
    ring = Keyring()

    ring.add(Secret("GONE", "gone-value"))

    assert not ring.names
