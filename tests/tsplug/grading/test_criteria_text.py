"""Verdicts of criteria that are written as text are those that are told as values."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from varied_plans import varied_plan

from tsplug.grading.criteria_verdict import FrameJudge
from tsplug.grading.told import ToldVerdict
from tsplug.model import Band
from tsplug.model.json_text import encoded
from tsplug.services.criteria_documents import criteria_of


@given(seed=st.integers(0, 100_000), minimum=st.sampled_from(Band), gate=st.sampled_from([None, 3.0]))
@settings(max_examples=40, deadline=None)
def test_verdicts_as_text_are_those_as_values(seed: int, minimum: Band, gate: float | None) -> None:
    """Whatever is missing, gated or below the minimum: status, score, band and every number are the same."""
    rows = {
        "hfr": {"weight": 2, "good": 2.0, "bad": 4.0, "deviation": True, "gate": gate},
        "star_count": {"weight": 1, "good": 300, "bad": 50, "deviation": True},
        "fwhm": {"weight": 1, "good": 2.0, "bad": 7.0},
    }
    images = varied_plan(Random(seed), 12).images
    judge = FrameJudge(criteria_of({"name": 'a "set" of 90 %', "rows": rows}), images)
    for image in images:
        told, plain = judge.told(image, minimum=minimum), judge.verdict(image, minimum=minimum)
        text = told.text if isinstance(told, ToldVerdict) else encoded(told.inputs)
        assert text == encoded(plain.inputs)
        for name in ("grader", "version", "status", "reason", "score", "band"):
            assert getattr(told, name) == getattr(plain, name)
