"""Tests of values held against the schemas of a document."""
