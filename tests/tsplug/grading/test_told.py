"""Numbers and words of verdicts are written as they would be written of the values."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.told import number_text, number_texts, quoted
from tsplug.model.json_text import encoded


@given(st.one_of(st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_are_written_as_of_values(value: float | None) -> None:
    """Small, large and whole numbers, and none, read as the same text."""
    assert f'{{"a":{number_text(value)}}}' == encoded({"a": value})


@given(st.lists(st.one_of(st.none(), st.integers(), st.floats())))
def test_numbers_are_written_at_once_as_one_by_one(values: list[float | None]) -> None:
    """Many numbers have the texts that each has; where one of them is none that JSON knows there are no texts."""
    is_finite = all(value is None or math.isfinite(value) for value in values)
    assert number_texts(values) == ([number_text(value) for value in values] if is_finite else None)


@given(st.one_of(st.text(), st.sampled_from(['1.20" a pixel', "C:\\frames", "a\tb", "µm", "\ud800"])))
def test_words_are_written_as_of_values(text: str) -> None:
    """Quotes, backslashes, what is no letter and half a letter read as the same text."""
    # Where a word looks like no number, spaces are left between: a text is compared, not its bytes.
    assert json.loads(f'{{"a":{quoted(text)}}}') == json.loads(encoded({"a": text}))
