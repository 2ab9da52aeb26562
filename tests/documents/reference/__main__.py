"""Writes every generated page; prints those that changed."""

from __future__ import annotations

import sys

from tests.documents.reference.pages import PAGES

for page in PAGES:
    if page.write():
        sys.stdout.write(f"{page.name}\n")
