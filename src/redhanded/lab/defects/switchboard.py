"""Switching defects on and off while the API serves."""

from __future__ import annotations

import difflib
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from redhanded.lab.defects.answered import Edit
from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.layer import Faulty
from redhanded.lab.defects.served import Served
from redhanded.lab.defects.table import DEFECTS
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Wire
from redhanded.lab.services import Services


class SwitchError(ValueError):
    """A switch that cannot be set; the sentence says what to write instead."""


class Switchboard:
    """The switches of one API; with all of them off it is the API that it was."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._correct: Services = app.state.services
        self._plain = app.build_middleware_stack()

    def switch(
        self, codes: Iterable[str], *, seed: int = 0, served: Path | None = None
    ) -> Sequence[str]:
        """The codes of the defects that are on now; all others are off.

        `seed` decides which answers an intermittent defect spoils, `served` is the file that
        gets a line of JSON for each. Requests that are being answered may see either state.

        Raises SwitchError for an unknown code, and for a file that cannot be written.
        """
        defects = [find(code) for code in dict.fromkeys(codes)]
        log = Served(path=served and _writable(served), clock=self._correct.clock)
        switched = [(defect, _trigger(defect, seed, log)) for defect in defects]
        services = self._correct
        edits, wires = [], []
        for defect, trigger in switched:
            match defect.fault:
                case Edit() as edit:
                    edits.append((edit, trigger))
                case Wire() as wire:
                    wires.append((wire, trigger))
                case alter:
                    services = alter(services, trigger)
        self._app.state.services = services
        layer = Faulty(self._plain, edits=edits, wires=wires)
        self._app.middleware_stack = layer if switched else self._plain
        return [defect.code for defect in defects]

    def obey(self, line: str) -> str:
        """The answer, a line of JSON, to a command: `{"defects": [...], "seed": 1, "served": ""}`.

        The answer holds the codes that are on, or the error that left everything as it was.
        """
        try:
            defects, seed, served = _command(line)
            return json.dumps({"defects": self.switch(defects, seed=seed, served=served)})
        except SwitchError as error:
            return json.dumps({"error": str(error)})


def find(code: str) -> Defect:
    """The defect with the code.

    Raises SwitchError, which names the closest, when there is none.
    """
    defect = DEFECTS.get(code)
    if defect is None:
        [closest] = difflib.get_close_matches(code.upper(), DEFECTS, n=1, cutoff=0)
        raise SwitchError(f"there is no defect {code!r}; did you mean {closest}?")
    return defect


def _trigger(defect: Defect, seed: int, log: Served) -> Trigger:
    return Trigger(code=defect.code, chance=random.Random(f"{seed}/{defect.code}"), log=log)


def _writable(path: Path) -> Path:
    try:
        path.touch()
    except OSError as error:
        raise SwitchError(f"{path} cannot be written ({error.strerror}); name another") from error
    return path


def _command(line: str) -> tuple[list[str], int, Path | None]:
    try:
        command: Any = json.loads(line)
    except ValueError:
        command = None
    match command:
        case {"defects": [*codes], "seed": int(seed), "served": str(served)} if all(
            isinstance(code, str) for code in codes
        ):
            return codes, seed, Path(served) if served else None
    raise SwitchError('a command is {"defects": ["D23"], "seed": 0, "served": "served.ndjson"}')
