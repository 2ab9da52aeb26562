"""Values that every room shares: no I/O, the standard library and pydantic only."""
