"""What history is held to: decisions by simulation, and storage by the clock."""
