"""Shows the night: live in a terminal, as plain lines elsewhere, and as tables at its end."""
