"""What a preview foretells is the night that follows, where nothing goes wrong in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from nights import Previewed

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("proof night")]

# Slews take as long as they are far; all else agrees to half a second.
SECONDS = timedelta(seconds=8)


def test_the_night_is_the_one_that_was_previewed(proof_night: Previewed) -> None:
    """The same exposures in the same order, each begun within seconds; overheads are the sequence's."""
    foretold = [
        (span["target"], exposure)
        for span in proof_night.spans
        if span["kind"] == "target"
        for exposure in span["exposures"]
    ]
    taken = sorted(proof_night.night.tsplug("images", "list"), key=lambda image: image["started"])
    assert [(target, each["filter"], each["exposure_s"], each["template"]) for target, each in foretold] == [
        (image["target"], image["filter"], image["exposure_s"], image["template"]) for image in taken
    ]
    for (_, exposure), image in zip(foretold, taken, strict=True):
        late = datetime.fromisoformat(image["started"]) - datetime.fromisoformat(exposure["start"])
        assert abs(late) < SECONDS, (exposure, image["started"])


def test_what_was_previewed_has_all_that_takes_time(proof_night: Previewed) -> None:
    """Two targets in two containers, waits, dithers, filters switched, focuses, and a flip at the meridian."""
    assert [span["kind"] for span in proof_night.spans] == ["target", "target", "wait", "target"]
    exposures = [each for span in proof_night.spans for each in span.get("exposures", ())]
    assert len(exposures) == 35
    assert sum(each["dither"] for each in exposures) == 26
    assert sum(each["focus"] for each in exposures) == 2
    assert sum(each["flip"] for each in exposures) == 1
    assert len({each["filter"] for each in exposures}) == 3
