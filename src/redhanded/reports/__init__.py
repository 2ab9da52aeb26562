"""Reporters: subscribers of a run's events, one format one file."""
