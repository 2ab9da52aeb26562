"""Tests of OpenAPI documents as contracts."""
