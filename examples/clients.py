"""The type of `api_as`, which gives the client of whoever is named: `api_as("viewer")`."""

from collections.abc import Callable
from typing import TypeAlias

from redhanded import Client

ClientOf: TypeAlias = Callable[[str], Client]
