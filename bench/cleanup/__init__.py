"""What cleanup is held to: nothing left behind after any death, and nothing of others touched."""
