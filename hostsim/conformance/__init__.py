"""A checker of ASCOM Alpaca servers, anybody's: it knows the protocol from tables of its own, not from our devices."""
