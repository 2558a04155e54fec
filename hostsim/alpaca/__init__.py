"""The ASCOM Alpaca server of the simulated observatory: protocol and management, nothing about behaviour."""
