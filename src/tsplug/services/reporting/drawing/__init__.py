"""Drawings as geometry alone, in units of their viewBox: no store, no page, no text but labels."""
