from __future__ import annotations

import pytest

from tsplug.errors import InputError
from tsplug.nina.profile.horizon import horizon_points


@pytest.mark.parametrize(
    "text",
    ["0 10\n90 20", "# comment\n\n90\t20 # east\n0;10\n", "0,10\r\n90 , 20", "[[10, 0], [20, 90]]"],
)
def test_points_are_read(text: str) -> None:
    """Azimuth and altitude come in any order, with any separator, or as MountWizzard keeps them."""
    assert horizon_points(text) == [(0.0, 10.0), (90.0, 20.0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 10", "two points"),
        ("# nothing", "two points"),
        ("0 10\n400 20", "line 2: azimuth must lie within"),
        ("0 10\nnan 20", "line 2"),
        ("0 10\n5", "line 2: '5'"),
        ("[[1, 2], 3]", "JSON list"),
        ("[", "JSON list"),
    ],
)
def test_what_is_no_horizon_is_refused(text: str, words: str) -> None:
    """A line of another form is named."""
    with pytest.raises(InputError, match=words):
        horizon_points(text)
