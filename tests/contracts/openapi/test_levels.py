"""Levels: how much each kind of breach weighs."""

from __future__ import annotations

from typing import get_args

import pytest

from redhanded.contracts.openapi.levels import is_closed, levels_of
from redhanded.core.contracting import Breach, Contracting, Level, Preset

from .exchanges import attempt, contract, told

ADDED = {
    "/things": {
        "get": {
            "responses": {
                "200": {
                    "description": "OK",
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"a": {"type": "integer"}}}
                        }
                    },
                }
            }
        }
    }
}


@pytest.mark.parametrize(
    "preset, breach, level",
    [
        pytest.param("strict", "body_undeclared", "error", id="strict body_undeclared"),
        pytest.param("strict", "operation_undocumented", "error", id="strict operation"),
        pytest.param("strict", "header_undeclared", "warning", id="strict header"),
        pytest.param("strict", "request_refused", "warning", id="strict refused"),
        pytest.param("spec", "body_schema", "error", id="spec body_schema"),
        pytest.param("spec", "body_undeclared", "off", id="spec body_undeclared"),
        pytest.param("spec", "operation_undocumented", "off", id="spec operation"),
        pytest.param("spec", "status_undocumented", "warning", id="spec status"),
        pytest.param("drift", "body_undeclared", "error", id="drift body_undeclared"),
    ],
)
def test_a_preset_says_how_much_a_breach_weighs(
    preset: Preset, breach: Breach, level: Level
) -> None:
    """What the letter lets pass is off in `spec`; `drift` records all that `strict` does."""
    assert levels_of(Contracting(preset=preset))[breach] == level


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_breach_has_a_level(preset: Preset) -> None:
    """None of them is forgotten in any preset."""
    assert levels_of(Contracting(preset=preset)).keys() == set(get_args(Breach))


def test_a_level_in_the_settings_wins() -> None:
    """The preset holds for those that are not named."""
    contracting = Contracting(levels={"body_undeclared": "warning"})

    assert levels_of(contracting)["body_undeclared"] == "warning"
    assert levels_of(contracting)["body_schema"] == "error"


@pytest.mark.parametrize(
    "settings, wanted",
    [
        pytest.param({}, ["error body_undeclared $.b undeclared"], id="strict"),
        pytest.param({"preset": "spec"}, [], id="spec"),
        pytest.param({"preset": "drift"}, ["error body_undeclared $.b undeclared"], id="drift"),
        pytest.param({"levels": {"body_undeclared": "off"}}, [], id="off"),
        pytest.param(
            {"levels": {"body_undeclared": "warning"}},
            ["warning body_undeclared $.b undeclared"],
            id="warning",
        ),
    ],
)
def test_an_undeclared_property_weighs_what_the_settings_say(
    settings: dict[str, object], wanted: list[str]
) -> None:
    """From the settings to the violation."""
    judge = contract(ADDED, settings=settings)

    assert told(judge.check(attempt(body={"a": 1, "b": 2}))) == wanted


def test_the_letter_leaves_objects_open() -> None:
    """Only `spec` reads a schema as it stands."""
    found = [is_closed(Contracting(preset=preset)) for preset in get_args(Preset)]

    assert found == [False, True, True]
