"""Values become cards."""

from __future__ import annotations

import re

from tsplug.imaging.keywords import STALE_QUALITY, STALE_SOLUTION, cards_of
from tsplug.imaging.settings import StarSettings
from tsplug.model import PipelinePreferences

DETECTOR = StarSettings().detector


def test_levels_from_0_to_1_keep_their_digits_and_have_no_unit() -> None:
    """Where levels are shares of the range, four decimals would leave two digits of the noise."""
    values = {"noise": 0.00161234, "fwhm": 0.98765432}
    noise, fwhm = cards_of(values, PipelinePreferences(), detector=DETECTOR, adu=False)
    assert (noise.value, noise.comment) == (0.001612, DETECTOR)
    assert (fwhm.value, fwhm.comment) == (0.9877, f"[px] {DETECTOR}")
    (noise,) = cards_of({"noise": 12.345678}, PipelinePreferences(), detector=DETECTOR)
    assert (noise.value, noise.comment) == (12.3457, f"[ADU] {DETECTOR}")


def test_numbers_are_known_by_their_comments() -> None:
    """What was measured or solved is known under any keyword, whichever version wrote it; other cards are not."""
    measured = {"hfr": 2.0, "star_count": 3, "pixel_scale": 1.0}
    for card in cards_of(measured, PipelinePreferences(), detector="tsplug-stars 1 abcd"):
        assert re.fullmatch(STALE_QUALITY, card.comment)
    (offset,) = cards_of({"offset": 2.0}, PipelinePreferences())
    assert re.fullmatch(STALE_SOLUTION, offset.comment)
    assert not any(re.fullmatch(STALE_QUALITY, other) for other in ("[px] other 4", "", "[deg] RA", offset.comment))
