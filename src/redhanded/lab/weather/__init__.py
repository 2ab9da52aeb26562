"""A loopback proxy that makes weather: faults of the environment, by plan, before any upstream."""

from __future__ import annotations

from redhanded.lab.child import ChildError
from redhanded.lab.weather.faults.table import FAULTS
from redhanded.lab.weather.plan import Burst, Plan, PlanError, Rule, Window
from redhanded.lab.weather.process import Running, blowing

__all__ = [
    "FAULTS",
    "Burst",
    "ChildError",
    "Plan",
    "PlanError",
    "Rule",
    "Running",
    "Window",
    "blowing",
]
