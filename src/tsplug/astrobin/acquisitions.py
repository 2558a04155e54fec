"""Lights to acquisition rows: one row for lights that AstroBin should show as one session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tsplug.astrobin.lights import Light
from tsplug.astrobin.numbers import mean_rounded, rounded
from tsplug.model import Value

_Key = tuple[object, ...]


class AcquisitionRow(Value):
    """One row of AstroBin's table, before it is checked against AstroBin's limits; None leaves a cell empty.

    ``filter_name`` is not written; it names the row to people. Temperatures Celsius, durations seconds.
    """

    date: date
    filter_name: str
    filter: int | None = None
    number: int
    duration: float
    binning: int | None = None
    gain: float | None = None
    sensor_cooling: int | None = None
    f_number: float | None = None
    darks: int | None = None
    flats: int | None = None
    flat_darks: int | None = None
    bias: int | None = None
    bortle: float | None = None
    mean_sqm: float | None = None
    mean_fwhm: float | None = None
    temperature: float | None = None


def acquisition_rows(lights: Iterable[Light]) -> tuple[AcquisitionRow, ...]:
    """Return one row for each night, filter, exposure, gain, binning, set point, f-number and sky.

    Rows are ordered by site, night, filter name, gain, binning, exposure. Means weigh every light the same; what no
    light knows stays empty. Flats are counted once however many lights they serve.
    """
    groups: dict[_Key, list[Light]] = {}
    for light in lights:
        groups.setdefault(_key(light), []).append(light)
    ordered = sorted(groups.values(), key=lambda members: _order(members[0]))
    return tuple(_row(members) for members in ordered)


def exposure_of(light: Light) -> float:
    """Return the exposure in seconds as rows tell it: to 0.01 s, below one second to 0.0001 s."""
    return rounded(light.exposure_s, 2 if light.exposure_s >= 1 else 4)


def _key(light: Light) -> _Key:
    return (
        light.night,
        light.filter_name,
        light.filter_id,
        exposure_of(light),
        light.gain,
        light.binning,
        None if light.set_point_c is None else rounded(light.set_point_c, 0),
        mean_rounded([light.gear.f_number], 2),
        light.place,
    )


def _order(light: Light) -> tuple[str, date, str, int, int, float, float]:
    gain = -1 if light.gain is None else light.gain
    set_point = 1e3 if light.set_point_c is None else light.set_point_c
    return (light.place.name, light.night, light.filter_name, gain, light.binning, exposure_of(light), set_point)


def _row(members: Sequence[Light]) -> AcquisitionRow:
    first = members[0]
    flats = {flat for light in members for flat in light.flats}
    measured_sky = mean_rounded((light.sky_quality for light in members), 2)
    return AcquisitionRow(
        date=first.night,
        filter_name=first.filter_name,
        filter=first.filter_id,
        number=len(members),
        duration=exposure_of(first),
        binning=first.binning,
        gain=first.gain,
        sensor_cooling=_sensor_cooling(members),
        f_number=mean_rounded([first.gear.f_number], 2),
        flats=len(flats) or None,
        bortle=first.place.bortle,
        mean_sqm=mean_rounded([first.place.sky_quality], 2) if measured_sky is None else measured_sky,
        mean_fwhm=mean_rounded((light.fwhm_arcsec for light in members), 2),
        temperature=mean_rounded((light.ambient_c for light in members), 2),
    )


def _sensor_cooling(members: Sequence[Light]) -> int | None:
    measured = mean_rounded((light.sensor_c for light in members), 0)
    wanted = mean_rounded((light.set_point_c for light in members), 0)
    chosen = wanted if measured is None else measured
    return None if chosen is None else int(chosen)
