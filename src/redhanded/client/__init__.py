"""Transports, clients and auth flows: where effects are performed."""
