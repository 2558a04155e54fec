"""Draws ``docs/images/calibration-proof.png``: ``.venv/bin/python docs/pictures/calibration_proof.py [FOLDER]``.

It runs the night of the proof, or takes the folder of one that has run, and shows one light behind four flats.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np
from lettering import Panel, linear, sheet
from PIL import Image

from hostsim.sky.scene import Sensor

DOCS = Path(__file__).parents[1]
sys.path.insert(0, str(DOCS.parent / "tests" / "night"))
calibrating, nights = import_module("calibrating"), import_module("nights")

SEED, SENSOR = 21, Sensor(width=800, height=600)
SIZE = (364, 273)
LOW, HIGH = 0.70, 1.16


def draw(out: Path) -> Image.Image:
    """Return the picture of a night that has run."""
    night = calibrating.Calibration(out, seed=SEED, sensor=SENSOR)
    train = calibrating.Train("R", 30, "Standard")
    flats = {
        "no flat": None,
        "matching flats": train,
        "flats of the other angle": calibrating.other_angle(train, night.flats),
        "flats of the other filter": calibrating.other_filter(train, night.flats),
    }
    panels = []
    for name, flat in flats.items():
        light = night.calibrated(train, flat)[0].data
        left = night.evenness(train, flat)
        level = linear(light / np.median(light), LOW, high=HIGH)
        panels.append(
            Panel(
                Image.fromarray(level).resize(SIZE, Image.Resampling.BOX),
                name,
                f"fall-off {100.0 * left.fall_off:.1f} %, dust {100.0 * left.dust:.1f} %",
            )
        )
    return sheet(panels, columns=4)


def main() -> int:
    """Run the night where none is given, and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "out"
        if not out.exists():
            nights.Night(out).run(nights.PROOF_NIGHT)
        picture = draw(out).quantize(96, dither=Image.Dither.NONE)
        picture.save(DOCS / "images" / "calibration-proof.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
