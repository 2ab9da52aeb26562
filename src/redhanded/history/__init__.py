"""History: what earlier runs saw, kept in a database; it orders work and never judges a test."""
