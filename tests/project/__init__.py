"""Tests of the project itself: how it is set up, shipped and shown."""
