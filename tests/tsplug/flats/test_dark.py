"""Dark flats: one set for all flats that share camera settings and exposure."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tsplug.flats.dark import DarkNeed, dark_sets
from tsplug.model import FlatSet, FlatsType, LightSession

NOW = datetime(2026, 1, 16, 6, tzinfo=UTC)


def need(filter_name: str, exposure_s: float, *, gain: int = 100) -> DarkNeed:
    """Return a set of flats that serves one session."""
    taken = FlatSet(
        profile_id=1,
        filter_name=filter_name,
        gain=gain,
        rotation_deg=30.0,
        brightness=50,
        exposure_s=exposure_s,
        wanted=10,
        night=date(2026, 1, 15),
        started=NOW,
    )
    session = LightSession(
        profile_id=1,
        project_id=1,
        project_name="P",
        target_id=1,
        target_name=f"T {filter_name}",
        session_date=date(2026, 1, 15),
        session_id=1,
        spec=taken.spec,
    )
    return DarkNeed(taken, (session,))


def test_filters_of_one_exposure_share_dark_flats() -> None:
    """Filter and angle do not matter in the dark; gain and exposure do."""
    takes = dark_sets([need("L", 2.0), need("R", 2.0), need("B", 4.0), need("Ha", 2.0, gain=200)], count=5)
    assert [(take.exposure_s, take.spec.gain, len(take.sessions)) for take in takes] == [
        (2.0, 100, 2),
        (2.0, 200, 1),
        (4.0, 100, 1),
    ]
    assert {take.flats_type for take in takes} == {FlatsType.DARK}
    assert {(take.spec.rotation_deg, take.spec.filter_name) for take in takes} == {(None, "")}


def test_exposures_that_differ_by_a_hair_share_dark_flats() -> None:
    """Exposures that are equal to a millisecond are one, as cameras take them and programs match them."""
    (take,) = dark_sets([need("L", 6.0), need("R", 6.0003)], count=5)
    assert (take.exposure_s, len(take.sessions)) == (6.0, 2)


def test_an_interrupted_set_goes_on() -> None:
    """Frames that an unfinished set has on disk are not taken again."""
    begun = need("L", 2.0)
    unfinished = begun.flat_set.model_copy(update={"guid": "dark"})
    (take,) = dark_sets([DarkNeed(begun.flat_set, begun.sessions, unfinished, frozenset({1, 2}))], count=4)
    assert (take.resumes, take.missing) == ("dark", (3, 4))
