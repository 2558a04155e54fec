"""Draws ``docs/images/scenarios.png``: ``.venv/bin/python docs/pictures/scenarios.py [FOLDER]``.

For each named scenario it runs a short night on the Orion Nebula, up to a moment that tells what the scenario is about,
and shows that frame with one star of it seven times larger. In FOLDER the nights are kept, and not run again.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from lettering import Midtones, Panel, sheet
from PIL import Image, ImageDraw

from hostsim.sky.conditions import Conditions
from hostsim.sky.scenario import named_scenarios
from hostsim.sky.scene import SkySite

DOCS = Path(__file__).parents[1]
sys.path.insert(0, str(DOCS.parent / "tests" / "night"))
Night = import_module("nights").Night

SITE = SkySite()
EVENING = datetime(2026, 2, 15, 19, tzinfo=UTC)
# The size of a panel; half of what is cut out around a star; the side of its inset.
SIZE, CUT, INSET = (348, 261), 30, 90
# Hours after dusk at which a frame is begun, and when it was focused before that.
MOMENTS = {
    "clear": (1.6, 1.4),
    "cloud-bank": (2.075, 1.7),
    "defocus-drift": (3.6, 1.4),
    "dew": (5.2, 4.9),
    "guiding-loss": (1.6, 1.3),
    "mixed": (3.1, 1.8),
    "satellites": (0.35, 0.15),
    "superb-first-hour": (0.6, 0.4),
    "thin-cloud": (2.2, 1.8),
    "tree-on-horizon": (5.325, 4.9),
    "wind": (3.2, 1.8),
}
SEQUENCE = """\
name: {name}
start: {start:%Y-%m-%dT%H:%M:%S}+00:00
seed: 5
scenario: {name}
truth: true
catalogue:
  site: {{name: Hill, latitude_deg: 47.2, longitude_deg: 8.6, elevation_m: 550, time_zone: UTC, sky_quality: 21.0}}
  profile:
    name: Rig
    focal_length_mm: 430
    aperture_mm: 107
    pixel_size_um: 3.76
    filters: [L]
run:
  - type: connect_equipment
  - {{type: cool_camera, temperature_c: -10}}
  - type: unpark
  - type: open_cover
  - {{type: slew, ra_hours: 5.588, dec_deg: -5.39, rotation_deg: 0}}
  - {{type: wait_until, until: {{time: "{first:%Y-%m-%dT%H:%M:%S}+00:00"}}}}
  - {{type: autofocus, on_error: continue}}
  - {{type: wait_until, until: {{time: "{focus:%Y-%m-%dT%H:%M:%S}+00:00"}}}}
  - {{type: autofocus, on_error: continue}}
  - {{type: wait_until, until: {{time: "{moment:%Y-%m-%dT%H:%M:%S}+00:00"}}}}
  - {{type: take_exposure, exposure_s: 180, gain: 0, offset: 50, target: M 42}}
"""


def frame_of(name: str, folder: Path) -> Path:
    """Run a scenario up to its telling moment, and return the frame."""
    dusk = EVENING - timedelta(hours=Conditions(5, SITE).hours_after_dusk(EVENING))
    at, focus = (dusk + timedelta(hours=hours) for hours in MOMENTS[name])
    night = Night(folder / name / "out")
    if not night.frames("lights"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        sequence = folder / name / "night.yaml"
        text = SEQUENCE.format(name=name, start=dusk - timedelta(minutes=45), first=dusk, focus=focus, moment=at)
        sequence.write_text(text, encoding="utf-8")
        night.run(sequence)
    return night.frames("lights")[0]


def panel(name: str, file: Path, *, stretch: Midtones) -> Panel:
    """Return a frame as the screen of an imaging program shows it, with what its truth says of it."""
    truth = json.loads(file.with_suffix(".truth.json").read_text(encoding="utf-8"))
    shown = Image.fromarray(stretch.shown(fits.getdata(file).astype(np.float64)))
    picture = shown.resize(SIZE, Image.Resampling.BOX)
    x, y = place(truth, shown.size)
    near = shown.crop((x - CUT, y - CUT, x + CUT, y + CUT))
    picture.paste(near.resize((INSET, INSET), Image.Resampling.NEAREST), (SIZE[0] - INSET, SIZE[1] - INSET))
    box = (SIZE[0] - INSET - 1, SIZE[1] - INSET - 1, SIZE[0] - 1, SIZE[1] - 1)
    ImageDraw.Draw(picture).rectangle(box, outline=150)
    words = ", ".join(truth["wrong"]) or "nothing wrong"
    return Panel(picture, name, f"HFR {truth['hfr_px']:.1f} px: {words}")


def place(truth: dict[str, Any], size: tuple[int, int]) -> tuple[int, int]:
    """Return where the most telling part of a frame is: around a star that is bright, but not the brightest."""
    for x, y in list(zip(truth["stars"]["x"], truth["stars"]["y"], strict=True))[8:]:
        if abs(x - size[0] / 2) < size[0] / 2 - 100 and abs(y - size[1] / 2) < size[1] / 2 - 100:
            return round(x), round(y)
    return size[0] // 2, size[1] // 2


def main() -> int:
    """Run a night for each scenario, and write the picture."""
    if set(MOMENTS) != set(named_scenarios()):
        raise SystemExit(f"name a moment for {set(named_scenarios()) ^ set(MOMENTS)}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        frames = {name: frame_of(name, folder) for name in named_scenarios()}
        stretch = Midtones.of(fits.getdata(frames["clear"]).astype(np.float64))
        panels = [panel(name, file, stretch=stretch) for name, file in frames.items()]
    sheet(panels, columns=4, size=15).quantize(224, dither=Image.Dither.NONE).save(
        DOCS / "images" / "scenarios.png", optimize=True
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
