"""What the physical numbers of a device must be, and how they must fit, where their types do not say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostsim.alpaca.toml_lines import Path
from hostsim.devices.parts.limits import INT32, MOST, Between, written

_STEPS = Between(ge=-INT32, le=INT32)
# Of what a camera's sensor, a telescope's optics and its site may be.
LIMITS: dict[tuple[str, str], dict[str, Between]] = {
    ("camera", "sensor"): {
        "width": Between(ge=1, le=20_000),
        "height": Between(ge=1, le=20_000),
        "pixel_um": Between(ge=0.1, le=100),
        "full_well_e": Between(ge=100, le=10_000_000),
        "max_adu": Between(ge=255, le=65_535),
        "quantum_efficiency": Between(ge=0.01, le=1),
        "gain_min": Between(ge=0, le=MOST),
        "gain_max": Between(ge=0, le=MOST),
        "amp_glow_e_per_s": Between(ge=0, le=100),
    },
    ("telescope", "optics"): {
        "focal_length_mm": Between(ge=10, le=100_000),
        "aperture_mm": Between(ge=1, le=20_000),
        "throughput": Between(ge=0.01, le=1),
        "best_focus_steps": _STEPS,
        "microns_per_step": Between(ge=0.001, le=1000),
        "focus_drift_steps_per_c": Between(ge=-(10**6), le=10**6),
    },
    ("telescope", "site"): {
        "latitude_deg": Between(ge=-90, le=90),
        "longitude_deg": Between(ge=-180, le=180),
        "elevation_m": Between(ge=-300, le=10_000),
        "sky_brightness_mag": Between(ge=10, le=23),
    },
}
"""The ranges of the numbers of a part of a kind of device."""

_NOISE_E = Between(ge=0, le=10_000)


def implausible(device: Any) -> Iterator[tuple[Path, str]]:
    """Return the place and the fault of every number of a valid ``device`` that no equipment has."""
    for (kind, part), limits in LIMITS.items():
        for name, limit in limits.items() if device.kind == kind else ():
            yield from _outside((part, name), getattr(getattr(device, part), name), limit=limit)
    if device.kind == "camera":
        yield from _of_camera(device)
    if device.kind == "telescope":
        for name, steps in device.optics.filter_focus_steps.items():
            yield from _outside(("optics", "filter_focus_steps", name), steps, limit=_STEPS)


def _outside(place: Path, value: float, *, limit: Between) -> Iterator[tuple[Path, str]]:
    if not limit.holds(value):
        yield place, f"must be{limit}, not {written(value)}"


def _of_camera(camera: Any) -> Iterator[tuple[Path, str]]:
    sensor = camera.sensor
    if not set(sensor.bayer_offset) <= {0, 1}:
        yield ("sensor", "bayer_offset"), f"must be 0 or 1 each, not {sensor.bayer_offset}"
    if sensor.gain_min > sensor.gain_max:
        yield ("sensor", "gain_min"), f"must be up to gain_max, {sensor.gain_max}, not {sensor.gain_min}"
    if 0 < min(sensor.width, sensor.height) < camera.max_bin:
        text = f"must be from 1 to {min(sensor.width, sensor.height)}, the pixels of the sensor, not {camera.max_bin}"
        yield ("max_bin",), text
    yield from _of_modes(sensor)


def _of_modes(sensor: Any) -> Iterator[tuple[Path, str]]:
    if not sensor.readout_modes:
        yield ("sensor", "readout_modes"), "a camera has at least one readout mode"
    bias = Between(ge=0, le=max(sensor.max_adu, 0))
    for index, mode in enumerate(sensor.readout_modes):
        place: Path = ("sensor", "readout_modes", index)
        if not mode.name:
            yield (*place, "name"), "must be a text that is not empty"
        yield from _outside((*place, "read_noise_e"), mode.read_noise_e, limit=_NOISE_E)
        yield from _outside((*place, "bias_adu"), mode.bias_adu, limit=bias)
