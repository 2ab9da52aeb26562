"""Schemas: values held against the schemas of a document, in its own dialect."""

from __future__ import annotations

from redhanded.contracts.openapi.schemas.check import SchemaCheck
from redhanded.contracts.openapi.schemas.fault import Fault
from redhanded.contracts.openapi.schemas.schemas import Schemas

__all__ = ["Fault", "SchemaCheck", "Schemas"]
