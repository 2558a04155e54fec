"""hostsim, a small sequencer that loads tsplug and drives ASCOM Alpaca devices."""
