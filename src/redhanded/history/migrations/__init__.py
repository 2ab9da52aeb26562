"""How a database of an older version comes to the newest one, step by step."""
