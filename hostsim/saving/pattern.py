"""File names from patterns such as ``$$TARGETNAME$$/$$DATEMINUS12$$/$$FILTER$$_$$FRAMENR$$``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from hostsim.saving.facts import FrameFacts
from tsplug import InputError

_TOKEN = re.compile(r"\$\$(.*?)\$\$")
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
# Names of files may have 255 bytes; a frame's part, number and endings need some of them.
_LONGEST_PART_BYTES = 200

_Value = Callable[[FrameFacts], str]


def _local(form: str, *, hours_back: int = 0) -> _Value:
    return lambda facts: (facts.started_local - timedelta(hours=hours_back)).strftime(form)


def _utc(form: str) -> _Value:
    return lambda facts: facts.started.strftime(form)


def _number(read: Callable[[FrameFacts], float | None], form: str = ".2f") -> _Value:
    def shown(facts: FrameFacts) -> str:
        value = read(facts)
        return "" if value is None else format(value, form)

    return shown


def _unmeasured(facts: FrameFacts) -> str:
    return ""


def _guided_px(facts: FrameFacts) -> float | None:
    guiding = facts.readings.guiding
    return None if guiding is None else guiding.rms_arcsec / guiding.scale_arcsec


def _night_began(facts: FrameFacts) -> str:
    began = facts.night_began or facts.started
    return began.astimezone(facts.started_local.tzinfo).strftime("%Y-%m-%d")


PATTERNS: dict[str, _Value] = {
    "APPLICATIONSTARTDATE": _night_began,
    "BINNING": lambda facts: f"{facts.readings.camera.binning}x{facts.readings.camera.binning}",
    "CAMERA": lambda facts: facts.readings.camera.name,
    "DATE": _local("%Y-%m-%d"),
    "DATEMINUS12": _local("%Y-%m-%d", hours_back=12),
    "DATETIME": _local("%Y-%m-%d_%H-%M-%S"),
    "DATEUTC": _utc("%Y-%m-%d"),
    "EXPOSURETIME": _number(lambda facts: facts.exposure_s),
    "FILTER": lambda facts: facts.filter_name,
    "FOCUSERPOSITION": _number(lambda facts: f.position if (f := facts.readings.focuser) else None, "d"),
    "FOCUSERTEMP": _number(lambda facts: f.temperature_c if (f := facts.readings.focuser) else None),
    "FRAMENR": lambda facts: f"{facts.number:04d}",
    "GAIN": _number(lambda facts: facts.readings.camera.gain, "d"),
    "HFR": _unmeasured,
    "IMAGETYPE": lambda facts: facts.kind,
    "MJD": _number(lambda facts: (facts.started - _MJD_EPOCH) / timedelta(days=1), ".5f"),
    "OFFSET": _number(lambda facts: facts.readings.camera.offset, "d"),
    "PEAKDEC": _unmeasured,
    "PEAKDECARCSEC": _unmeasured,
    "PEAKRA": _unmeasured,
    "PEAKRAARCSEC": _unmeasured,
    "READOUTMODE": lambda facts: facts.readings.camera.readout_mode_name,
    "RMS": _number(_guided_px),
    "RMSARCSEC": _number(lambda facts: g.rms_arcsec if (g := facts.readings.guiding) else None),
    "ROTATORANGLE": _number(lambda facts: r.mechanical_deg if facts.is_lit and (r := facts.readings.rotator) else None),
    "SENSORTEMP": _number(lambda facts: facts.readings.camera.temperature_c),
    "SEQUENCETITLE": lambda facts: facts.sequence_title,
    "SQM": _number(lambda facts: w.sky_mag_per_arcsec2 if (w := facts.readings.weather) else None),
    "STARCOUNT": _unmeasured,
    "TARGETNAME": lambda facts: facts.subject.target_name,
    "TELESCOPE": lambda facts: facts.profile.telescope,
    "TEMPERATURESETPOINT": _number(lambda facts: facts.readings.camera.set_temperature_c),
    "TIME": _local("%H-%M-%S"),
    "TIMEUTC": _utc("%H-%M-%S"),
    "TSPROJECTNAME": lambda facts: facts.subject.project_name,
    "TSSESSIONID": lambda facts: f"{facts.subject.session_id:04d}",
    "USBLIMIT": _unmeasured,
}
"""What each pattern stands for; what the host does not know at saving is empty, as the peers do."""


def check_pattern(pattern: str) -> None:
    """Return when every pattern in a text is known.

    Raises:
        InputError: one is not, or the text is empty.
    """
    if not pattern.strip():
        raise InputError("a file pattern is empty: $$DATETIME$$_$$FRAMENR$$ would be a start")
    unknown = [name for name in _TOKEN.findall(pattern) if name not in PATTERNS]
    if unknown or "$$" in _TOKEN.sub("", pattern):
        what = f"unknown pattern $${unknown[0]}$$" if unknown else "a $$ without its partner"
        raise InputError(f"file pattern {pattern!r}: {what}; known are {', '.join(sorted(PATTERNS))}")


def expand(pattern: str, facts: FrameFacts) -> PurePosixPath:
    r"""Return the relative path of a frame, without extension.

    ``/`` and ``\`` in the pattern make folders; in a value they are replaced by ``_``, as is what Windows forbids in
    names. Folders that come out empty are left out.

    Raises:
        InputError: the pattern holds an unknown name.
    """
    check_pattern(pattern)
    parts = [_part(part, facts) for part in re.split(r"[/\\]", pattern)]
    kept = [part for part in parts[:-1] if part]
    return PurePosixPath(*kept, parts[-1] or facts.guid)


def folder_name(text: str) -> str:
    """Return a text as the name of one folder: what Windows forbids in names becomes ``_``."""
    name = _ILLEGAL.sub("_", text).strip(" .").encode("utf-8")[:_LONGEST_PART_BYTES]
    return name.decode("utf-8", "ignore").rstrip(" .") or "_"


def _part(part: str, facts: FrameFacts) -> str:
    text = _TOKEN.sub(lambda token: _ILLEGAL.sub("_", PATTERNS[token[1]](facts)), part)
    return folder_name(text) if text.strip(" .") else ""
