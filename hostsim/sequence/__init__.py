"""A night as data (YAML), and the sequencer that runs it."""
