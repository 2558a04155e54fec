"""Settings that do nothing because another one that they need is off."""

from __future__ import annotations

from tsplug.model import ExposureTemplate, Record


def idle_moon_words(record: Record) -> str:
    """Return in words that a template asks the Moon to be down and is not heard; empty where that is not so."""
    if not isinstance(record, ExposureTemplate) or not record.moon_must_be_down or record.moon_avoidance:
        return ""
    return "moon_must_be_down does nothing without moon_avoidance"
