"""What contracts cost, and what they find: `python -m bench.contracts`."""
