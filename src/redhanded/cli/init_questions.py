"""What `redhanded init` asks on a terminal, one line a question, and how an answer is read."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import click

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.writing import Change

FIRST = frozenset({"name"})
REST = frozenset({"base_url", "health", "auth", "ci", "containers"})
ALL = FIRST | REST
_DEMO = "demo"
_Choice = TypeVar("_Choice", bound=StrEnum)


def is_terminal() -> bool:
    """Whether somebody can be asked, and sees the question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def answered(
    suggestion: Answers,
    given: Mapping[str, Any],
    *,
    is_asking: bool,
    about: Collection[str] = ALL,
) -> Answers:
    """The answers: what options say, what is asked where that may be, else what is suggested.

    `about` names the questions that are meant. Raises UsageError for an option that cannot be
    meant; a wrong answer is asked for again.
    """
    answers = suggestion
    for name, read, question, suggests in _QUESTIONS:
        if name not in about:
            continue
        if given.get(name) is not None:
            answers = read(answers, given[name])
        elif is_asking and _is_open(name, answers):
            answers = _asked(answers, read, question, suggests(answers))
    return answers


def written_over(
    changes: Sequence[Change], *, force: bool, wanted: Sequence[str], is_asking: bool
) -> list[Change]:
    """The files that differ and are to be written all the same: by option, or when asked."""
    from redhanded.scaffold.writing import State

    paths = {path.replace("\\", "/").casefold() for path in wanted}
    over = []
    for change in changes:
        if change.state is not State.DIFFERS:
            continue
        if force or change.file.path.casefold() in paths or (is_asking and _is_wanted(change)):
            over.append(change)
    return over


def _is_wanted(change: Change) -> bool:
    click.echo(change.diff, nl=False, err=True)
    return click.confirm(f"Write over {change.file.path}?", default=False, err=True)


def _asked(
    answers: Answers, read: Callable[[Answers, str], Answers], question: str, default: str
) -> Answers:
    def convert(text: str) -> Answers:
        try:
            return read(answers, text)
        except UsageError as error:
            raise click.UsageError(str(error)) from None

    found: Answers = click.prompt(question, default=default, value_proc=convert, err=True)
    return found


def _is_open(name: str, answers: Answers) -> bool:
    """Whether a question still is one: the demo answers some, and a document others."""
    from redhanded.scaffold.answers import DEMO_URL

    if answers.document is None:
        return not (answers.is_demo and name in {"health", "auth"})
    if name == "base_url":  # a document need not say on which host
        return answers.base_url.startswith(DEMO_URL)
    return name not in {"health", "auth"}


def _name(answers: Answers, text: str) -> Answers:
    from redhanded.scaffold.answers import package_of

    package = package_of(text)
    return replace(answers, package=package, name=package.replace("_", "-"))


def _base_url(answers: Answers, text: str) -> Answers:
    from redhanded.scaffold.answers import DEMO_URL, Auth

    if answers.document is not None:
        return replace(answers, base_url=_valid("base_url", text))
    if text == _DEMO or text.rstrip("/") == DEMO_URL:
        return replace(answers, base_url=DEMO_URL, is_demo=True, auth=Auth.LOGIN, health="/health")
    base_url = _valid("base_url", text)
    auth = Auth.NONE if answers.is_demo else answers.auth
    return replace(answers, base_url=base_url, is_demo=False, auth=auth)


def _health(answers: Answers, text: str) -> Answers:
    if not set(text).isdisjoint("?#"):  # what is written is committed, and a query may be a secret
        raise UsageError("a health path has no query and no fragment: write the path alone.")
    return replace(answers, health=_valid("health", text))


def _auth(answers: Answers, text: str) -> Answers:
    from redhanded.scaffold.answers import Auth

    # A login and OAuth2 want addresses as well: those are written into pyproject.toml by hand.
    return replace(answers, auth=_one_of((Auth.NONE, Auth.BEARER, Auth.BASIC, Auth.API_KEY), text))


def _ci(answers: Answers, text: str) -> Answers:
    from redhanded.scaffold.answers import Pipelines

    return replace(answers, pipelines=_one_of(tuple(Pipelines), text))


def _containers(answers: Answers, text: str | bool) -> Answers:  # noqa: FBT001
    if isinstance(text, bool):
        return replace(answers, has_containers=text)
    said = text.strip().lower()
    if said not in {"y", "yes", "n", "no"}:
        raise UsageError("answer y or n.")
    return replace(answers, has_containers=said.startswith("y"))


def _one_of(choices: tuple[_Choice, ...], text: str) -> _Choice:
    for choice in choices:
        if choice == text.strip().lower():
            return choice
    raise UsageError(f"answer one of {', '.join(choices)}.")


def _valid(name: str, text: str) -> str:
    """A setting's value, as its model takes it."""
    from pydantic import TypeAdapter, ValidationError

    from redhanded.core import credentials

    kinds: dict[str, Any] = {"base_url": credentials.BareAddress, "health": credentials.UrlPath}
    try:
        value: str = TypeAdapter(kinds[name]).validate_python(text)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"{text!r} {said}.") from None
    return value


_QUESTIONS: tuple[tuple[str, Any, str, Any], ...] = (
    ("name", _name, "Name of the project", lambda it: it.name),
    (
        "base_url",
        _base_url,
        'Where does the API answer? ("demo": the demo API)',
        lambda it: _DEMO if it.is_demo else it.base_url,
    ),
    ("health", _health, "Which path tells whether it is well?", lambda it: it.health),
    (
        "auth",
        _auth,
        "How do calls prove who they are? (none, bearer, basic, api_key)",
        lambda it: it.auth.value,
    ),
    ("ci", _ci, "Which CI? (github, gitlab, both, none)", lambda it: it.pipelines.value),
    (
        "containers",
        _containers,
        "Dockerfile and compose file? (y, n)",
        lambda it: "y" if it.has_containers else "n",
    ),
)
