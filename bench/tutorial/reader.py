"""Whoever follows a page: types what it says, and looks whether it answers as it says."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from bench.tutorial.answers import difference, holds_last, ids
from bench.tutorial.page import Act, Command, File, Interrupt, More, Step
from bench.tutorial.terminal import Terminal, TookTooLong
from bench.tutorial.times import Taken

_LONGEST: Final = 300.0
"""Seconds that one command may take: the first installs fifty packages."""


class Differs(Exception):
    """What the page shows is not what came: the text names the step, the command and the line."""


@dataclass(frozen=True, slots=True)
class Port:
    """Where the API of the page answers, and where it does here."""

    shown: int
    here: int

    def typed(self, line: str) -> str:
        """A line of the page, as it is typed here."""
        return line.replace(f"--port {self.shown}", f"--port {self.here}")

    def told(self, line: str) -> str:
        """A line of an answer, as it would stand on the page."""
        return line.replace(f":{self.here}", f":{self.shown}")

    @property
    def setting(self) -> dict[str, str]:
        """The variable that names another port to the suite, which asks at the page's."""
        at = {"REDHANDED_BASE_URL": f"http://127.0.0.1:{self.here}"}
        return {} if self.here == self.shown else at


@dataclass(slots=True)
class Reader(AbstractContextManager["Reader"]):
    """A reader in an empty folder, with as many terminals as the page speaks of."""

    folder: Path
    environ: Mapping[str, str]
    port: Port
    _stack: ExitStack = field(default_factory=ExitStack)
    _terminals: dict[str, Terminal] = field(default_factory=dict)
    _shown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Begin without a terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all terminals, and what runs in them."""
        self._stack.close()

    def follow(self, steps: list[Step]) -> Iterator[Taken]:
        """What each step took, as it was done; raises Differs where an answer is another."""
        for step in steps:
            began = time.monotonic()
            for act in step.acts:
                self._do(act, step)
            yield Taken(step, time.monotonic() - began)

    def _do(self, act: Act, step: Step) -> None:
        try:
            self._done(act)
        except (Differs, TookTooLong) as wrong:
            doing = act.line if isinstance(act, Command) else type(act).__name__
            raise Differs(f"{step.heading}: {doing}\n{wrong}") from None

    def _done(self, act: Act) -> None:
        match act:
            case File(path, text):
                file = self._where() / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
            case Interrupt(name):
                self._terminal(name).interrupt()
            case More(name, answer):
                came = self._terminal(name).finish(seconds=_LONGEST)
                self._hold((*self._shown[name], "...", *answer), came)
            case Command():
                self._type(act)

    def _type(self, command: Command) -> None:
        terminal = self._terminal(command.terminal)
        terminal.type(self._as_here(command.line))
        self._shown[command.terminal] = command.answer
        if command.stays:
            came = terminal.wait(lambda: self._is_there(command, terminal), seconds=_LONGEST)
            if terminal.is_waiting():
                raise Differs("it ended, and should go on\n" + "\n".join(came))
        else:
            came = terminal.finish(seconds=_LONGEST)
            self._hold(command.answer, came)
            if terminal.code and not command.answer:
                raise Differs("\n".join([f"it ended with {terminal.code}", *came]))

    def _is_there(self, command: Command, terminal: Terminal) -> bool:
        """Whether a command that stays shows what it should, or is over, which it should not be."""
        told = [self.port.told(line) for line in terminal.lines]
        return terminal.is_waiting() or holds_last(command.answer, told)

    def _hold(self, shown: tuple[str, ...], came: list[str]) -> None:
        # A command that is shown without an answer may say what it likes.
        told = [self.port.told(line) for line in came]
        if shown and (wrong := difference(shown, told)):
            raise Differs(f"  page:  {wrong}\n" + "\n".join(told))
        self._ids.update(ids(shown, told))

    def _as_here(self, line: str) -> str:
        """What is typed, with the ids that this run gave."""
        for shown, real in self._ids.items():
            line = line.replace(shown, real)
        return self.port.typed(line)

    def _terminal(self, name: str) -> Terminal:
        if name not in self._terminals:
            environ = {**self.environ, **self.port.setting}
            opened = self._stack.enter_context(Terminal(self.folder, environ))
            self._terminals[name] = opened
        return self._terminals[name]

    def _where(self) -> Path:
        """The folder in which the terminal of the tests stands."""
        return self._terminals["second"].stands_in()
