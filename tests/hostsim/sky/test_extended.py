"""Galaxies and nebulae shine at their place with their magnitude."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.sky.deepsky import GALAXIES, NEBULAE, ExtendedObject
from hostsim.sky.extended import SurfaceLight, Window, add_extended, extended_near
from hostsim.sky.filters import Band
from hostsim.sky.projection import TangentPlane
from hostsim.sky.psf import PointSpread

OBJECTS = {thing.name: thing for thing in (*GALAXIES, *NEBULAE)}
LIGHT = SurfaceLight(1e12, "L")


def plane(thing: ExtendedObject, *, size: int = 801, angle_deg: float = 0.0) -> TangentPlane:
    """Return a plane whose frame of ``size`` pixels shows a whole object in its middle."""
    middle = (size - 1) / 2.0
    scale_arcsec = 2.2 * thing.reach_deg * 3600.0 / size
    return TangentPlane(thing.ra_deg, thing.dec_deg, scale_arcsec, angle_deg, middle, middle)


def drawn(
    name: str, *, light: SurfaceLight = LIGHT, window: Window | None = None, angle_deg: float = 0.0
) -> NDArray[np.float32]:
    """Return the whole of an object on a canvas of its own."""
    thing = OBJECTS[name]
    window = window or Window()
    every = window.every
    canvas = np.zeros((801 // every, 801 // every), dtype=np.float32)
    add_extended(canvas, [thing], plane=plane(thing, angle_deg=angle_deg), window=window, light=light)
    return canvas


def blurred(xx: float, yy: float, xy: float = 0.0) -> SurfaceLight:
    """Return light blurred by stars of this shape, in squared pixels."""
    shape = [np.array([value]) for value in (xx, xy, yy)]
    return replace(LIGHT, spread=PointSpread(*shape, kind=np.zeros(1, dtype=np.int64)))


@pytest.mark.parametrize("name", OBJECTS)
def test_all_light_arrives(name: str) -> None:
    """The electrons on the canvas are those of the object's integrated magnitude within 0.1 magnitudes."""
    expected = LIGHT.electrons(OBJECTS[name])
    assert -2.5 * math.log10(drawn(name).sum(dtype=np.float64) / expected) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("name", ["M31", "M51", "M87", "NGC 253"])
def test_galaxies_have_their_v_magnitude(name: str) -> None:
    """A galaxy through clear glass is as bright as a star of its V magnitude within 0.1."""
    counted = drawn(name).sum(dtype=np.float64)
    assert -2.5 * math.log10(counted / LIGHT.per_mag_e) == pytest.approx(OBJECTS[name].magnitude, abs=0.1)


def test_the_same_object_is_the_same_always() -> None:
    """Drawing twice gives the same pixels."""
    assert np.array_equal(drawn("M42"), drawn("M42"))


def test_a_subframe_is_a_piece_of_the_frame() -> None:
    """A window on the frame shows what the whole frame shows there."""
    whole = drawn("M33")
    piece = np.zeros((200, 300), dtype=np.float32)
    add_extended(piece, [OBJECTS["M33"]], plane=plane(OBJECTS["M33"]), window=Window(300, 250), light=LIGHT)
    assert np.allclose(piece, whole[300:500, 250:550], rtol=1e-3)


def test_a_cell_of_the_mosaic_sees_its_pixels() -> None:
    """Every second pixel drawn alone is every second pixel of the whole, at full brightness."""
    whole = drawn("M42")[1::2, 0::2][:400, :400]
    cell = drawn("M42", window=Window(1, 0, every=2))
    assert np.abs(cell - whole).max() < 0.02 * whole.max()


def test_the_frame_turns_the_object() -> None:
    """A frame turned by 90 degrees shows M31 turned by 90 degrees."""
    upright, turned = drawn("M31"), drawn("M31", angle_deg=90.0)
    back = min((np.rot90(turned), np.rot90(turned, -1)), key=lambda each: float(np.abs(each - upright).sum()))
    assert np.abs(back - upright).sum() < 0.05 * upright.sum()


def test_m31_lies_along_its_position_angle() -> None:
    """The long axis of M31 points 35 degrees east of north."""
    canvas = drawn("M31")
    x, y = np.meshgrid(np.arange(801) - 400.0, np.arange(801) - 400.0, indexing="ij")
    east, north = -x, -y
    angle = 0.5 * math.atan2(2.0 * float((canvas * east * north).sum()), float((canvas * (north**2 - east**2)).sum()))
    assert math.degrees(angle) == pytest.approx(35.0, abs=4.0)


def test_nebulae_glow_in_their_lines() -> None:
    """Hydrogen rules the North America nebula, oxygen a planetary one, and a galaxy is no brighter in a line."""

    def contrast(name: str, filter_name: str) -> float:
        return SurfaceLight(1.0, filter_name).electrons(OBJECTS[name]) / LIGHT.electrons(OBJECTS[name]) * 1e12

    assert contrast("NGC 7000", "Ha") > 4.0 * contrast("NGC 7000", "OIII")
    assert contrast("M27", "OIII") > 2.0 * contrast("M27", "Ha")
    assert contrast("NGC 7000", "R") > 1.5 * contrast("NGC 7000", "G")
    assert contrast("M51", "Ha") < 3.0
    assert contrast("M45 nebulosity", "Ha") == pytest.approx(1.0)


def test_red_pixels_see_hydrogen_and_blue_ones_do_not() -> None:
    """Behind clear glass the red cells of a mosaic get more of an emission nebula than the blue ones."""
    red, blue = (SurfaceLight(1.0, "L", band).electrons(OBJECTS["NGC 7000"]) for band in (Band.RED, Band.BLUE))
    assert red > 1.5 * blue


def test_only_what_reaches_into_the_field_is_found() -> None:
    """An empty field has no objects; M51's has it and its companion; a look beside M31 still meets its halo."""
    assert extended_near(150.0, 10.0, radius_deg=0.5) == ()
    assert {thing.name for thing in extended_near(202.47, 47.2, radius_deg=0.3)} == {"M51", "NGC 5195"}
    assert "M31" in {thing.name for thing in extended_near(12.0, 42.5, radius_deg=0.3)}


def test_what_lies_behind_or_outside_changes_nothing() -> None:
    """Objects on the other side of the sky or beside the frame leave the canvas as it was."""
    canvas = np.full((50, 40), 3.0, dtype=np.float32)
    away = TangentPlane(22.5, 47.2, 2.0, 0.0, 20.0, 20.0)
    add_extended(canvas, [OBJECTS["M51"], OBJECTS["NGC 253"]], plane=away, window=Window(), light=LIGHT)
    assert (canvas == 3.0).all()


def width(canvas: NDArray[np.float32]) -> tuple[float, float]:
    """Return the variances of light to the right and down, in squared pixels."""
    light, place = canvas.astype(np.float64), np.arange(801) - 400.0
    return tuple(float(part @ place**2 / part.sum()) for part in (light.sum(axis=1), light.sum(axis=0)))


def test_objects_are_as_blurred_as_stars() -> None:
    """Stars 30 pixels wide to the right alone widen a planetary nebula that way alone, and no light is lost."""
    sharp, soft = drawn("M57"), drawn("M57", light=blurred(1600.0, 1.0))
    assert soft.sum(dtype=np.float64) == pytest.approx(sharp.sum(dtype=np.float64), rel=0.01)
    (right, down), (soft_right, soft_down) = width(sharp), width(soft)
    assert soft_right - right == pytest.approx(1600.0 * (0.5652 / 1.1774) ** 2, rel=0.03)
    assert soft_down == pytest.approx(down, rel=0.01)
    assert soft.max() < 0.9 * sharp.max()


def test_sharp_stars_leave_large_nebulae_as_they_are() -> None:
    """Stars of two pixels change no pixel of M31's disc by more than a hundredth of the brightest."""
    sharp, seen = drawn("M31"), drawn("M31", light=blurred(4.0, 4.0))
    assert np.abs(seen - sharp)[:300].max() < 0.01 * sharp.max()


def test_a_blurred_subframe_is_a_piece_of_the_frame() -> None:
    """Light from beside a window is blurred into it as into the whole frame, in a mosaic's cell too."""
    light = blurred(400.0, 300.0, 100.0)
    whole = drawn("M27", light=light)
    piece = np.zeros((60, 80), dtype=np.float32)
    add_extended(piece, [OBJECTS["M27"]], plane=plane(OBJECTS["M27"]), window=Window(370, 350), light=light)
    assert np.allclose(piece, whole[370:430, 350:430], rtol=1e-3)
    cell = drawn("M27", window=Window(1, 0, every=2), light=light)
    assert np.abs(cell - whole[1::2, 0::2][:400, :400]).max() < 0.02 * whole.max()
