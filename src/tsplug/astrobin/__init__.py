"""What AstroBin takes and what a session came to: lights become acquisition rows, CSV text and a summary."""
