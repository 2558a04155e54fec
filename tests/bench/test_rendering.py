"""What a frame of 26 megapixels costs to render, beside drawing its noise alone, and how much memory it takes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from stopwatch import best_s, line

from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky

WIDTH, HEIGHT = 6248, 4176
STARS = 10_000
OPTICS = Optics()
MOMENT = datetime(2026, 3, 12, 23, tzinfo=UTC)
# From the galactic pole to the Milky Way: hours and degrees.
FIELDS = ((12.8, 27.0), (10.5, 42.0), (20.2, 38.0))


MINUTE = ExposureSettings(
    started=MOMENT,
    duration_s=60.0,
    light=True,
    gain=100,
    offset=30,
    bin_x=1,
    bin_y=1,
    start_x=0,
    start_y=0,
    num_x=WIDTH,
    num_y=HEIGHT,
    readout_mode=0,
    ccd_temperature_c=-10.0,
)


def path(ra_hours: float, dec_deg: float) -> LightPath:
    """Return a sharp look at a field high in a dark sky."""
    return LightPath(
        ra_hours=ra_hours,
        dec_deg=dec_deg,
        altitude_deg=75.0,
        rotator_deg=33.0,
        sky_angle_deg=15.0,
        filter_name="L",
        focuser_position=round(best_focus_steps(OPTICS, 10.0, filter_name="L")),
        temperature_c=10.0,
        cover_closed=False,
        panel_level=0.0,
        tracking=True,
    )


def crowded(sky: Sky) -> LightPath:
    """Return the emptiest of the fields that shows as many stars as are asked for."""
    return next(found for found in (path(*field) for field in FIELDS) if sky.truth(found, MINUTE).stars.x.size >= STARS)


@pytest.mark.parametrize("bayer", [False, True], ids=["mono", "rggb"])
def test_rendering_a_large_frame(bayer: bool) -> None:
    """Ten thousand stars and every effect of sky, train and sensor, beside the normal deviates of one such frame."""
    sensor = Sensor(width=WIDTH, height=HEIGHT, bayer=bayer)
    sky = Sky(seed=1, site=SkySite(), optics=OPTICS, sensor=sensor)
    field = crowded(sky)
    stars = sky.truth(field, MINUTE).stars.x.size
    generator = np.random.Generator(np.random.SFC64(1))
    noise = best_s(lambda: generator.standard_normal((WIDTH, HEIGHT), dtype=np.float32), runs=3)
    rendered = best_s(lambda: sky.render(field, MINUTE), runs=3)
    kind = "colour" if bayer else "mono"
    subject = f"render {WIDTH * HEIGHT / 1e6:.0f} megapixels, {stars} stars, {kind}"
    print("\n" + line(subject, ours_s=rendered, peer="its noise alone", peer_s=noise))
    dark = best_s(lambda: sky.render(field, replace(MINUTE, light=False)), runs=3)
    print(line("  its dark", ours_s=dark, peer="its noise alone", peer_s=noise))
    frames = peak_bytes(lambda: sky.render(field, MINUTE)) / (4 * WIDTH * HEIGHT)
    fresh = Sky(seed=1, site=SkySite(), optics=OPTICS, sensor=sensor)
    first = peak_bytes(lambda: fresh.render(field, MINUTE)) / (4 * WIDTH * HEIGHT)
    print(f"{'  peak memory in float32 frames':<44} {frames:6.2f}, of the first frame {first:.2f}")


def peak_bytes(action: Callable[[], object]) -> int:
    """Return the most memory that an action took at once, its result included."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
