"""Centering by the stars of frames, with a mount that looks beside what it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from sky_frames import RA_HOURS, sky_pixels

from hostsim.equipment.mount import NotCenteredError
from hostsim.sequence.host import Host
from hostsim.sequence.solving import SolvingSettings, center_by_stars

OFF_DEG = 0.2


@dataclass
class Crooked:
    """A mount whose telescope looks beside what it reports in declination, and its camera."""

    off_deg: float = OFF_DEG
    cloudy: bool = False
    label: str = "mount"
    aims: list[tuple[float, float]] = field(default_factory=list)

    def center(self, ra_hours: float, dec_deg: float) -> None:
        """Point."""
        self.aims.append((ra_hours, dec_deg))

    def expose(self, exposure: object) -> Any:
        """Return what the telescope really sees."""
        if self.cloudy:
            return SimpleNamespace(pixels=np.full((800, 1000), 500, np.uint16))
        return SimpleNamespace(pixels=sky_pixels(dec_deg=round(self.aims[-1][1] + self.off_deg, 4)))


@pytest.fixture
def center(make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Host]:
    """Return what centers on the field with a crooked mount."""

    def centered(crooked: Crooked, *, optics: bool = True, **settings: object) -> Host:
        host = make_host()
        monkeypatch.setattr(host, "mount", lambda: crooked)
        monkeypatch.setattr(host, "camera", lambda: crooked)
        if not optics:
            monkeypatch.setattr(host, "profile", host.profile.model_copy(update={"focal_length_mm": None}))
        center_by_stars(RA_HOURS, 40.0, host=host, settings=cast(Any, SolvingSettings)(**settings))
        return host

    return centered


def test_the_telescope_ends_where_it_was_to_look(center: Callable[..., Host], screen: StringIO) -> None:
    """The mount is sent beside the place by as much as it is off."""
    crooked = Crooked()
    center(crooked)
    assert [dec for _, dec in crooked.aims] == pytest.approx([40.0, 40.0 - OFF_DEG], abs=1e-3)
    assert "centered by" in screen.getvalue()


def test_a_mount_that_is_straight_needs_one_frame(center: Callable[..., Host]) -> None:
    """Nothing is corrected that is right."""
    crooked = Crooked(off_deg=0.0)
    center(crooked)
    assert len(crooked.aims) == 1


@pytest.mark.parametrize(("cloudy", "optics"), [(True, True), (False, False)], ids=["clouds", "no optics"])
def test_without_a_solution_the_mount_is_believed(
    center: Callable[..., Host], screen: StringIO, *, cloudy: bool, optics: bool
) -> None:
    """The night goes on, and the log says so."""
    crooked = Crooked(cloudy=cloudy)
    center(crooked, optics=optics)
    assert len(crooked.aims) == 1
    assert "centered by what the mount says" in screen.getvalue()


def test_a_mount_that_stays_beside_is_told(center: Callable[..., Host]) -> None:
    """With how far, and after how many frames."""
    with pytest.raises(NotCenteredError, match="looks 720 arcsec beside after 1 frames"):
        center(Crooked(), attempts=1)
