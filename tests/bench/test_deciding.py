"""What a decision costs beside astroplan's own way to ask what can be observed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import astropy.units as u
import numpy as np
from astroplan import AltitudeConstraint, AtNightConstraint, FixedTarget, Observer, is_observable
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from stopwatch import best_s, line

from tsplug import DecisionRequest, Profile, Site, Target
from tsplug.hookspecs import plugin_manager
from tsplug.instructions import SchedulerContainer, Session
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

NOW = datetime(2026, 1, 15, 22, tzinfo=UTC)


def test_one_decision_beside_astroplan(tmp_path: Path) -> None:
    """Deciding over the stored catalogue, once the night's tables are there, against astroplan's is_observable."""
    clock = ManualClock(NOW)
    store = stocked_store(clock)
    with store.read() as unit:
        profile, site, targets = unit.list(Profile)[0], unit.list(Site)[0], unit.list(Target)
    context = FakeContext(store=store, clock=clock, devices=recording_devices(clock, tmp_path))
    session = Session(plugin_manager(), profile.guid, context)
    container, request = SchedulerContainer(), DecisionRequest(profile_guid=profile.guid)
    ours = best_s(lambda: container.decide(request, session), runs=20)
    with iers.conf.set_temp("auto_download", False):
        peer = best_s(lambda: _astroplan(site, targets), runs=3)
    print(line(f"decide among {len(targets)} targets", ours_s=ours, peer="astroplan is_observable", peer_s=peer))


def _astroplan(site: Site, targets: list[Target]) -> np.ndarray:
    place = EarthLocation(lat=site.latitude_deg * u.deg, lon=site.longitude_deg * u.deg, height=site.elevation_m * u.m)
    wanted = [
        FixedTarget(SkyCoord(target.ra_hours * u.hourangle, target.dec_deg * u.deg), name=target.name)
        for target in targets
    ]
    night = Time(NOW) + np.array([0, 6]) * u.hour
    rules = [AltitudeConstraint(20 * u.deg, 90 * u.deg), AtNightConstraint.twilight_astronomical()]
    return is_observable(rules, Observer(place), wanted, time_range=night)
