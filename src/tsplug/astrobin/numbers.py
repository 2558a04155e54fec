"""Rounding and means as a reader of the tables expects them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from math import fsum

_NOISE_DIGITS = 9


def rounded(value: float, digits: int) -> float:
    """Return a number rounded to decimals, halves away from zero, whatever its binary form hides in the last place."""
    exact = Decimal(repr(round(float(value), _NOISE_DIGITS)))
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the known values, every one weighing the same; None where none is known."""
    known = [value for value in values if value is not None]
    return fsum(known) / len(known) if known else None


def mean_rounded(values: Iterable[float | None], digits: int) -> float | None:
    """Return the mean of the known values rounded to decimals, or None where none is known."""
    found = mean(values)
    return None if found is None else rounded(found, digits)
