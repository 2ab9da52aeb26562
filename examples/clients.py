"""The types of `api_as` and `async_api_as`, which give a client by name: `api_as("viewer")`."""

from collections.abc import Callable
from typing import TypeAlias

from redhanded import AsyncClient, Client

ClientOf: TypeAlias = Callable[[str], Client]
AsyncClientOf: TypeAlias = Callable[[str], AsyncClient]
