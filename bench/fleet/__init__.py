"""What the fleet is held to: counts, leases, pace, and verdicts while its Redis is in trouble."""
