"""Named random streams, so that each part of the sky draws its own numbers from the one seed."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

import numpy as np

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def stream(seed: int, name: str, *keys: int) -> np.random.Generator:
    """Return the generator that belongs to this seed, name and whole-number keys, the same on every machine."""
    words = [seed, zlib.crc32(name.encode()), *(key % 2**64 for key in keys)]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(words)))


def hours_since_epoch(moment: datetime) -> float:
    """Return the hours from 2000-01-01 00:00 UTC to ``moment``, the argument of every curve in time."""
    return (moment - _EPOCH).total_seconds() / 3600.0


def microseconds_since_epoch(moment: datetime) -> int:
    """Return the whole microseconds from 2000-01-01 00:00 UTC to ``moment``, the key of one exposure."""
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
