"""Frames on disk: the file name, the header, and writing so that a frame is wholly there or not at all."""
