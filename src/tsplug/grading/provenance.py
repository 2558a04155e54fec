"""What a statistical verdict was made from, as a digest: verdicts made from the same are the same.

So a verdict that is stored with its digest need not be found again while the frame, all that it is compared with and
what the profile wants are what they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b

from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, GraderPreferences, GradingStatus

MADE_FROM_INPUT = "made_from"
"""The key of a verdict's inputs that holds the digest."""

_BYTES = 16
_ALL = (1 << 8 * _BYTES) - 1
_METRICS = repr(sorted(METRICS.items()))
_ELSEWHERE = {"ungraded", "criteria_set", "auto_grade", "move_rejected", "rejected_dir", "delay_percent", "statistical"}


def mark_of(image: AcquiredImage) -> int:
    """Return the digest of what a frame is in a comparison, those that may be compared taken alike.

    Digests of several frames are added by `together`: a sum knows no order, and one is taken out of it in no time.
    """
    told = (image.id, image.guid, image.started, image.session_date, sorted(image.metrics.items()))
    return _number(repr(told))


class Marks:
    """The digests of frames, each found once however many crowds it is part of, and whatever its status becomes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Mapping[str, float], datetime, int]] = {}

    def of(self, image: AcquiredImage) -> int:
        """Return `mark_of` a frame; of frames of one guid and one measurement only the status may differ."""
        known = self._known.get(image.guid)
        if known is None or known[0] is not image.metrics or known[1] != image.started:
            known = self._known[image.guid] = image.metrics, image.started, mark_of(image)
        return known[2]


def together(marks: int, *, without: int) -> int:
    """Return the sum of digests, one of them taken out, within the range of digests."""
    return (marks - without) & _ALL


def asked_of(preferences: GraderPreferences) -> str:
    """Return what of a profile's preferences, and of the metrics there are, verdicts rest on; as short text."""
    return digest(preferences.model_dump_json(exclude=_ELSEWHERE), _METRICS)


def own_of(image: AcquiredImage) -> tuple[object, ...]:
    """Return what a frame's own verdict rests on beside its mark: whether it may wait, and whether measuring failed."""
    return image.status is GradingStatus.PENDING, image.measure_error, image.rotation_deg


def digest(*parts: object) -> str:
    """Return the digest of values, by their representations, as hexadecimal digits."""
    return digest_of(repr(parts))


def digest_of(text: str) -> str:
    """Return the digest of a text, as hexadecimal digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest()


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest(), "big")
