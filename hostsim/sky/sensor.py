"""The sensor: from the light on a frame to digital units, with dark current, glow, noise, gain and digitising."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.ampglow import AmpGlow, glow_seconds
from hostsim.sky.biaspattern import BiasPattern, Levels
from hostsim.sky.columngain import ColumnGain
from hostsim.sky.defects import HotPixels, hot_pixels, warm_columns
from hostsim.sky.randomness import microseconds_since_epoch, stream
from hostsim.sky.response import Transmission
from hostsim.sky.scene import ExposureSettings, ReadoutMode, Sensor
from hostsim.sky.strips import Strip, share_out, strips

Canvas = NDArray[np.float32]

_ADU_PER_OFFSET = 10
_DARK_E_PER_S = 0.003
_DARK_REFERENCE_C = -10.0
_DARK_DOUBLES_EVERY_C = 6.0
_BITS = 16


def electrons_per_adu(sensor: Sensor, gain: int, *, mode: int = 0) -> float:
    """Return the conversion at a gain setting in a readout mode.

    200 steps of gain amplify ten times, and gain 0 fills the range of a mode that does not amplify by itself.
    """
    amplified = sensor.readout_modes[mode].gain_factor * 10.0 ** (gain / 200.0)
    return float(sensor.full_well_e / sensor.max_adu / amplified)


@dataclass(frozen=True)
class Readout:
    """What is the same for all strips of one frame: settings, patterns, and the light and what it passes through."""

    exposure: ExposureSettings
    light: Canvas | None
    response: Transmission | None
    dark_columns: Levels
    bias_columns: Levels
    bias_rows: Levels
    column_gain: Levels
    frame: NDArray[np.uint16]


class Detector:
    """One chip: it turns expected electrons into digital units."""

    def __init__(self, seed: int, sensor: Sensor) -> None:
        """Remember the seed of the chip's own pattern and of its noise."""
        self._seed = seed
        self._sensor = sensor
        self._bias = BiasPattern(seed, sensor)
        self._glow = AmpGlow(sensor)
        self._column_gain = ColumnGain(seed, sensor)

    def mode(self, exposure: ExposureSettings) -> ReadoutMode:
        """Return the readout mode of an exposure."""
        return self._sensor.readout_modes[exposure.readout_mode]

    def electrons_per_adu(self, exposure: ExposureSettings) -> float:
        """Return the conversion of an exposure."""
        return electrons_per_adu(self._sensor, exposure.gain, mode=exposure.readout_mode)

    def bias_adu(self, exposure: ExposureSettings) -> float:
        """Return the mean level of an exposure without light or time; a bin has that of all its pixels."""
        pixel_adu = exposure.offset * _ADU_PER_OFFSET + self.mode(exposure).bias_adu
        return float(pixel_adu * exposure.bin_x * exposure.bin_y)

    def dark_e(self, exposure: ExposureSettings) -> float:
        """Return the dark electrons an ordinary unbinned pixel gathers over the exposure."""
        return _DARK_E_PER_S * _warmth(exposure.ccd_temperature_c) * exposure.duration_s

    def full_well_e(self, exposure: ExposureSettings) -> float:
        """Return the electrons that a pixel holds; what comes beyond is lost, and does not spill."""
        return self._sensor.full_well_e * self.mode(exposure).full_well_factor

    def level_adu(self, light_e: float, exposure: ExposureSettings) -> float:
        """Return the mean level of ordinary pixels that gather ``light_e`` electrons of light each."""
        pixel_e = min(light_e + self.dark_e(exposure), self.full_well_e(exposure))
        adu = pixel_e * exposure.bin_x * exposure.bin_y / self.electrons_per_adu(exposure)
        return min(float(self._top_adu), self.bias_adu(exposure) + adu)

    def read(
        self, exposure: ExposureSettings, *, light: Canvas | None = None, response: Transmission | None = None
    ) -> NDArray[np.uint16]:
        """Return the frame that an exposure gives, of shape (num_x, num_y), indexed [x][y].

        ``light`` holds the electrons that would arrive at each unbinned pixel of the subframe through a train without
        fall-off or dust, ``response`` what the train leaves of them; None is darkness, and a perfect train.

        Bins are the sums of their pixels' digital values, as drivers of CMOS cameras make them: each pixel is
        read by itself, so a bin has the read noise and the offset of all its pixels, and ends at the same range. Photon
        and read noise are drawn as one normal deviate, which is exact enough wherever read noise or electrons exceed a
        few; a converter of less than 16 bits leaves its codes in the upper bits.
        """
        frame = np.empty((exposure.num_x, exposure.num_y), dtype=np.uint16)
        first = exposure.start_x * exposure.bin_x
        columns = slice(first, first + exposure.num_x * exposure.bin_x)
        warm = self._warm_columns[columns] * np.float32(exposure.duration_s * _warmth(exposure.ccd_temperature_c))
        readout = Readout(
            exposure,
            light,
            response,
            dark_columns=warm + np.float32(self.dark_e(exposure)),
            bias_columns=self._bias.columns(exposure) + np.float32(self.bias_adu(exposure)),
            bias_rows=self._bias.rows(exposure, adu_per_e=1.0 / self.electrons_per_adu(exposure)),
            column_gain=self._column_gain.factors(exposure),
            frame=frame,
        )
        parts = strips(exposure.num_x, pixels_per_column=exposure.num_y * exposure.bin_x * exposure.bin_y)
        hot = self._hot_pixels
        share_out(parts, lambda mine: self._read_strips(mine, readout, hot=hot))
        return frame

    def _read_strips(self, parts: list[Strip], readout: Readout, *, hot: HotPixels) -> None:
        exposure = readout.exposure
        width = max(part.end - part.first for part in parts) * exposure.bin_x
        pixels, scratch = (np.empty((width, exposure.num_y * exposure.bin_y), dtype=np.float32) for _ in range(2))
        for part in parts:
            columns = (part.end - part.first) * exposure.bin_x
            electrons, spare = pixels[:columns], scratch[:columns]
            self._expose(electrons, spare, part=part, readout=readout)
            self._add_dark(electrons, part=part, readout=readout, hot=hot)
            np.minimum(electrons, np.float32(self.full_well_e(exposure)), out=electrons)
            self._digitise(_binned(electrons, exposure), part=part, readout=readout)

    def _expose(self, electrons: Canvas, spare: Canvas, *, part: Strip, readout: Readout) -> None:
        exposure = readout.exposure
        if readout.light is None:
            electrons.fill(0.0)
            return
        begin = part.first * exposure.bin_x
        arriving = readout.light[begin : begin + electrons.shape[0]]
        if readout.response is None:
            electrons[...] = arriving
            return
        first_x, first_y = exposure.start_x * exposure.bin_x + begin, exposure.start_y * exposure.bin_y
        readout.response.fill(electrons, spare, first_x=first_x, first_y=first_y)
        electrons *= arriving

    def _add_dark(self, electrons: Canvas, *, part: Strip, readout: Readout, hot: HotPixels) -> None:
        exposure = readout.exposure
        begin = part.first * exposure.bin_x
        electrons += readout.dark_columns[begin : begin + electrons.shape[0], None]
        first_x, first_y = exposure.start_x * exposure.bin_x + begin, exposure.start_y * exposure.bin_y
        seconds, celsius = exposure.duration_s, exposure.ccd_temperature_c
        hot.add(electrons, seconds * _warmth(celsius), first_x=first_x, first_y=first_y)
        self._glow.add(electrons, glow_seconds(seconds, celsius), first_x=first_x, first_y=first_y)

    def _digitise(self, electrons: Canvas, *, part: Strip, readout: Readout) -> None:
        exposure = readout.exposure
        noise = self._noise(electrons, exposure, part=part)
        electrons += noise
        scale = 1.0 / self.electrons_per_adu(exposure) / self._step_adu
        electrons *= (np.float32(scale) * readout.column_gain[part.first : part.end])[:, None]
        bias = readout.bias_columns[part.first : part.end] / np.float32(self._step_adu) + np.float32(0.5)
        electrons += bias[:, None]
        electrons += readout.bias_rows[None, :] / np.float32(self._step_adu)
        full = self.full_well_e(exposure) * exposure.bin_x * exposure.bin_y * scale
        bias_codes = self.bias_adu(exposure) / self._step_adu
        np.clip(electrons, 0.0, min(full + bias_codes, self._top_adu / self._step_adu), out=electrons)
        codes = readout.frame[part.first : part.end]
        np.copyto(codes, electrons, casting="unsafe")
        if self._step_adu > 1:
            codes *= np.uint16(self._step_adu)

    def _noise(self, electrons: Canvas, exposure: ExposureSettings, *, part: Strip) -> Canvas:
        moment, duration = microseconds_since_epoch(exposure.started), round(exposure.duration_s * 1.0e6)
        rng = stream(self._seed, "noise", moment, duration, part.number)
        noise = rng.standard_normal(electrons.shape, dtype=np.float32)
        read_noise_e2 = self.mode(exposure).read_noise_e ** 2 * exposure.bin_x * exposure.bin_y
        spread = np.add(electrons, np.float32(read_noise_e2))
        np.sqrt(spread, out=spread)
        noise *= spread
        return noise

    @property
    def _step_adu(self) -> int:
        """Return how far apart the codes of the converter lie in the 16 bits delivered."""
        return int(2 ** (_BITS - self._sensor.adc_bits))

    @property
    def _top_adu(self) -> int:
        return self._sensor.max_adu // self._step_adu * self._step_adu

    @cached_property
    def _hot_pixels(self) -> HotPixels:
        return hot_pixels(self._seed, self._sensor)

    @cached_property
    def _warm_columns(self) -> Levels:
        return warm_columns(self._seed, self._sensor)


def _warmth(temperature_c: float) -> float:
    return float(2.0 ** ((temperature_c - _DARK_REFERENCE_C) / _DARK_DOUBLES_EVERY_C))


def _binned(pixels: Canvas, exposure: ExposureSettings) -> Canvas:
    if exposure.bin_x == exposure.bin_y == 1:
        return pixels
    across = pixels.reshape(-1, exposure.bin_x, pixels.shape[1]).sum(axis=1, dtype=np.float32)
    total: Canvas = across[:, :: exposure.bin_y].copy()
    for row in range(1, exposure.bin_y):
        total += across[:, row :: exposure.bin_y]
    return total
