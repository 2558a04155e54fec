"""What a validation found wrong, in words for users."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tsplug.model import Site
from tsplug.model.wording import minutes, plain, problems_of


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Value error, unknown time zone 'Mars'", "unknown time zone 'Mars'"),
        ("Input should be greater than 0", "must be greater than 0"),
        ("Input should be a valid integer, unable to parse string as an integer", "must be a whole number"),
        ("Field required", "Field required"),
    ],
)
def test_the_library_is_not_quoted(message: str, said: str) -> None:
    """A user reads what must be, not who found that it is not."""
    assert plain(message) == said


def test_every_problem_is_a_line_that_begins_with_its_field() -> None:
    """All at once, so that nobody mends them one by one."""
    with pytest.raises(ValidationError) as caught:
        Site.model_validate({"name": "x", "latitude_deg": 91, "longitude_deg": 8, "time_zone": "Mars"})
    lines = problems_of(caught.value)
    assert [line.partition(":")[0] for line in lines] == ["latitude_deg", "time_zone"]
    assert not [line for line in lines if "Value error" in line or "Input should" in line]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 minutes"),
        (60, "1 minute"),
        (62, "1 minute"),
        (90, "1.5 minutes"),
        (599.9, "10 minutes"),
        (4000, "67 minutes"),
    ],
)
def test_one_minute_is_no_minutes(seconds: float, said: str) -> None:
    """A short duration has a decimal, a long one has none."""
    assert minutes(seconds) == said
