"""The migrations, one a file; none of them ever changes."""
