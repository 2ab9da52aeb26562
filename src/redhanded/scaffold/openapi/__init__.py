"""A suite from an OpenAPI document: its models, a client for its operations, and first tests.

A document is foreign text: nothing of it gets into a file but as a name that was cleaned, as a
literal that was quoted, or as a remark without anything that ends one.
"""

from __future__ import annotations
