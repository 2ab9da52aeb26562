"""What reports are held to: their size, the time to write them, the time to open them."""
