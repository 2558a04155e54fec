"""Frames on disk, the only place that speaks FITS."""
