"""Calibrates the lights of a night with ccdproc, as a stranger would, and measures how even the sky's background is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import ccdproc
import numpy as np
import sep
from astropy import units
from astropy.io import fits
from astropy.nddata import CCDData
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from hostsim.sky.response import Response
from hostsim.sky.scene import Sensor

Pixels = NDArray[np.float64]

_CLIP_SIGMA = 4.0
_STAR_SIGMA = 1.5
_GROW_PX = 4
_DEAD = 0.1
_BLOCK_PX = 50
# Of a shadow's own depth: where it counts as shadow, and where as the ground beside it.
_SHADED, _BESIDE = 0.6, 0.05
_FEWEST_PIXELS = 60


@dataclass(frozen=True)
class Train:
    """What lights and flats must share: filter, rotator angle (mechanical, degrees), name of the readout mode."""

    filter_name: str
    rotator_deg: int
    mode: str

    @classmethod
    def of(cls, file: Path) -> Train:
        """Return the train of a frame, as its header has it."""
        header = fits.getheader(file)
        return cls(header["FILTER"], round(header["ROTATANG"]), header["READOUTM"])


@dataclass(frozen=True)
class Evenness:
    """What is left in a background, as fractions: of the fall-off, from peak to peak, and of the deepest dust."""

    fall_off: float
    dust: float


class Calibration:
    """The frames of one finished night, by what they are for; masters are made once."""

    def __init__(self, out: Path, *, seed: int, sensor: Sensor) -> None:
        """Look at the frames below a night's folder; ``seed`` and ``sensor`` tell where dust casts its shadows."""
        self.out = out
        self._response = Response(seed, sensor)
        self.lights = _by_train(sorted((out / "lights").rglob("*.fits")))
        self._flats = _by_train(sorted((out / "flats").rglob("*.fits")))
        self._stars: dict[Train, list[NDArray[np.bool_]]] = {}
        self._left: dict[tuple[Train, Train | None], Evenness] = {}

    @cached_property
    def bias(self) -> dict[str, CCDData]:
        """Return the master bias of each readout mode."""
        files: dict[str, list[Path]] = {}
        for file in sorted((self.out / "bias").rglob("*.fits")):
            files.setdefault(fits.getheader(file)["READOUTM"], []).append(file)
        return {mode: _combined(map(_read, found)) for mode, found in files.items()}

    @cached_property
    def darks(self) -> dict[tuple[str, float], CCDData]:
        """Return the master dark of each readout mode and exposure, bias included."""
        files: dict[tuple[str, float], list[Path]] = {}
        for file in sorted((self.out / "darks").rglob("*.fits")):
            header = fits.getheader(file)
            files.setdefault((header["READOUTM"], header["EXPOSURE"]), []).append(file)
        return {kind: _combined(map(_read, found)) for kind, found in files.items()}

    @cached_property
    def flats(self) -> dict[Train, CCDData]:
        """Return the master flat of each train, without the bias of its own readout mode."""
        return {
            train: _combined(ccdproc.subtract_bias(_read(file), self.bias[train.mode]) for file in found)
            for train, found in self._flats.items()
        }

    def calibrated(self, train: Train, flat: Train | None) -> list[CCDData]:
        """Return the lights of a train without dark, divided by a flat, or by none."""
        lights = [self._without_dark(_read(file), train) for file in self.lights[train]]
        return lights if flat is None else [ccdproc.flat_correct(light, self.flats[flat]) for light in lights]

    def background(self, train: Train, flat: Train | None) -> Pixels:
        """Return the mean background of a train's lights, 1 in the median; not a number where stars always stand.

        Dead pixels are masked, and stars where they are found behind the matching flat. The sky's own gradient, which
        the truth beside each light tells, is divided out.
        """
        found: list[np.ma.MaskedArray] = []
        for file, light, mask in zip(self.lights[train], self.calibrated(train, flat), self._masks(train), strict=True):
            even = light.data / _gradient(file, light.data.shape)
            found.append(np.ma.array(even / np.median(even[~mask]), mask=mask))
        return np.asarray(np.ma.stack(found).mean(axis=0).filled(np.nan))

    def evenness(self, train: Train, flat: Train | None) -> Evenness:
        """Return what vignetting and dust leave in the background of a train's lights behind a flat."""
        if (train, flat) not in self._left:
            background = self.background(train, flat)
            trains = {train} if flat is None else {train, flat}
            dust = max(self._dust(background, each) for each in trains)
            self._left[train, flat] = Evenness(_fall_off(background), dust)
        return self._left[train, flat]

    def _masks(self, train: Train) -> list[NDArray[np.bool_]]:
        if train not in self._stars:
            # What a dead pixel divides by is noise around zero, and may be anything: no flat mends it.
            dead = self.flats[train].data < _DEAD * np.median(self.flats[train].data)
            self._stars[train] = [_stars(light.data) | dead for light in self.calibrated(train, train)]
        return self._stars[train]

    def _dust(self, background: Pixels, train: Train) -> float:
        """Return how far the background at the shadows of a train is from that beside them, at the worst one."""
        worst = 0.0
        for patch in self._response.through(train.filter_name, train.rotator_deg).dust:
            depth = 1.0 - patch.factor.T
            rows, columns = slice(patch.top, patch.top + depth.shape[0]), slice(patch.left, patch.left + depth.shape[1])
            seen, part = np.isfinite(background[rows, columns]), background[rows, columns]
            shaded = part[seen & (depth > _SHADED * depth.max())] if depth.size else part[:0]
            beside = part[seen & (depth < _BESIDE * depth.max())] if depth.size else part[:0]
            if min(shaded.size, beside.size) >= _FEWEST_PIXELS:
                worst = max(worst, abs(float(shaded.mean() / beside.mean()) - 1.0))
        return worst

    def _without_dark(self, light: CCDData, train: Train) -> CCDData:
        seconds = light.header["EXPOSURE"]
        dark = self.darks[train.mode, seconds]
        return ccdproc.subtract_dark(
            light, dark, dark_exposure=seconds * units.s, data_exposure=seconds * units.s, scale=False
        )


def other_angle(train: Train, trains: Iterable[Train]) -> Train | None:
    """Return the train that differs in the rotator's angle alone, None if there is none."""
    return _first(each for each in trains if each != train and replace(each, rotator_deg=train.rotator_deg) == train)


def other_filter(train: Train, trains: Iterable[Train]) -> Train | None:
    """Return a train that differs in the filter alone, None if there is none."""
    return _first(each for each in trains if each != train and replace(each, filter_name=train.filter_name) == train)


def other_mode(train: Train, trains: Iterable[Train]) -> Train | None:
    """Return the train that differs in the readout mode alone, None if there is none."""
    return _first(each for each in trains if each != train and replace(each, mode=train.mode) == train)


def _first(trains: Iterator[Train]) -> Train | None:
    return next(trains, None)


def _by_train(files: Sequence[Path]) -> dict[Train, list[Path]]:
    found: dict[Train, list[Path]] = {}
    for file in files:
        found.setdefault(Train.of(file), []).append(file)
    return found


def _read(file: Path) -> CCDData:
    with fits.open(file) as hdus:
        return CCDData(hdus[0].data.astype(np.float64), unit=units.adu, header=hdus[0].header)


def _combined(frames: Iterable[CCDData]) -> CCDData:
    """Return the mean of frames without what stands out in one of them."""
    combiner = ccdproc.Combiner(list(frames))
    combiner.sigma_clipping(_CLIP_SIGMA, _CLIP_SIGMA, func=np.ma.median, dev_func=np.ma.std)
    return combiner.average_combine()


def _stars(pixels: Pixels) -> NDArray[np.bool_]:
    """Return where stars stand, down to what is not seen as one."""
    data = np.ascontiguousarray(pixels, dtype=np.float32)
    background = sep.Background(data, bw=32, bh=32)
    _, labels = sep.extract(data - background, _STAR_SIGMA, err=background.globalrms, minarea=4, segmentation_map=True)
    return np.asarray(binary_dilation(labels > 0, iterations=_GROW_PX))


def _gradient(light: Path, shape: tuple[int, int]) -> Pixels:
    """Return how the sky itself brightens over a light, as its truth tells it."""
    truth = json.loads(light.with_suffix(".truth.json").read_text(encoding="utf-8"))
    right, down = (percent / 100.0 for percent in truth["gradient_percent"])
    along_y, along_x = (np.linspace(-0.5, 0.5, length) for length in shape)
    return np.asarray(1.0 + right * along_x[None, :] + down * along_y[:, None])


def _fall_off(background: Pixels) -> float:
    """Return the range of the medians of large blocks."""
    height, width = (length // _BLOCK_PX for length in background.shape)
    cut = background[: height * _BLOCK_PX, : width * _BLOCK_PX]
    blocks = np.nanmedian(cut.reshape(height, _BLOCK_PX, width, _BLOCK_PX), axis=(1, 3))
    return float(np.ptp(blocks) / np.median(blocks))
