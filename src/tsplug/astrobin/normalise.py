"""Headers to frames: every value from the first keyword that has it, with the key that supplied it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from tsplug.astrobin import readings
from tsplug.astrobin.aliases import MEANINGS, START_KEYS, WEATHER_KEYS, Alias, Meaning, Value
from tsplug.astrobin.configuration import Configuration
from tsplug.astrobin.file_names import file_name_values
from tsplug.astrobin.frames import FieldProblem, Frame, FrameKind, Gear, LeftOut
from tsplug.astrobin.kinds import kind_of, kind_of_folder
from tsplug.model.headers import CardValue, FrameHeader

CONFIGURED = "settings: defaults"
"""The source of a value that stands in the settings."""

_TRACES = (*(alias.key for alias in MEANINGS["exposure_s"].aliases), *START_KEYS)
_TIMES = frozenset({*START_KEYS, "DATE-LOC", "DATE-AVG", "DATE-END", "MJD-OBS"})
_GEAR = ("telescope", "camera", "wheel", "focuser", "rotator", "software", "observer", "site_name")


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a header says: a frame, or why it is none that counts; and the fields that could not be used.

    ``kind`` is what it is, which many that do not count tell too.
    """

    frame: Frame | LeftOut
    problems: tuple[FieldProblem, ...] = ()
    guid: str = ""
    kind: FrameKind | None = None


@dataclass(slots=True)
class _Reading:
    """One header while it is read: what was found, where, and what was wrong."""

    header: FrameHeader
    configuration: Configuration
    sources: dict[str, str] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)
    _named: dict[str, float] | None = None

    def named(self) -> dict[str, float]:
        """Return what the file's name tells, read once."""
        if self._named is None:
            self._named = file_name_values(self.name, pattern=self.configuration.file_pattern)
        return self._named

    @property
    def name(self) -> str:
        return str(self.header.file)

    def card(self, key: str) -> CardValue | None:
        found = self.header.cards.get(key)
        return self.header.properties.get(key) if found is None else found

    def get(self, name: str) -> Value | None:
        """Return the value of a meaning from the first keyword that has a usable one, else from the settings."""
        meaning = MEANINGS[name]
        for key in self.configuration.overrides.get(name, ()):
            found = self._read(name, meaning, alias=Alias(key))
            if found is not None:
                return found
        cards, properties = self.header.cards, self.header.properties
        for alias in meaning.aliases:
            # Most keywords of most meanings are not there, and there are many frames.
            if alias.key in cards or alias.key in properties:
                found = self._read(name, meaning, alias=alias)
                if found is not None:
                    return found
        default = self.configuration.defaults.get(name)
        if default is not None:
            self.sources[name] = CONFIGURED
        return default

    def _read(self, name: str, meaning: Meaning, *, alias: Alias) -> Value | None:
        raw = self.card(alias.key)
        if raw is None or raw == "":
            return None
        try:
            found = meaning.value_of(alias, raw)
        except ValueError as error:
            self.refuse(alias.key, raw, reason=str(error))
            return None
        if found is not None:
            self.sources[name] = alias.key
        return found

    def refuse(self, key: str, raw: object, *, reason: str) -> None:
        # The name of a rotator stands where others write its angle.
        if key != "ROTATOR":
            self.problems.append(FieldProblem(self.name, key, str(raw)[:60], reason))

    def number(self, name: str) -> float | None:
        return cast("float | None", self.get(name))

    def text(self, name: str) -> str:
        return str(self.get(name) or "")

    def whole(self, name: str) -> int | None:
        found = self.number(name)
        return None if found is None else int(found)

    def moment(self, key: str) -> datetime | None:
        raw = self.card(key)
        if raw is None or raw == "":
            return None
        try:
            return readings.moment(raw)
        except ValueError as error:
            self.refuse(key, raw, reason=str(error))
            return None


def normalised(header: FrameHeader, configuration: Configuration) -> Normalised:
    """Return a header as a frame, or say why it does not count.

    A value that cannot be read costs itself: it is listed, and the next keyword, the file's name or the settings may
    know better. Without a kind that lights or calibration have, or without an exposure time, a file does not count.
    """
    reading = _Reading(header, configuration)
    kind = _kind(reading)
    if isinstance(kind, LeftOut):
        return Normalised(kind, tuple(reading.problems))
    frame = _frame(reading, kind[0], is_master=kind[1])
    _tell_undated(reading, frame)
    if not _is_timed(reading, frame):
        why = LeftOut(reading.name, "has no exposure time (EXPOSURE, EXPTIME), so it cannot be counted")
        return Normalised(why, tuple(reading.problems), guid=reading.text("guid"), kind=frame.kind)
    bad = [FieldProblem(reading.name, each.keyword, "", each.reason) for each in header.problems]
    return Normalised(frame, (*bad, *reading.problems), guid=reading.text("guid"), kind=frame.kind)


def _is_timed(reading: _Reading, frame: Frame) -> bool:
    if frame.kind is FrameKind.BIAS:
        return True
    return "exposure_s" in reading.sources and (frame.kind is not FrameKind.LIGHT or frame.exposure_s > 0)


def _kind(reading: _Reading) -> tuple[FrameKind, bool] | LeftOut:
    written = reading.text("kind")
    if not written:
        folder = next((k for part in reversed(reading.header.file.parts[:-1]) if (k := kind_of_folder(part))), None)
        if folder is None:
            return _nameless(reading)
        reading.sources["kind"] = "folder"
        return folder, False
    found = kind_of(written)
    if found is None:
        return LeftOut(reading.name, f"is a {written!r}, neither a light nor calibration", wanted=False)
    kind, master = found
    if kind is FrameKind.LIGHT and (master or _is_integration(reading)):
        return LeftOut(reading.name, "is an integrated light, not an exposure", wanted=False)
    return kind, master or _is_integration(reading)


def _nameless(reading: _Reading) -> LeftOut:
    """Return why a file of no kind does not count; one that tells nothing of an exposure is a processed image."""
    if all(reading.card(key) is None for key in _TRACES):
        return LeftOut(reading.name, "is a processed image, its header tells of no exposure", wanted=False)
    return LeftOut(reading.name, "does not say what kind of frame it is (IMAGETYP)")


def _is_integration(reading: _Reading) -> bool:
    count = reading.header.integrated_frames
    return count is not None and count > 1


def _frame(reading: _Reading, kind: FrameKind, *, is_master: bool) -> Frame:
    header, get = reading.header, reading.number
    started, local = _started(reading)
    gain = get("gain")
    focal_length, aperture, f_number = get("focal_length_mm"), get("aperture_mm"), get("f_number")
    if f_number is None and focal_length and aperture:
        f_number = focal_length / aperture
        reading.sources["f_number"] = f"{reading.sources['focal_length_mm']} / {reading.sources['aperture_mm']}"
    binning = reading.whole("binning")
    pixel = _pixel(reading, binning)
    frame_is_light = kind is FrameKind.LIGHT
    hfr, fwhm = _stars(reading, pixel, focal_length=focal_length) if frame_is_light else (None, None)
    return Frame(
        name=reading.name,
        kind=kind,
        is_master=is_master,
        count=header.integrated_frames if is_master else 1,
        target_name=reading.text("target_name") if frame_is_light else "",
        started=started,
        started_local=local,
        filter_name=reading.text("filter_name") if kind in (FrameKind.LIGHT, FrameKind.FLAT) else "",
        exposure_s=get("exposure_s") or 0.0,
        gain=None if gain == -1 else gain,
        iso=reading.whole("iso"),
        egain=get("egain"),
        offset=get("offset"),
        binning=binning,
        readout_mode=reading.text("readout_mode"),
        rotation_deg=get("rotation_deg") if kind in (FrameKind.LIGHT, FrameKind.FLAT) else None,
        set_point_c=get("set_point_c"),
        sensor_c=get("sensor_c"),
        focal_length_mm=focal_length,
        f_number=f_number,
        pixel_um=pixel,
        hfr_px=hfr,
        fwhm_arcsec=fwhm,
        **(_surroundings(reading) if frame_is_light else _position(reading)),
        gear=_gear(reading),
        sources=reading.sources,
    )


def _started(reading: _Reading) -> tuple[datetime | None, datetime | None]:
    """Return the start in UTC and in local time; other stamps stand in where the start has none."""
    local = reading.moment("DATE-LOC")
    if local is not None and local.tzinfo is not None:
        local = None
    started = next((m for key in _start_keys(reading) if (m := _stamp(reading, key)) is not None), None)
    if started is None:
        started = _from_other_stamps(reading)
    if local is not None:
        reading.sources["started_local"] = "DATE-LOC"
    return started, local


def _tell_undated(reading: _Reading, frame: Frame) -> None:
    """Tell of a light whose header has no time of any kind; a time that cannot be read is told already."""
    undated = frame.kind is FrameKind.LIGHT and frame.started is None and frame.started_local is None
    if undated and not any(problem.key in _TIMES for problem in reading.problems):
        reading.refuse("DATE-OBS", "", reason="is missing, so its night is not known")


def _start_keys(reading: _Reading) -> tuple[str, ...]:
    return (*reading.configuration.overrides.get("started", ()), *START_KEYS)


def _stamp(reading: _Reading, key: str) -> datetime | None:
    raw, clock = reading.card(key), reading.card("TIME-OBS")
    if key == "DATE-OBS" and isinstance(raw, str) and "T" not in raw and isinstance(clock, str):
        try:
            found: datetime | None = readings.moment(f"{raw.strip()}T{clock.strip()}")
        except ValueError:
            found = reading.moment(key)
    else:
        found = reading.moment(key)
    if found is None:
        return None
    reading.sources["started"] = key
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _from_other_stamps(reading: _Reading) -> datetime | None:
    exposure = reading.number("exposure_s") or 0.0
    for key, share in (("DATE-AVG", 0.5), ("DATE-END", 1.0)):
        found = reading.moment(key)
        if found is not None:
            reading.sources["started"] = key
            return found.replace(tzinfo=found.tzinfo or UTC) - timedelta(seconds=share * exposure)
    raw = reading.card("MJD-OBS")
    try:
        found = None if raw is None else readings.julian(raw)
    except ValueError as error:
        reading.refuse("MJD-OBS", raw, reason=str(error))
        return None
    if found is not None:
        reading.sources["started"] = "MJD-OBS"
    return found


def _pixel(reading: _Reading, binning: int | None) -> float | None:
    """Return the size of a pixel of the frame, its binning included."""
    size = reading.number("pixel_um")
    if size is not None and reading.sources["pixel_um"] != CONFIGURED:
        return size
    bare = reading.number("unbinned_pixel_um")
    if bare is None:
        return size
    reading.sources["pixel_um"] = f"{reading.sources['unbinned_pixel_um']} x binning"
    return bare * (binning or 1)


def _stars(reading: _Reading, pixel: float | None, *, focal_length: float | None) -> tuple[float | None, float | None]:
    """Return HFR in pixels and FWHM in arcseconds: from the header, else from the file's name, else from settings."""
    named = reading.named()
    hfr = _header_or_name(reading, "hfr_px", named=named.get("hfr_px"))
    fwhm = _header_or_name(reading, "fwhm_arcsec", named=named.get("fwhm_arcsec"))
    if fwhm is not None:
        return hfr, fwhm
    pixels = _header_or_name(reading, "fwhm_px", named=named.get("fwhm_px"))
    scale = pixel / focal_length * 206.265 if pixel and focal_length else reading.number("scale_arcsec")
    if pixels is None or scale is None:
        return hfr, None
    reading.sources["fwhm_arcsec"] = f"{reading.sources['fwhm_px']} x scale"
    return hfr, pixels * scale


def _header_or_name(reading: _Reading, meaning: str, *, named: float | None) -> float | None:
    found = reading.number(meaning)
    if named is None or (found is not None and reading.sources[meaning] != CONFIGURED):
        return found
    reading.sources[meaning] = "file name"
    return named


def _surroundings(reading: _Reading) -> dict[str, Any]:
    sky = _header_or_name(reading, "sky_quality", named=reading.named().get("sky_quality"))
    ambient = reading.number("ambient_c")
    if ambient == 0 and all(not reading.card(key) for key in WEATHER_KEYS):
        ambient = None
    return {
        "ambient_c": ambient,
        "focuser_c": reading.number("focuser_c"),
        "sky_quality": None if reading.sources.get("sky_quality") == CONFIGURED else sky,
        **_position(reading),
    }


def _position(reading: _Reading) -> dict[str, float | None]:
    return {name: _without_default(reading, name) for name in ("latitude_deg", "longitude_deg")}


def _without_default(reading: _Reading, meaning: str) -> float | None:
    """Return a value that the frame itself knows; defaults of a site hold for the site, not for the frame."""
    found = reading.number(meaning)
    return None if reading.sources.get(meaning) == CONFIGURED else found


def _gear(reading: _Reading) -> Gear:
    return _gear_named(*(reading.text(name) for name in _GEAR))


@lru_cache(maxsize=256)
def _gear_named(*names: str) -> Gear:
    """Return gear by its names; thousands of frames share one."""
    return Gear(**dict(zip(_GEAR, names, strict=True)))
