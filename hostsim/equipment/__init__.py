"""The host's devices: ASCOM Alpaca through alpyca, behind the names the host and tsplug use."""
