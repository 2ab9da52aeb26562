"""OpenAPI documents, as contracts."""
