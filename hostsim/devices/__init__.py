"""Simulated devices of one observatory: behaviour only, one file per device; the protocol is elsewhere."""
