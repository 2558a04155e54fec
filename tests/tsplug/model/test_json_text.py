"""Values become JSON text and come back as they were, but for numbers that JSON does not know."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.model import GraderPreferences, GradingStatus
from tsplug.model.json_text import decoded, encoded

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), PLAIN, max_size=4) | st.lists(PLAIN, max_size=3))
def test_what_json_knows_comes_back_to_the_last_bit(value: Any) -> None:
    """Every number, text and nesting survives, and any other reader of JSON reads the same."""
    assert decoded(encoded(value)) == value
    assert json.loads(encoded(value)) == decoded(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"hfr": math.nan, "fwhm": 3.0}, {"fwhm": 3.0}),
        ({"inner": {"hfr": math.inf}, "bounds": [1.0, -math.inf]}, {"inner": {}, "bounds": [1.0, None]}),
        ([math.nan, 2.0], [None, 2.0]),
        ({"said": "NaN and Infinity"}, {"said": "NaN and Infinity"}),
        ({"half a pair": "\ud800"}, {"half a pair": "\ud800"}),
        ({"status": GradingStatus.ACCEPTED, "of": (1, 2)}, {"status": "accepted", "of": [1, 2]}),
        (GraderPreferences(max_samples=7), GraderPreferences(max_samples=7).model_dump(mode="json")),
    ],
    ids=["mapping", "nested", "list", "words", "surrogate", "words of a set", "model"],
)
def test_what_json_does_not_know_is_left_out_or_told_in_its_types(value: Any, kept: Any) -> None:
    """No text ever holds a number that is not finite: other programs could not read it."""
    assert decoded(encoded(value)) == kept


def test_what_is_no_json_is_an_error() -> None:
    """A spoilt text is told of, not guessed at."""
    with pytest.raises(ValueError, match="Expecting"):
        decoded('{"hfr": ')
