"""The ranges of numbers, and parts that may be absent."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hostsim.devices.parts.limits import Between, FaultyError, Part, written


class Box(Part):
    """A part with a number, and one that may be absent."""

    size: Annotated[int, Between(ge=1, lt=10)] = 1
    depth: Annotated[float | None, Between(gt=0, le=2.5)] = 1.0
    open: bool = True


@given(st.one_of(st.integers(-(10**9), 10**9), st.floats(), st.booleans(), st.text(max_size=3)))
def test_a_number_is_in_its_range_or_refused(value: Any) -> None:
    """What is taken is a number of the range; every refusal tells the range and the value."""
    try:
        assert 0 < (Box(depth=value).depth or 1) <= 2.5
    except ValidationError as error:
        (told,) = error.errors()
        assert "above 0 to 2.5" in told["msg"]
        assert written(value).removesuffix(".0") in told["msg"]


def test_false_is_for_what_may_be_absent() -> None:
    """It stands for None there, and for itself where a truth value belongs."""
    box = Box.model_validate({"depth": False, "open": False})
    assert (box.depth, box.open) == (None, False)
    with pytest.raises(ValidationError, match="must be a whole number from 1 below 10, not false"):
        Box.model_validate({"size": False})


def test_faults_are_told_with_their_places() -> None:
    """The text of an error for several fields names each."""
    assert str(FaultyError([(("a", 0), "is wrong"), (("b",), "too")])) == "a.0: is wrong; b: too"


def test_what_is_long_is_written_short() -> None:
    """No value fills a line."""
    assert written("x" * 500) == "'" + "x" * 56 + "..."
    assert written(10**400) == "a number of more than 38 digits"
