"""A realistic answer: a page of orders, its schema, and bodies of any size that hold to it."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any, Final

PATH: Final = "/orders"
_MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer", "minimum": 0, "format": "int64"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
}
_ADDRESS = {
    "type": "object",
    "required": ["street", "city", "country"],
    "additionalProperties": False,
    "properties": {
        "street": {"type": "string", "maxLength": 200},
        "city": {"type": "string", "maxLength": 100},
        "zip": {"type": "string", "nullable": True},
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    },
}
_LINE = {
    "type": "object",
    "required": ["sku", "quantity", "price"],
    "additionalProperties": False,
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 999},
        "price": {"$ref": "#/components/schemas/Money"},
        "note": {"type": "string", "nullable": True},
    },
}
_CARD = {
    "type": "object",
    "required": ["kind", "last4"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": ["card"]},
        "last4": {"type": "string", "pattern": "^[0-9]{4}$"},
    },
}
_INVOICE = {
    "type": "object",
    "required": ["kind", "due"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": ["invoice"]},
        "due": {"type": "string", "format": "date"},
    },
}
_ORDER = {
    "type": "object",
    "required": ["id", "status", "created", "lines", "total", "payment", "address"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"type": "string", "enum": ["new", "paid", "sent", "returned"]},
        "created": {"type": "string", "format": "date-time"},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/components/schemas/Line"},
        },
        "total": {"$ref": "#/components/schemas/Money"},
        "payment": {
            "oneOf": [
                {"$ref": "#/components/schemas/Card"},
                {"$ref": "#/components/schemas/Invoice"},
            ]
        },
        "address": {"$ref": "#/components/schemas/Address"},
        "coupon": {"type": "string", "nullable": True},
    },
}
_PAGE = {
    "type": "object",
    "required": ["items", "next"],
    "additionalProperties": False,
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
        "next": {"type": "string", "nullable": True},
    },
}
DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "http://127.0.0.1"}],
    "paths": {
        PATH: {
            "get": {
                "operationId": "listOrders",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "A page.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Page"}}
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Page": _PAGE,
            "Order": _ORDER,
            "Line": _LINE,
            "Money": _MONEY,
            "Address": _ADDRESS,
            "Card": _CARD,
            "Invoice": _INVOICE,
        }
    },
}


def page(size: int, *, seed: int = 0) -> bytes:
    """A page of at least so many bytes of JSON, the same for each seed."""
    chance = random.Random(seed)
    orders: list[dict[str, Any]] = []
    told = 40  # of the page around its orders
    while told < size:
        orders.append(_order(chance))
        told += len(json.dumps(orders[-1], separators=(",", ":"))) + 1
    return json.dumps({"items": orders, "next": None}, separators=(",", ":")).encode()


def _order(chance: random.Random) -> dict[str, Any]:
    lines = [_line(chance) for _ in range(chance.randint(1, 3))]
    return {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "status": chance.choice(["new", "paid", "sent", "returned"]),
        "created": f"2031-05-{chance.randint(1, 28):02d}T12:30:00Z",
        "lines": lines,
        "total": {"amount": sum(line["price"]["amount"] for line in lines), "currency": "EUR"},
        "payment": chance.choice(
            [{"kind": "card", "last4": "4242"}, {"kind": "invoice", "due": "2031-06-01"}]
        ),
        "address": {"street": "12 High Street", "city": "Bath", "zip": None, "country": "GB"},
        "coupon": chance.choice([None, "SPRING"]),
    }


def _line(chance: random.Random) -> dict[str, Any]:
    return {
        "sku": f"ABC-{chance.randint(0, 9999):04d}",
        "quantity": chance.randint(1, 9),
        "price": {"amount": chance.randint(100, 90_000), "currency": "EUR"},
        "note": None,
    }
