"""What the JSON beside an acquired image says, as fields of our record and back.

Keys and special values: spec/target-scheduler-domain 1.2. What no field holds goes to ``extra`` under its own key.
"""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, PierSide
from tsplug.nina.database.codecs import decode_text, decode_whole
from tsplug.nina.database.fields import Complaint

NO_ROTATOR = -sys.float_info.max
"""What Target Scheduler writes for the angle of a rotator that is not there."""

_MEASURED = {
    "DetectedStars": "star_count",
    "HFR": "hfr",
    "HFRStDev": "hfr_stdev",
    "FWHM": "fwhm",
    "Eccentricity": "eccentricity",
    "ADUStDev": "adu_stdev",
    "ADUMean": "adu_mean",
    "ADUMedian": "adu_median",
    "ADUMin": "adu_min",
    "ADUMax": "adu_max",
    "Airmass": "airmass",
}
_GUIDING = {
    "GuidingRMS": "guiding_rms_px",
    "GuidingRMSRA": "guiding_rms_ra_px",
    "GuidingRMSDEC": "guiding_rms_dec_px",
    "GuidingRMSArcSec": "guiding_rms",
    "GuidingRMSRAArcSec": "guiding_rms_ra",
    "GuidingRMSDECArcSec": "guiding_rms_dec",
}
_TEMPERATURES = {
    "FocuserTemp": "focuser_temperature_c",
    "CameraTemp": "camera_temperature_c",
    "CameraTargetTemp": "camera_set_temperature_c",
}
_SETTINGS = {"Gain": "gain", "Offset": "offset", "ReadoutMode": "readout_mode"}
_NAN = "NaN"
# As N.I.N.A. writes what it does not know; other unknown values are left out, which it reads as 0.
_NAN_WHERE_UNKNOWN = ("FWHM", "Eccentricity", "Airmass")
_SCALE = "GuidingRMSScale"
_KEPT_AS_WRITTEN = ("ExposureStartTime", "FilterName", _SCALE, "PierSide", "Binning")
_SQUARE = re.compile(r"(\d+)x\1$")
_LONGEST_SHOWN = 40


@dataclass
class Metadata:
    """What a text of metadata said: fields, metrics, what no field holds, and what was wrong."""

    fields: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    started: datetime | None = None


def read_metadata(text: Any, filter_name: str, *, complain: Complaint) -> Metadata:
    """Return what the metadata of an image says.

    Args:
        text: the JSON text of the row.
        filter_name: the filter of the row, which may differ from the one that the host reported.
        complain: told of what cannot be read; it is kept in ``extra`` all the same.
    """
    written = _parsed(text)
    if written is None:
        complain("metadata", "it is not a JSON object; the text is kept in extra")
        return Metadata(fields={"file": "", "exposure_s": 0.0}, extra={"metadata": decode_text(text or "")})
    return _Reading(written, filter_name, complain=complain).result()


def _parsed(text: Any) -> dict[str, Any] | None:
    try:
        # NaN and the infinities say that nobody knows, wherever they stand.
        parsed = json.loads(decode_text(text or ""), parse_constant=_nothing)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _nothing(_constant: str) -> None:
    return None


class _Reading:
    """One text of metadata on its way into fields; what is taken leaves ``left``."""

    def __init__(self, written: dict[str, Any], filter_name: str, *, complain: Complaint) -> None:
        self._left = written
        self._filter_name = filter_name
        self._complain = complain
        self._found = Metadata()

    def result(self) -> Metadata:
        found = self._found
        found.fields["file"] = decode_text(self._left.pop("FileName", None) or "")
        found.fields["exposure_s"] = max(0.0, self._real("ExposureDuration") or 0.0)
        found.fields["session_id"] = self._whole("SessionId") or 0
        if (roi_percent := self._real("ROI")) is not None:
            found.fields["roi_percent"] = roi_percent
        for key, name in _SETTINGS.items():
            number = self._whole(key)
            found.fields[name] = None if number is None or number < 0 else number
        for key, name in _TEMPERATURES.items():
            found.fields[name] = self._real(key)
        found.fields["focuser_position"] = self._whole("FocuserPosition")
        self._rotator()
        self._texts()
        self._measures()
        self._rest()
        return found

    def _real(self, key: str) -> float | None:
        """Take a number; NaN, the infinities and null are unknown, and what is no number stays for ``extra``."""
        value = self._left.get(key)
        try:
            number = None if value is None else float(value)
        except (OverflowError, TypeError, ValueError):
            self._complain(f"metadata {key} {_shown(value)}", "it is not a number; kept in extra")
            return None
        self._left.pop(key, None)
        return number if number is not None and math.isfinite(number) else None

    def _whole(self, key: str) -> int | None:
        value = self._left.get(key)
        try:
            number = None if value is None else decode_whole(value)
        except ValueError as error:
            self._complain(f"metadata {key} {_shown(value)}", f"{error}; kept in extra")
            return None
        self._left.pop(key, None)
        return number

    def _rotator(self) -> None:
        mechanical, sky = self._real("RotatorMechanicalPosition"), self._real("RotatorPosition")
        absent = mechanical is None or mechanical <= NO_ROTATOR
        self._found.fields["rotation_deg"] = None if absent else mechanical
        # Without a rotator 0 stands for an angle that nobody knows.
        self._found.fields["position_angle_deg"] = None if absent and not sky else sky

    def _texts(self) -> None:
        side = self._left.get("PierSide")
        known = side in {each.value for each in PierSide}
        self._found.fields["pier_side"] = PierSide(str(side)) if known else PierSide.UNKNOWN
        if known or side is None:
            self._left.pop("PierSide", None)
        binning = self._left.get("Binning")
        match = re.match(r"[1-9]\d?", str(binning or ""))
        self._found.fields["binning"] = int(match[0]) if match else 1
        if binning is None or _SQUARE.match(str(binning)):
            self._left.pop("Binning", None)
        if self._left.get("FilterName") in (None, self._filter_name):
            self._left.pop("FilterName", None)
        self._found.started = _moment(self._left.get("ExposureStartTime"))

    def _measures(self) -> None:
        metrics = self._found.metrics
        for key, name in _MEASURED.items():
            number = self._real(key)
            # Nothing is thinner than the zenith's air: less means that nobody computed it.
            if number is not None and not (name == "airmass" and number < 1):
                metrics[name] = number
        scale = self._real(_SCALE) or 0.0
        guiding = {name: self._real(key) for key, name in _GUIDING.items()}
        if not scale and not any(guiding.values()):
            return
        self._found.extra[_SCALE] = scale
        for name, value in guiding.items():
            pixels = guiding.get(f"{name}_px")
            known = pixels * scale if value is None and pixels is not None else value
            metrics |= {} if known is None or not math.isfinite(known) else {name: known}

    def _rest(self) -> None:
        for key, value in self._left.items():
            if key in METRICS and isinstance(value, int | float) and _is_finite(value):
                self._found.metrics[key] = float(value)
            elif value is not None:
                self._found.extra[key] = value


def _is_finite(value: float) -> bool:
    # Whole numbers may have more digits than any other kind holds.
    return abs(value) <= sys.float_info.max


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def settle_start(metadata: Metadata, started: datetime) -> None:
    """Keep the text of the start of the exposure only where it says more than the row's own seconds."""
    if metadata.started == started:
        metadata.extra.pop("ExposureStartTime", None)


def write_metadata(image: AcquiredImage) -> str:
    """Return the metadata of an image as Target Scheduler keeps it, with what no key of its own holds behind."""
    metrics = dict(image.metrics)
    written: dict[str, Any] = {
        "FileName": image.file,
        "SessionId": image.session_id,
        "FilterName": image.filter_name,
        "ExposureStartTime": image.started.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ExposureDuration": image.exposure_s,
        "Gain": _marked(image.gain),
        "Offset": _marked(image.offset),
        "Binning": f"{image.binning}x{image.binning}",
        "ReadoutMode": _marked(image.readout_mode),
        "ROI": image.roi_percent,
        **_measured(metrics),
        **_guiding(image, metrics),
        "FocuserPosition": image.focuser_position,
        **_angles(image),
        "PierSide": image.pier_side.value,
        **{key: _or_nan(getattr(image, name)) for key, name in _TEMPERATURES.items()},
    }
    own = {key: image.extra[key] for key in _KEPT_AS_WRITTEN if key in image.extra}
    rest = {key: value for key, value in image.extra.items() if key not in written}
    return json.dumps({**rest, **metrics, **written, **own}, ensure_ascii=False)


def _angles(image: AcquiredImage) -> dict[str, Any]:
    """Return the angles of the rotator; one that is not there is at 0 on the sky."""
    mechanical, sky = image.rotation_deg, image.position_angle_deg
    if mechanical is None:
        return {"RotatorPosition": sky or 0.0, "RotatorMechanicalPosition": NO_ROTATOR}
    return {"RotatorMechanicalPosition": mechanical} | ({} if sky is None else {"RotatorPosition": sky})


def _measured(metrics: dict[str, float]) -> dict[str, Any]:
    """Take the metrics that Target Scheduler knows out of an image's."""
    written: dict[str, Any] = {}
    for key, name in _MEASURED.items():
        value = metrics.pop(name, None)
        if value is not None:
            written[key] = int(value) if key in ("DetectedStars", "ADUMin", "ADUMax") else value
        elif key in _NAN_WHERE_UNKNOWN:
            written[key] = _NAN
    return written


def _guiding(image: AcquiredImage, metrics: dict[str, float]) -> dict[str, Any]:
    """Take what is known of guiding out of an image's metrics; zeros say that nothing guided."""
    values = {key: metrics.pop(name, None) for key, name in _GUIDING.items()}
    pixels, arcsec = values["GuidingRMS"], values["GuidingRMSArcSec"]
    scale = image.extra.get(_SCALE)
    if scale is None:
        scale = arcsec / pixels if pixels and arcsec else 0.0
    known = any(value is not None for value in values.values())
    zero = None if known else 0.0
    written = {key: zero if value is None else value for key, value in values.items()}
    return {_SCALE: scale} | {key: value for key, value in written.items() if value is not None}


def _marked(value: int | None) -> int:
    return -1 if value is None else value


def _or_nan(value: float | None) -> float | str:
    return _NAN if value is None else value


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
