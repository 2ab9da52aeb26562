"""Changes between two OpenAPI documents: what breaks, what is risky, what is harmless."""

from __future__ import annotations

from redhanded.contracts.changes.change import Change
from redhanded.contracts.changes.comparison import changes
from redhanded.contracts.changes.rules import RULES, Rule

__all__ = ["RULES", "Change", "Rule", "changes"]
