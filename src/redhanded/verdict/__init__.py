"""Verdicts: what a test expects, what a failure means, and how it is said."""
