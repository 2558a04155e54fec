"""What an archive of a profile consists of; its reader and its writer share it."""

from __future__ import annotations

FORMAT = "tsplug profile"
VERSION = 1
"""Raised when an older tsplug could no longer read what is written."""

MANIFEST = "manifest.json"
PARTS = (
    "sites",
    "profiles",
    "criteria_sets",
    "templates",
    "projects",
    "contributions",
    "targets",
    "plans",
    "trained_flats",
    "flat_sets",
    "flat_history",
    "images",
    "verdicts",
)


def member_of(part: str) -> str:
    """Return the name of the member that holds a part."""
    return f"{part}.jsonl"
