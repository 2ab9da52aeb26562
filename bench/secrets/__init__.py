"""What becomes of secrets, in every shape and on every way out: `python -m bench.secrets`."""
