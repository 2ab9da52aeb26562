"""The page of a run in a real browser: what a reader sees of it, and what never happens in it."""
