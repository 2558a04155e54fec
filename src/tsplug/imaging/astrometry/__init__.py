"""Where a frame looks: the sky's plane, coordinates in a header, and stars matched with those of a catalogue."""
