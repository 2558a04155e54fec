"""HTTP: frames that are sent to tsplug, and what becomes of them."""
