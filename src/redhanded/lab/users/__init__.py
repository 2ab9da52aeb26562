"""Users with roles, and their logins."""
