"""Contracts: each holds an answer against what was declared and returns its violations."""
