"""Tests of expectations, triage and the words for both."""
