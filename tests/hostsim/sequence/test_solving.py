"""Centering by the stars of frames, with a mount that looks beside what it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from astropy.io import fits
from sky_frames import RA_HOURS, sky_pixels

from hostsim.equipment.mount import NotCenteredError
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.slew import Slew
from hostsim.sequence.solving import NotSolvedError, SolvingSettings, center_by_stars

OFF_DEG = 0.2


@dataclass
class Crooked:
    """A mount whose telescope looks beside what it reports in declination, and its camera."""

    off_deg: float = OFF_DEG
    cloudy: bool = False
    clouds: int = 0
    label: str = "mount"
    aims: list[tuple[float, float]] = field(default_factory=list)
    learnt: list[tuple[float, float]] = field(default_factory=list)

    def center(self, ra_hours: float, dec_deg: float) -> None:
        """Point."""
        self.aims.append((ra_hours, dec_deg))

    def learn(self, ra_hours: float, dec_deg: float, *, sync: bool) -> None:
        """Take in where it really points."""
        self.learnt.append((ra_hours, dec_deg))
        self.off_deg = 0.0

    def expose(self, exposure: object) -> Any:
        """Return what the telescope really sees."""
        self.clouds -= 1
        if self.cloudy or self.clouds >= 0:
            pixels = np.full((800, 1000), 500, np.uint16)
        else:
            pixels = sky_pixels(dec_deg=round(self.aims[-1][1] + self.off_deg, 4))
        return SimpleNamespace(pixels=pixels, reading=SimpleNamespace(bayer_offset=None))


@pytest.fixture
def center(make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Host]:
    """Return what centers on the field with a crooked mount."""

    def centered(crooked: Crooked, *, optics: bool = True, guider: bool = False, **settings: Any) -> Host:
        host = make_host()
        likes = {name: settings.pop(name) for name in ("solvers", "astap") if settings.get(name) is not None}
        settings.pop("solvers", None)
        pipeline = host.profile.pipeline.model_copy(update=likes)
        monkeypatch.setattr(host, "profile", host.profile.model_copy(update={"pipeline": pipeline}))
        monkeypatch.setattr(host, "guider", object() if guider else None)
        monkeypatch.setattr(host, "mount", lambda: crooked)
        monkeypatch.setattr(host, "camera", lambda: crooked)
        if not optics:
            monkeypatch.setattr(host, "profile", host.profile.model_copy(update={"focal_length_mm": None}))
        solving = cast(Any, SolvingSettings)(**({"catalogue": "simulated"} | settings))
        center_by_stars(RA_HOURS, 40.0, host=host, settings=solving)
        return host

    return centered


def test_the_telescope_ends_where_it_was_to_look(center: Callable[..., Host], screen: StringIO) -> None:
    """The mount learns where it really points, and is sent again."""
    crooked = Crooked()
    center(crooked)
    assert crooked.aims == [(RA_HOURS, 40.0), (RA_HOURS, 40.0)]
    assert crooked.learnt[0] == pytest.approx((RA_HOURS, 40.0 + OFF_DEG), abs=1e-3)
    assert "centered by" in screen.getvalue()


def test_a_mount_that_is_straight_needs_one_frame(center: Callable[..., Host]) -> None:
    """Nothing is corrected that is right."""
    crooked = Crooked(off_deg=0.0)
    center(crooked)
    assert (len(crooked.aims), crooked.learnt) == (1, [])


def test_a_frame_that_is_not_solved_is_taken_again(center: Callable[..., Host], screen: StringIO) -> None:
    """A cloud passes; the mount need not move for it."""
    crooked = Crooked(off_deg=0.0, clouds=2)
    center(crooked, attempts=3)
    assert len(crooked.aims) == 1
    assert "centered by" in screen.getvalue()


def test_clouds_over_all_frames_are_told(center: Callable[..., Host]) -> None:
    """Nobody knows where the telescope looks then."""
    with pytest.raises(NotSolvedError, match=r"2 frames were not solved .*stars, and 6 are needed"):
        center(Crooked(cloudy=True), attempts=2)


@pytest.mark.parametrize("missing", ["optics", "catalogue", "solver"])
def test_where_nothing_can_solve_the_mount_is_believed(
    center: Callable[..., Host],
    screen: StringIO,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    missing: str,
) -> None:
    """The night goes on, and the log says what is missing."""
    monkeypatch.setenv("TSPLUG_CATALOGUE", str(tmp_path / "none"))
    crooked, settings = Crooked(), {"catalogue": "installed"} if missing == "catalogue" else {}
    center(crooked, optics=missing != "optics", solvers=[] if missing == "solver" else None, **settings)
    assert len(crooked.aims) == 1
    said = {"optics": "no pixel size", "catalogue": "no star catalogue is installed", "solver": "names no solver"}
    assert said[missing] in screen.getvalue()
    assert "centered by what the mount says" in screen.getvalue()


def test_solvers_of_the_profile_are_asked_in_order(center: Callable[..., Host], tmp_path: Path) -> None:
    """ASTAP gets the frame as a file; what it does not know the matcher does."""
    program, kept = tmp_path / "astap", tmp_path / "seen.fits"
    program.write_text(f'#!/bin/sh\ncp "$2" "{kept}"\nexit 32\n')
    program.chmod(0o755)
    crooked = Crooked(off_deg=0.0)
    center(crooked, solvers=["astap", "matcher"], astap=str(program))
    assert fits.getdata(kept).tolist() == sky_pixels(dec_deg=40.0).tolist()
    assert len(crooked.aims) == 1


def test_a_mount_that_stays_beside_is_told(center: Callable[..., Host]) -> None:
    """With how far, and after how many frames."""
    with pytest.raises(NotCenteredError, match="looks 720 arcsec beside after 1 frames"):
        center(Crooked(), attempts=1)


def test_own_simulators_show_their_own_stars(center: Callable[..., Host], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody need install them; equipment of others shows the sky."""
    crooked = Crooked(off_deg=0.0)
    center(crooked, catalogue=None, guider=True)
    assert len(crooked.aims) == 1


def test_a_slew_goes_on_under_clouds(
    make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch, screen: StringIO
) -> None:
    """With a warning, as the author of the sequence stands beside it."""
    host, crooked = make_host(), Crooked(cloudy=True)
    monkeypatch.setattr(host, "mount", lambda: crooked)
    monkeypatch.setattr(host, "camera", lambda: crooked)
    solving = SolvingSettings(attempts=1, catalogue="simulated")
    Slew(ra_hours=RA_HOURS, dec_deg=40.0, solve=solving).run(host)
    assert "were not solved" in screen.getvalue()
    assert "centered by what the mount says" in screen.getvalue()
