"""The files of a starter suite, read and run as those who get them do."""

from __future__ import annotations
