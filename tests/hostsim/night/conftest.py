"""A night short enough to be run in a test: one target, two filters, a small sensor."""

from __future__ import annotations

from pathlib import Path

import pytest

SHORT_NIGHT = """\
name: Short night
start: 2026-01-15T17:00:00+00:00
seed: 5
catalogue:
  site: {name: Hill, latitude_deg: 47.2, longitude_deg: 8.6, time_zone: Europe/Zurich}
  profile:
    name: Rig
    focal_length_mm: 540
    aperture_mm: 107
    pixel_size_um: 3.76
    sensor_width_px: 640
    sensor_height_px: 480
    filters: [L, Ha]
    filter_offsets: [0, 90]
    flats: {count: 3}
  templates:
    - {name: Luminance, filter_name: L, default_exposure_s: 120, gain: 100, offset: 50}
    - {name: H alpha, filter_name: Ha, default_exposure_s: 300, gain: 100, offset: 50}
  projects:
    - name: Cluster
      state: active
      flats_handling: 1
      dither_every: 2
      targets:
        - name: M 45
          ra_hours: 3.7911
          dec_deg: 24.11
          rotation_deg: 30
          plans: [{template: Luminance, desired: 3}, {template: H alpha, desired: 2}]
  trained_flats:
    - {filter_name: L, gain: 100, offset: 50, brightness: 39, exposure_s: 2.0, target_adu: 30000}
    - {filter_name: Ha, gain: 100, offset: 50, brightness: 196, exposure_s: 8.0, target_adu: 30000}
run:
  - type: connect_equipment
  - {type: cool_camera, temperature_c: -5}
  - type: unpark
  - type: open_cover
  - {type: scheduler_container, focus: {roi_percent: 100}}
  - {type: take_exposure, exposure_s: 1, count: 2}
  - {type: wait_until, until: {time: 07:00}}
  - type: scheduler_flats
  - type: warm_camera
  - type: park
"""


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    """Return the file of the short night."""
    file = tmp_path / "short.yaml"
    file.write_text(SHORT_NIGHT, encoding="utf-8")
    return file
