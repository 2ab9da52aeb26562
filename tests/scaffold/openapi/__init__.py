"""What is made of OpenAPI documents: names, models, clients, and suites that hold."""

from __future__ import annotations
