"""Temperature classes, where a profile minds how cold its sensor was."""

from __future__ import annotations

from tsplug.flats.temperature import same_temperature, temperature_classes


def test_worked_example() -> None:
    """A class ends where a temperature lies more than the tolerance from its coldest, not from its neighbour."""
    classes = temperature_classes([-10.0, -9.1, -8.2, 5.0, None], tolerance_c=1.0)
    assert classes == {-10.0: -9.6, -9.1: -9.6, -8.2: -8.2, 5.0: 5.0, None: None}


def test_without_a_tolerance_all_is_one() -> None:
    """A profile that does not mind puts every temperature into the same class."""
    assert temperature_classes([-10.0, 5.0, None], tolerance_c=None) == {-10.0: None, 5.0: None, None: None}
    assert same_temperature(-10.0, 5.0, tolerance_c=None)


def test_what_is_not_known_contradicts_nothing() -> None:
    """Flats taken before the profile minded temperature still serve their lights."""
    assert same_temperature(None, -10.0, tolerance_c=1.0)
    assert same_temperature(-10.0, -9.0, tolerance_c=1.0)
    assert not same_temperature(-10.0, -8.9, tolerance_c=1.0)
