"""Switching defects on and off while the API serves."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from redhanded.lab.defects.answered import Edit
from redhanded.lab.defects.defect import Defect, Setup
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

        A code may set the defect's numbers: `D78:seconds=0.5`, with commas between several.
        `seed` decides which answers an intermittent defect spoils, `served` is the file that
        gets a line of JSON for each. Requests that are being answered may see either state.

        Raises SwitchError for an unknown code or number, and for a file that cannot be written.
        """
        found = dict(map(read, codes))
        log = Served(path=served and _writable(served), clock=self._correct.clock)
        switched = [(DEFECTS[code], _trigger(code, seed, log, found[code])) for code in found]
        services = self._correct
        edits: list[tuple[Edit, Trigger]] = []
        wires: list[tuple[Wire, Trigger]] = []
        for defect, trigger in switched:
            services, parts = _started(defect, services, trigger)
            edits += [(part, trigger) for part in parts if isinstance(part, Edit)]
            wires += [(part, trigger) for part in parts if isinstance(part, Wire)]
        self._app.state.services = services
        layer = Faulty(self._plain, edits=edits, wires=wires)
        self._app.middleware_stack = layer if switched else self._plain
        return list(found)

    def obey(self, line: str) -> str:
        """The answer, a line of JSON, to a command: `{"defects": [...], "seed": 1, "served": ""}`.

        The answer holds the codes that are on, or the error that left everything as it was.
        """
        try:
            defects, seed, served = _command(line)
            return json.dumps({"defects": self.switch(defects, seed=seed, served=served)})
        except SwitchError as error:
            return json.dumps({"error": str(error)})


def read(switch: str) -> tuple[str, Mapping[str, float]]:
    """The code and the numbers of a switch such as `D78:seconds=0.5`.

    Raises SwitchError for a code or a number that there is not.
    """
    code, _, settings = switch.partition(":")
    defect = find(code)
    return code, {**defect.parameters, **dict(_numbers(defect, settings))}


def _numbers(defect: Defect, settings: str) -> Iterator[tuple[str, float]]:
    for setting in filter(None, settings.split(",")):
        name, _, text = setting.partition("=")
        if name not in defect.parameters:
            known = " and ".join(defect.parameters) or "none"
            raise SwitchError(f"{defect.code} has no number {name!r}, it has {known}")
        try:
            number = float(text)
        except ValueError:
            number = -1
        if not 0 <= number < 10**9:
            raise SwitchError(f"{setting!r} of {defect.code} must be a number, such as {name}=0.5")
        yield name, number


def find(code: str) -> Defect:
    """The defect with the code.

    Raises SwitchError, which names the closest, when there is none.
    """
    defect = DEFECTS.get(code)
    if defect is None:
        raise SwitchError(
            f"there is no defect {code!r}; did you mean {_closest(code)}? --list-defects shows all"
        )
    return defect


def _closest(code: str) -> str:
    digits = "".join(filter(str.isdecimal, code))[:9]
    number = int(digits or 0)
    return min(DEFECTS, key=lambda known: abs(int(known[1:]) - number))


def _started(
    defect: Defect, services: Services, trigger: Trigger
) -> tuple[Services, Sequence[Edit | Wire]]:
    match defect.fault:
        case Edit() | Wire() as part:
            return services, [part]
        case Setup(start):
            return start(services, trigger)
        case alter:
            return alter(services, trigger), []


def _trigger(code: str, seed: int, log: Served, numbers: Mapping[str, float]) -> Trigger:
    chance = random.Random(f"{seed}/{code}")
    return Trigger(code=code, chance=chance, log=log, parameters=numbers)


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
