"""What the physical numbers of a configuration must be, where their types do not say it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from hostsim.alpaca.toml_lines import Path

# Lowest, highest: of what a camera's sensor, a telescope's optics and its site may be.
_LIMITS: dict[tuple[str, str], dict[str, tuple[float, float]]] = {
    ("camera", "sensor"): {
        "width": (1, 20_000),
        "height": (1, 20_000),
        "pixel_um": (0.1, 100),
        "full_well_e": (100, 10_000_000),
        "max_adu": (255, 65_535),
        "quantum_efficiency": (0.01, 1),
        "amp_glow_e_per_s": (0, 100),
    },
    ("telescope", "optics"): {
        "focal_length_mm": (10, 100_000),
        "aperture_mm": (1, 20_000),
        "throughput": (0.01, 1),
        "microns_per_step": (0.001, 1000),
    },
    ("telescope", "site"): {
        "latitude_deg": (-90, 90),
        "longitude_deg": (-180, 180),
        "elevation_m": (-300, 10_000),
        "sky_brightness_mag": (10, 23),
    },
}


def implausible(data: dict[str, Any], servers: tuple[Any, ...]) -> Iterator[tuple[Path, str]]:
    """Return the place and the fault of every number of the file ``data`` that no equipment has.

    ``servers`` are those the file describes, its types already checked.
    """
    for index, server in enumerate(servers):
        written = data["servers"][index].get("devices", [])
        for number, device in enumerate(server.devices[: len(written)]):
            place: Path = ("servers", index, "devices", number)
            yield from _outside(place, device)
            yield from _contradictions(place, device)


def _outside(place: Path, device: Any) -> Iterator[tuple[Path, str]]:
    for (kind, part), limits in _LIMITS.items():
        if device.kind != kind:
            continue
        for name, (low, high) in limits.items():
            value = getattr(getattr(device, part), name)
            if not (math.isfinite(value) and low <= value <= high):
                yield (*place, part, name), f"must be {low:g} to {high:g}, not {value:g}"


def _contradictions(place: Path, device: Any) -> Iterator[tuple[Path, str]]:
    if device.kind != "camera":
        return
    sensor = device.sensor
    if not set(sensor.bayer_offset) <= {0, 1}:
        yield (*place, "sensor", "bayer_offset"), f"must be 0 or 1 each, not {sensor.bayer_offset}"
    if not sensor.readout_modes:
        yield (*place, "sensor", "readout_modes"), "a camera has at least one readout mode"
    if not 0 <= sensor.gain_min <= sensor.gain_max:
        yield (*place, "sensor", "gain_min"), f"gains go from {sensor.gain_min} to {sensor.gain_max}"
