"""What there is to choose from: the proxy's weather, the API's defects, and their witnesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from bench.truth.episodes import Nature
from bench.truth.grid import Catalogue
from redhanded.lab.defects.table import DEFECTS
from redhanded.lab.weather.faults.fault import Fault
from redhanded.lab.weather.faults.table import FAULTS

# Beside the headers of the next build, a field that it fills in another way.
_NEXT_BUILD = {"field": "additionalneeds", "value": "of the next build"}


def catalogue(tests: Mapping[str, Mapping[str, Sequence[str]]]) -> Catalogue:
    """The catalogue of a suite, whose tests are given by mark and by the switch of their defect."""
    good = tests["defect"].get("", ())
    return Catalogue(
        # A client that speaks plain HTTP meets no fault of TLS; some systems cannot make others.
        weathers=[
            code
            for code, fault in FAULTS.items()
            if not (fault.needs_tls or fault.needs_http2 or fault.lacks())
        ],
        variants={code: list(_variants(fault)) for code, fault in FAULTS.items()},
        switches={_code(switch): switch for switch in tests["defect"] if switch},
        witnesses=_by_code(tests["defect"]),
        glimpses=_by_code(tests["glimpse"]),
        routes=[test for test in good if test.startswith("test_routes.py")],
    )


def _code(switch: str) -> str:
    return switch.partition(":")[0]


def _by_code(tests: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {_code(switch): found for switch, found in tests.items() if _code(switch) in DEFECTS}


def natures() -> Mapping[str, Nature]:
    """What each defect must end as."""
    return {
        code: Nature(verdict=defect.verdict, is_intermittent=defect.intermittent)
        for code, defect in DEFECTS.items()
    }


def _variants(fault: type[Fault]) -> Iterator[Mapping[str, Any]]:
    """The ways in which a weather comes, beginning with its usual one."""
    yield {}
    for name, field in fault.model_fields.items():
        options = (False, True) if field.annotation is bool else get_args(field.annotation)
        for option in options:
            if isinstance(option, str | bool) and option != field.default:
                yield {name: option}
    if fault.code == "E36":
        yield _NEXT_BUILD
