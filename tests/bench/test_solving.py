"""What solving a frame costs beside measuring it, and beside solve-field on the same star list."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
from astropy.io import fits
from sky_frames import DEC_DEG, RA_HOURS, SimulatedCatalogue, scale_arcsec, sky_pixels
from stopwatch import best_s, line

from tsplug.files.solving.solve_field import SolveField
from tsplug.imaging.astrometry.matcher import FrameStars, Hint, match_frame, search_radius_deg
from tsplug.imaging.astrometry.star_list import stars_to_solve
from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings
from tsplug.model import PipelinePreferences
from tsplug.ports import SolveRequest

HINT = Hint(RA_HOURS * 15.0, DEC_DEG - 0.3, 1.0, scale_arcsec() * 1.004)


def indexes(folder: Path) -> Path:
    """Make an index of the simulator's stars."""
    stars = SimulatedCatalogue().near(RA_HOURS * 15.0, DEC_DEG, radius_deg=2.0)
    columns = (("ra", stars.ra_deg), ("dec", stars.dec_deg), ("mag", stars.magnitude))
    table = [fits.Column(name, "D", array=values) for name, values in columns]
    fits.BinTableHDU.from_columns(table).writeto(folder / "stars.fits")
    command = "build-astrometry-index -i stars.fits -o index.fits -A ra -D dec -S mag -P 0 -E -I 4242 -n 100"
    subprocess.run(command.split(), cwd=folder, capture_output=True, check=True)
    (folder / "stars.fits").unlink()
    return folder


def test_solving(tmp_path: Path) -> None:
    """A frame in the milky way whose mount is 0.3 degrees off; stars at random cost a failed search."""
    measured = measure_frame(sky_pixels(), StarSettings())
    stars = stars_to_solve(measured)
    near = SimulatedCatalogue().near(HINT.ra_deg, HINT.dec_deg, radius_deg=search_radius_deg(stars, HINT))
    ours_s = best_s(lambda: match_frame(stars, near, hint=HINT), runs=20)
    rng = np.random.default_rng(1)
    strange = FrameStars(rng.uniform(0, 1000, 200), rng.uniform(0, 800, 200), 1000, 800)
    centered = Hint(HINT.ra_deg, DEC_DEG - 0.03, HINT.radius_deg, HINT.scale_arcsec)
    around = SimulatedCatalogue().near(centered.ra_deg, centered.dec_deg, radius_deg=search_radius_deg(stars, centered))
    peers = [
        ("the same, the mount centered", best_s(lambda: match_frame(stars, around, hint=centered), runs=20)),
        ("measuring 0.8 megapixels", best_s(lambda: measure_frame(sky_pixels(), StarSettings()))),
        ("its star list", best_s(lambda: stars_to_solve(measured))),
        ("a search that fails", best_s(lambda: match_frame(strange, near, hint=HINT), runs=5)),
    ]
    if shutil.which("solve-field") and shutil.which("build-astrometry-index"):
        likes = PipelinePreferences(solve_field_indexes=str(indexes(tmp_path)))
        request = SolveRequest(stars, tmp_path / "a.fits", (HINT.ra_deg, HINT.dec_deg), HINT.scale_arcsec, likes)
        peers.append(("solve-field", best_s(lambda: SolveField().solve(request), runs=3)))
    print()
    for peer, peer_s in peers:
        print(line("our matcher, a degree around", ours_s=ours_s, peer=peer, peer_s=peer_s))
