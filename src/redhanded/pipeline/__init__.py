"""Policies around a call, each a generator that yields effects and performs nothing itself."""
