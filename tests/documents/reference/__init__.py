"""The pages of the reference that are made of the code, and what makes them.

`python -m tests.documents.reference` writes all of them.
"""

from __future__ import annotations
