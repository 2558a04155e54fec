"""The patterns that extended objects are made of, over coordinates in which the outline is the unit circle.

Each pattern takes the ground and the part, and returns a brightness whose scale
means nothing: whoever draws it gives it its light.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.deepsky import Part
from hostsim.sky.randomness import stream

Plane = NDArray[np.floating]
Texture = Callable[[Plane, Plane], Plane]


@dataclass(frozen=True)
class Ground:
    """Where a pattern is asked for: u along the major axis, v along the minor axis, and the texture there."""

    u: Plane
    v: Plane
    noise: Texture


Pattern = Callable[[Ground, Part], Plane]

# Patterns vanish beyond this many radii of the outline.
EDGE = 1.6

_SKY_SEED = 20_000_101
_TEXTURE_SIZE = 512
# The amplitude of noise falls with frequency as that of turbulent gas seen in projection (Kolmogorov: about 4/3).
_ROUGHNESS = 1.45


def brightness(u: Plane, v: Plane, *, part: Part, name: str) -> Plane:
    """Return the pattern of a part at places given in units of its outline; ``name`` draws its texture."""
    return PATTERNS[part.shape](Ground(u, v, texture(name)), part)


@lru_cache(maxsize=8)
def texture(name: str) -> Texture:
    """Return smooth fractal noise of mean 0 and deviation 1 over the plane, the same for the same name."""
    rng = stream(_SKY_SEED, f"texture {name}")
    frequency = np.fft.fftfreq(_TEXTURE_SIZE) * _TEXTURE_SIZE
    power = np.hypot(frequency[:, None], frequency[None, : _TEXTURE_SIZE // 2 + 1])
    power[0, 0] = 1.0
    waves = np.fft.rfft2(rng.standard_normal((_TEXTURE_SIZE, _TEXTURE_SIZE))) * power**-_ROUGHNESS
    waves[0, 0] = 0.0
    field = np.fft.irfft2(waves, s=(_TEXTURE_SIZE, _TEXTURE_SIZE))
    field = (field / field.std()).astype(np.float32)

    def at(u: Plane, v: Plane) -> Plane:
        """Return the noise at places of the unit circle, interpolated between the lattice's nodes."""
        across, down = (u + 2.0) * (_TEXTURE_SIZE / 4.0), (v + 2.0) * (_TEXTURE_SIZE / 4.0)
        left, top = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
        right_share, bottom_share = across - left, down - top
        mask = _TEXTURE_SIZE - 1
        near, far = field[left & mask, top & mask], field[left & mask, (top + 1) & mask]
        near_right, far_right = field[(left + 1) & mask, top & mask], field[(left + 1) & mask, (top + 1) & mask]
        upper = near + (far - near) * bottom_share
        return np.asarray(upper + (near_right + (far_right - near_right) * bottom_share - upper) * right_share)

    return at


def _disc(ground: Ground, part: Part) -> Plane:
    """Return an exponential disc with two arms and dust lanes (Freeman 1970: the outline is at 3.2 scale lengths).

    The arms are logarithmic spirals; the dust lies along their inner edges.
    """
    u, v, noise = ground.u, ground.v, ground.noise
    radius = np.hypot(u, v)
    patchy, fine = noise(u, v), noise(4.0 * u + 0.9, 4.0 * v - 1.1)
    phase = 2.0 * np.arctan2(v, u) - part.wound * 2.0 * np.log(np.maximum(radius, 0.04)) + 0.5 * patchy
    arms = np.exp(part.detail * (1.6 * np.cos(phase) + 0.8 * patchy + 0.8 * fine))
    lanes = part.detail * np.exp(2.5 * (np.cos(phase - 1.3 * np.sign(part.wound)) - 1.0) + 0.5 * fine)
    fade = np.clip(radius / 0.15, 0.0, 1.0)
    texture_of_disc = 1.0 + fade * (arms / (1.0 + 1.5 * lanes) - 1.0)
    return np.asarray(np.exp(-3.2 * radius) * texture_of_disc * _within(radius, EDGE))


def _bulge(ground: Ground, part: Part) -> Plane:
    """Return Sersic's profile of index 2; half of the light lies within 0.4 of the outline."""
    radius = np.hypot(ground.u, ground.v)
    return np.asarray(np.exp(-3.67 * np.sqrt(radius / 0.4 + 0.002)) * _within(radius, EDGE))


def _cloud(ground: Ground, part: Part) -> Plane:
    """Return turbulent gas in a soft, ragged envelope."""
    u, v, noise = ground.u, ground.v, ground.noise
    patchy = noise(u, v)
    radius = np.hypot(u, v) * (1.0 + 0.15 * part.detail * patchy)
    return np.asarray(np.exp(part.detail * patchy) * np.exp(-2.2 * radius * radius) * _within(radius, 1.3))


def _glow(ground: Ground, part: Part) -> Plane:
    """Return dust lit by a star in its middle, combed into streaks along the major axis."""
    u, v, noise = ground.u, ground.v, ground.noise
    radius = np.hypot(u, v)
    streaks = noise(0.3 * u, 2.5 * v) + 0.6 * noise(u, v)
    lit = (radius + 0.08) ** -1.2
    return np.asarray(lit * np.exp(part.detail * streaks) * np.exp(-2.5 * radius * radius) * _within(radius, 1.3))


def _ring(ground: Ground, part: Part) -> Plane:
    """Return a ragged ring."""
    u, v, noise = ground.u, ground.v, ground.noise
    patchy = noise(u, v)
    radius = np.hypot(u, v) + 0.06 * part.detail * patchy
    return np.asarray(np.exp(part.detail * patchy) * np.exp(-(((radius - 0.68) / 0.2) ** 2)) * _within(radius, EDGE))


def _arc(ground: Ground, part: Part) -> Plane:
    """Return a bow of thin threads around the far end of the major axis: the rim of an old supernova's shell."""
    u, v, noise = ground.u, ground.v, ground.noise
    patchy, fine = noise(u, v), noise(3.0 * u + 0.7, 3.0 * v - 0.4)
    radius = np.hypot(u, v)
    along = np.arctan2(v, u)
    rim = np.exp(-(((radius - 0.95 + 0.02 * patchy) / 0.035) ** 2)) * np.exp(-((along / 0.33) ** 2))
    threads = np.exp(-np.abs(np.sin(60.0 * radius + 1.2 * patchy + 0.5 * fine)) * 3.0 * part.detail)
    return np.asarray(rim * threads * np.exp(0.6 * fine))


def _fan(ground: Ground, part: Part) -> Plane:
    """Return gas that is brightest near a sharp rim and spreads away from it along the major axis."""
    u, v, noise = ground.u, ground.v, ground.noise
    patchy = noise(u, v)
    depth = u + 0.45 + 0.10 * patchy
    spread = np.exp(-((v / (0.45 + 0.35 * np.clip(depth, 0.0, 2.0))) ** 2))
    rim = 1.0 / (1.0 + np.exp(np.clip(-depth / 0.06, -30.0, 30.0)))
    return np.asarray(
        rim
        * np.exp(-2.0 * np.clip(depth, 0.0, None))
        * spread
        * np.exp(part.detail * patchy)
        * _within(np.hypot(u, v), EDGE)
    )


def _cliff(ground: Ground, part: Part) -> Plane:
    """Return a glowing edge along the major axis, dark on one side and fading softly to the other."""
    u, v, noise = ground.u, ground.v, ground.noise
    patchy = noise(u, 0.3 * v)
    depth = v + 0.5 + 0.12 * patchy
    edge = 1.0 / (1.0 + np.exp(np.clip(-depth / 0.04, -30.0, 30.0)))
    glow = np.exp(-1.6 * np.clip(depth, 0.0, None)) * np.exp(-((u / 0.75) ** 4))
    return np.asarray(edge * glow * np.exp(part.detail * noise(1.7 * u, 0.15 * v)) * _within(np.hypot(u, v), EDGE))


def _dark(ground: Ground, part: Part) -> Plane:
    """Return how much of the light a dark cloud takes, 0 to 1."""
    u, v, noise = ground.u, ground.v, ground.noise
    ragged = np.hypot(u, v) + 0.22 * noise(0.6 * u, 0.6 * v)
    return np.asarray(1.0 / (1.0 + np.exp(np.clip((ragged - 0.8) / 0.10, -30.0, 30.0))))


def _within(radius: Plane, edge: float) -> Plane:
    """Return 1 well inside the edge, 0 beyond it, without a step between."""
    rest = np.clip((edge - radius) / 0.4, 0.0, 1.0)
    return np.asarray(rest * rest * (3.0 - 2.0 * rest))


PATTERNS: dict[str, Pattern] = {
    "arc": _arc,
    "bulge": _bulge,
    "cliff": _cliff,
    "cloud": _cloud,
    "dark": _dark,
    "disc": _disc,
    "fan": _fan,
    "glow": _glow,
    "ring": _ring,
}
