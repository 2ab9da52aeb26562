"""Replay: what a run recorded is sent once more, and what comes is held against the record."""
