"""A suite of one's own: the files of a new project, and what is written of them."""

from __future__ import annotations
