"""Sites that nobody described, learnt from the network where the user wants that: one question a site and run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tsplug.astrobin.configuration import Configuration, KnownSite
from tsplug.astrobin.frames import Frame, FrameKind, Place
from tsplug.astrobin.places import known_site, placed
from tsplug.astrobin.sky import bortle_of, sky_quality_of
from tsplug.errors import NetworkError
from tsplug.ports import Clock, PlaceLookups

_BETWEEN_ADDRESSES_S = 1.0
# What Nominatim's rules allow.


@dataclass(frozen=True)
class Learnt:
    """What was learnt: the sites, and what could not be learnt, one line each."""

    sites: tuple[KnownSite, ...] = ()
    notes: tuple[str, ...] = ()


def learn_sites(frames: Iterable[Frame], configuration: Configuration, *, ask: PlaceLookups, clock: Clock) -> Learnt:
    """Return the sites of lights that no setting describes, with address and sky as far as they are switched on.

    Each site is asked for once; what fails is told and not asked again in this run.

    Args:
        frames: all frames.
        configuration: the known sites, and which questions are allowed.
        ask: who answers.
        clock: waits a second between two addresses.
    """
    lookups = configuration.lookups
    if not (lookups.sky_quality or lookups.geocoding):
        return Learnt()
    lights = [frame for frame in frames if frame.kind is FrameKind.LIGHT and frame.place is None]
    places = dict.fromkeys(frame.place for frame in placed(lights, configuration) if frame.place is not None)
    sites: list[KnownSite] = []
    notes: list[str] = []
    for place in places:
        site = _learnt(place, configuration, ask=ask, notes=notes)
        if site is not None:
            sites.append(site)
            if lookups.geocoding:
                clock.sleep(_BETWEEN_ADDRESSES_S)
    return Learnt(tuple(sites), tuple(notes))


def _learnt(place: Place, configuration: Configuration, *, ask: PlaceLookups, notes: list[str]) -> KnownSite | None:
    latitude, longitude = place.latitude_deg, place.longitude_deg
    if latitude is None or longitude is None or known_site((latitude, longitude), configuration) is not None:
        return None
    name, sky = "", None
    try:
        if configuration.lookups.sky_quality:
            sky = sky_quality_of(ask.sky_brightness(latitude, longitude))
    except NetworkError as error:
        notes.append(f"sky quality of {place.name}: {error}")
    try:
        if configuration.lookups.geocoding:
            name = ask.address(latitude, longitude)
    except NetworkError as error:
        notes.append(f"address of {place.name}: {error}")
    if sky is None and not name:
        return None
    return KnownSite(
        name=name or place.name,
        latitude_deg=latitude,
        longitude_deg=longitude,
        bortle=place.bortle if sky is None else bortle_of(sky),
        sky_quality=place.sky_quality if sky is None else sky,
    )
