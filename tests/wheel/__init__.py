"""Tests of the built wheel; the ordinary run does not collect them."""
