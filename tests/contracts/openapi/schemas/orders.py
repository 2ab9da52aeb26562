"""A page of orders: a schema such as real documents hold, and answers of any size for it."""

from __future__ import annotations

import random
from typing import Any

from tests.contracts.openapi.schemas.cases import ref

CARD = {
    "type": "object",
    "required": ["kind", "last4"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": ["card"]},
        "last4": {"type": "string", "pattern": "^[0-9]{4}$"},
    },
}
INVOICE = {
    "type": "object",
    "required": ["kind", "due"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": ["invoice"]},
        "due": {"type": "string", "format": "date"},
    },
}
LINE = {
    "type": "object",
    "required": ["sku", "quantity", "price"],
    "additionalProperties": False,
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "quantity": {"type": "integer", "format": "int32", "minimum": 1},
        "price": {"type": "number", "minimum": 0},
    },
}
ORDER = {
    "type": "object",
    "required": ["id", "state", "placed", "lines", "payment"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"type": "string", "enum": ["open", "paid", "sent", "void"]},
        "placed": {"type": "string", "format": "date-time"},
        "note": {"type": "string", "nullable": True, "maxLength": 200},
        "lines": {"type": "array", "minItems": 1, "items": ref("Line")},
        "payment": {"oneOf": [ref("Card"), ref("Invoice")]},
    },
}
PAGE = {
    "type": "object",
    "required": ["items", "total", "next"],
    "additionalProperties": False,
    "properties": {
        "items": {"type": "array", "items": ref("Order")},
        "total": {"type": "integer", "minimum": 0},
        "next": {"type": "string", "format": "uri", "nullable": True},
    },
}
COMPONENTS = {"A": PAGE, "Order": ORDER, "Line": LINE, "Card": CARD, "Invoice": INVOICE}
"""The schemas of OpenAPI 3.0, each closed by its author."""


def silent(schemas: Any) -> Any:  # noqa: ANN401
    """The same schemas, saying nothing of properties that they do not name."""
    if isinstance(schemas, dict):
        return {k: silent(v) for k, v in schemas.items() if k != "additionalProperties"}
    return [silent(part) for part in schemas] if isinstance(schemas, list) else schemas


def page(orders: int, seed: int = 1) -> dict[str, Any]:
    """A page of so many orders, each of about 280 bytes."""
    chance = random.Random(seed)
    return {
        "items": [_order(index, chance) for index in range(orders)],
        "total": orders,
        "next": None,
    }


def _order(index: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"{chance.getrandbits(32):08x}-0000-4000-8000-{index:012x}",
        "state": chance.choice(["open", "paid", "sent"]),
        "placed": "2026-01-02T03:04:05Z",
        "note": None if index % 2 else "ring twice",
        "lines": [_line(chance) for _ in range(2)],
        "payment": _payment(index),
    }


def _line(chance: random.Random) -> dict[str, Any]:
    return {
        "sku": f"ABC-{chance.randrange(10_000):04d}",
        "quantity": chance.randrange(1, 9),
        "price": chance.randrange(100) / 4,
    }


def _payment(index: int) -> dict[str, str]:
    if index % 3:
        return {"kind": "card", "last4": "1234"}
    return {"kind": "invoice", "due": "2026-02-03"}
