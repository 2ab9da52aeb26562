"""Tests of what changed between two documents."""
