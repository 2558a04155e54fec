"""Pixels of frames: what a header promises is held against the file before memory is taken for it."""
