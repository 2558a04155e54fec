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
    ("text", "points"),
    [
        ("0 20\n0 30\n180 10", [(0, 20), (0.001, 30), (180, 10)]),
        ("0 5\n90 10\n90 40\n200 40", [(0, 5), (89.999, 10), (90, 40), (200, 40)]),
        ("200 40\n90 40\n90 10\n0 5", [(0, 5), (89.999, 10), (90, 40), (200, 40)]),
        ("0 5\n90 10\n90 10\n360 5", [(0, 5), (90, 10), (360, 5)]),
    ],
)
def test_a_wall_keeps_both_of_its_altitudes(text: str, points: list[tuple[float, float]]) -> None:
    """Whichever way the file goes round; the same line twice is one."""
    assert horizon_points(text) == points


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


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("azDeg_altDeg", "0 10\n90 20\n360 10"),
        ("azDeg_zdDeg", "0 80\n90 70\n360 80"),
        ("azRad_altRad", "0 0.17453292520\n1.57079632679 0.3490658504\n6.28318530718 0.1745329252"),
        ("azGrad_zdGrad", "0 88.8888888889\n100 77.7777777778\n400 88.8888888889"),
    ],
)
def test_stellarium_says_what_its_numbers_are(form: str, text: str) -> None:
    """Degrees, radians or gons, altitudes or zenith distances: the same horizon."""
    points = horizon_points(text, form=form)
    assert [azimuth for azimuth, _ in points] == pytest.approx([0, 90, 360])
    assert [altitude for _, altitude in points] == pytest.approx([10, 20, 10])


def test_another_form_is_refused() -> None:
    """The forms that there are are named."""
    with pytest.raises(InputError, match="there are azDeg_altDeg"):
        horizon_points("0 10\n90 20", form="altDeg")
