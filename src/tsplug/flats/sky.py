"""Flats by the light of the twilight sky: how long to expose while it brightens or fades, and when to stop.

The sky's light is taken to grow or fade exponentially over the minutes between two frames, ``rate = rate0 exp(k t)``,
with ``k`` measured from the frames themselves: zenith twilight changes by 1.0 to 1.5 mag per degree of the Sun's
depression (Patat, Ugolnikov & Postylyakov 2006, A&A 455, 385), and the Sun sinks 0.15 to 0.25 degrees a minute. An
exposure that collects the signal S from now on lasts ``ln(1 + k S / rate) / k``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tsplug.model import FlatSpec

_USUAL_K = 0.0055
_LARGEST_K = 0.02
_FEWEST_SECONDS = 4.0
_OLD_S = 240.0
_FRESH_S = 30.0
_SATURATED = 0.9
_LONGER = 8.0
_FEWEST_ADU = 30.0
_LONGEST_WAIT_S = 60.0
_SHORTEST_WAIT_S = 5.0
_NARROW = ("ha", "h-alpha", "halpha", "oiii", "o3", "sii", "s2", "nii", "hb", "hbeta")
_WIDE = ("l", "lum", "luminance", "clear", "")


@dataclass(frozen=True)
class SkyAim:
    """What a sky flat should come to: level and bias in ADU, allowed exposures in seconds, and which way the sky goes.

    ``rising`` is the morning's sky.
    """

    target_adu: float
    max_adu: float
    exposures_s: tuple[float, float]
    rising: bool
    bias_adu: float = 0.0

    @property
    def signal_adu(self) -> float:
        """Return the level wanted above the bias."""
        return max(self.target_adu - self.bias_adu, 1.0)


@dataclass(frozen=True)
class SkySample:
    """What a frame through one filter has shown: seconds on any clock in its middle, exposure, median level in ADU."""

    at_s: float
    exposure_s: float
    adu: float


@dataclass(frozen=True)
class Look:
    """Look at a frame of an exposure, in seconds, that is not kept: the sky's light is not known well enough."""

    exposure_s: float


@dataclass(frozen=True)
class Take:
    """Take a frame of an exposure in seconds."""

    exposure_s: float


@dataclass(frozen=True)
class Pause:
    """Wait for so many seconds: the light will be right later."""

    seconds: float


@dataclass(frozen=True)
class Over:
    """The light is not right for this filter and will not be again."""

    reason: str


SkyStep = Look | Take | Pause | Over
"""What is done next with one filter."""


def sky_step(aim: SkyAim, samples: Sequence[SkySample], *, now_s: float) -> SkyStep:
    """Return what to do next with a filter.

    Args:
        aim: what a frame should come to.
        samples: the filter's frames so far, looks included, oldest first.
        now_s: the present, on the samples' clock.
    """
    low_s, high_s = aim.exposures_s
    if not samples:
        return Look(low_s)
    last = samples[-1]
    if now_s - last.at_s - last.exposure_s / 2.0 > _FRESH_S:
        return Look(min(max(predicted_s(aim, samples, now_s=now_s) / 4.0, low_s), high_s))
    if last.adu >= _SATURATED * aim.max_adu:
        return _saturated(aim, last)
    if last.adu - aim.bias_adu < _FEWEST_ADU and last.exposure_s < high_s:
        return Look(min(high_s, last.exposure_s * _LONGER))
    exposure_s = predicted_s(aim, samples, now_s=now_s)
    if exposure_s < low_s:
        return _too_bright(aim, exposure_s)
    if exposure_s > high_s:
        return _too_dark(aim, exposure_s)
    return Take(exposure_s)


def predicted_s(aim: SkyAim, samples: Sequence[SkySample], *, now_s: float) -> float:
    """Return the exposure, in seconds, that gives the level wanted when it begins now; infinite where none does."""
    last, k = samples[-1], growth(aim, samples)
    rate = _rate(aim, last) * math.exp(k * (now_s - last.at_s))
    inner = 1.0 + k * aim.signal_adu / rate
    return math.log(inner) / k if inner > 0 else math.inf


def growth(aim: SkyAim, samples: Sequence[SkySample]) -> float:
    """Return ``k``, per second: measured over the samples of the last minutes, what is usual where there is one."""
    sign = 1.0 if aim.rising else -1.0
    last = samples[-1]
    for first in samples:
        seconds = last.at_s - first.at_s
        if _FEWEST_SECONDS <= seconds <= _OLD_S and all(_tells(aim, each) for each in (first, last)):
            measured = math.log(_rate(aim, last) / _rate(aim, first)) / seconds
            # A cloud or a bias that is not known must not turn dusk into dawn.
            return sign * min(max(sign * measured, 1e-5), _LARGEST_K)
    return sign * _USUAL_K


def _rate(aim: SkyAim, sample: SkySample) -> float:
    """Return the light of a sample's sky in ADU per second."""
    return max(sample.adu - aim.bias_adu, 0.1) / sample.exposure_s


def _tells(aim: SkyAim, sample: SkySample) -> bool:
    """Return whether a sample has light enough, and not too much, for its rate to be known."""
    return sample.adu - aim.bias_adu > 5.0 * _FEWEST_ADU and sample.adu < _SATURATED * aim.max_adu


def sky_order(specs: Iterable[FlatSpec], *, rising: bool, sensitivity: Mapping[str, float]) -> list[FlatSpec]:
    """Return specs in the order in which the sky is right for them: the most sensitive filter when it is darkest.

    Args:
        specs: what flats must match.
        rising: whether the sky brightens: then the most sensitive filter goes first.
        sensitivity: what filters let through of the same light, on any scale, by name; others go by their names.
    """
    scale = max(sensitivity.values(), default=1.0)
    known = {name: value / scale for name, value in sensitivity.items()}

    def place(spec: FlatSpec) -> tuple[float, float]:
        through = known.get(spec.filter_name, by_name(spec.filter_name)) * spec.binning**2
        return (-through if rising else through), -1.0 if spec.rotation_deg is None else spec.rotation_deg

    return sorted(specs, key=place)


def by_name(filter_name: str) -> float:
    """Return roughly what a filter lets through of a clear one's light, 0 to 1, as its name tells."""
    name = filter_name.strip().lower()
    if name in _WIDE:
        return 1.0
    return 0.03 if name.startswith(_NARROW) else 0.3


def _saturated(aim: SkyAim, last: SkySample) -> SkyStep:
    low_s = aim.exposures_s[0]
    if last.exposure_s > low_s:
        return Look(max(low_s, last.exposure_s / _LONGER))
    if aim.rising:
        return Over(f"the sky is too bright: saturated in {low_s:g} s")
    return Pause(_LONGEST_WAIT_S)


def _too_bright(aim: SkyAim, exposure_s: float) -> SkyStep:
    low_s = aim.exposures_s[0]
    if aim.rising:
        return Over(f"the sky is too bright: {exposure_s:.3g} s are wanted, {low_s:g} s are the shortest allowed")
    return Pause(_wait_s(math.log(1.3 * low_s / exposure_s)))


def _too_dark(aim: SkyAim, exposure_s: float) -> SkyStep:
    high_s = aim.exposures_s[1]
    if not aim.rising:
        wanted = f"{exposure_s:.3g} s are wanted" if math.isfinite(exposure_s) else "no exposure is long enough"
        return Over(f"the sky is too dark: {wanted}, {high_s:g} s are the longest allowed")
    return Pause(_wait_s(math.log(exposure_s / (0.8 * high_s))) if math.isfinite(exposure_s) else _LONGEST_WAIT_S)


def _wait_s(e_folds: float) -> float:
    """Return how long the sky takes to change by so many factors of e, looking again now and then."""
    return min(max(e_folds / _USUAL_K, _SHORTEST_WAIT_S), _LONGEST_WAIT_S)
