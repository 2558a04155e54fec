"""What names of frames tell: measured values by a small grammar, and every part of a N.I.N.A. file pattern read back.

The grammar of measured values: a name (HFR, FWHM, RMS, SQM, STARS) and a number on either side of it, between them
nothing or one of ``_ = - : ( blank``, behind the number perhaps a unit: ``HFR_1.64px``, ``HFR=1.64``, ``1.64_HFR``. One
file name puts all its numbers on the same side, which is what tells ``1.64_HFR_0.50_RMS`` from ``HFR_1.64_RMS_0.50``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

_SUFFIX = re.compile(r"\.(?:fits?|fts|xisf)(?:\.(?:fz|gz))?$|\.fz$", re.IGNORECASE)
_NUMBER = r"(?<![\d.,])\d{1,9}(?:[.,]\d{1,9})?(?![\d]|[.,]\d)"
_UNIT = r"""(?P<unit>px|pix(?:els?)?|arcsec|asec|as|mag|'')?(?![a-z])"""
_GAP = r"[ _=:(-]?"
_KEY = r"(?<![a-z])(?P<key>hfr|fwhm|rms(?:arcsec)?|sqm|mpsas|stars|star_?count)(?![a-z])"
_KEY_BEFORE = r"(?<![a-z])(?P<key>hfr|fwhm|rms(?:arcsec)?|sqm|mpsas|stars|star_?count)"
_AFTER = re.compile(rf"{_KEY_BEFORE}{_GAP}(?P<number>{_NUMBER}) ?{_UNIT}", re.IGNORECASE)
_BEFORE = re.compile(rf"(?P<number>{_NUMBER}){_UNIT.replace('(?![a-z])', '')}[ _-]?{_KEY}", re.IGNORECASE)
_ARCSEC = frozenset({"arcsec", "asec", "as", "''"})
_COUNTS = frozenset({"star_count"})
_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "hfr_px": (0.0, 100.0),
        "fwhm_px": (0.0, 200.0),
        "fwhm_arcsec": (0.0, 200.0),
        "rms": (0.0, 1000.0),
        "rms_arcsec": (0.0, 1000.0),
        "sky_quality": (10.0, 25.0),
        "star_count": (-1.0, 1e8),
    }
)
"""Between which numbers a value may lie to be one: a frame number beside SQM is no sky."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A value found beside its name, and whether it is written as one of its kind is."""

    key: str
    value: float
    likely: bool


def file_name_values(name: str, *, pattern: str = "") -> dict[str, float]:
    r"""Return the measured values in the name of a frame.

    Keys: ``hfr_px``, ``fwhm_px`` or ``fwhm_arcsec``, ``rms`` (unit unknown) or ``rms_arcsec``, ``sky_quality`` in
    mag/arcsec², ``star_count``. What cannot be one is left out: no HFR of 0, no sky quality outside 10 to 25.

    Args:
        name: the file's name, or its path with ``/`` or ``\``.
        pattern: the N.I.N.A. file pattern it was made by, if known; what it tells comes first.
    """
    stem = _SUFFIX.sub("", re.split(r"[/\\]", name)[-1])
    after, before = _values(_AFTER, stem), _values(_BEFORE, stem)
    found = before if _weight(before) > _weight(after) else after
    values = {each.key: each.value for each in reversed(found)}
    return values | _measured(parsed_name(pattern, name)) if pattern else values


def parsed_name(pattern: str, path: str) -> dict[str, str]:
    r"""Return the texts that a N.I.N.A. file pattern put into a path, by token without dollars; empty if none fits.

    The end of the path must fit the whole pattern; a token of which nothing was known is left out. Of a token that
    stands in the pattern twice the first text counts.

    Args:
        pattern: such as ``$$TARGETNAME$$\$$DATEMINUS12$$\$$FILTER$$_$$FRAMENR$$``, without the file's suffix.
        path: the file, folders divided by ``/`` or ``\``.
    """
    expression, tokens = _compiled(pattern)
    match = expression.search(_SUFFIX.sub("", path).replace("\\", "/"))
    if match is None:
        return {}
    return {token: text for token, text in reversed(list(zip(tokens, match.groups(), strict=True))) if text}


_SIGNED = r"-?\d+(?:[.,]\d+)?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_HOUR = r"\d{2}-\d{2}-\d{2}"
_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("DATE", "DATEUTC", "DATEMINUS12", "APPLICATIONSTARTDATE"), _DAY),
        **dict.fromkeys(("TIME", "TIMEUTC"), _HOUR),
        "DATETIME": f"{_DAY}_{_HOUR}",
        "BINNING": r"\d+x\d+",
        "FRAMENR": r"\d+",
        **dict.fromkeys(("GAIN", "OFFSET", "FOCUSERPOSITION", "USBLIMIT", "STARCOUNT", "TSSESSIONID"), r"-?\d+"),
        **dict.fromkeys(
            (
                *("MJD", "SENSORTEMP", "TEMPERATURESETPOINT", "EXPOSURETIME", "RMS", "RMSARCSEC", "FOCUSERTEMP"),
                *("PEAKRA", "PEAKRAARCSEC", "PEAKDEC", "PEAKDECARCSEC", "HFR", "FWHM", "ECCENTRICITY"),
                *("SQM", "ROTATORANGLE", "SUNANGLE", "MOONANGLE"),
            ),
            _SIGNED,
        ),
    }
)
"""How the texts of tokens look that are no free text."""
_MEASURED: Mapping[str, str] = MappingProxyType(
    {
        "HFR": "hfr_px",
        "FWHM": "fwhm_px",
        "RMS": "rms",
        "RMSARCSEC": "rms_arcsec",
        "SQM": "sky_quality",
        "STARCOUNT": "star_count",
    }
)


@lru_cache(maxsize=32)
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    pieces = re.split(r"\$\$([A-Z0-9]+)\$\$", pattern.replace("\\", "/"))
    tokens = tuple(pieces[1::2])
    expression = re.escape(pieces[0])
    for token, literal in zip(tokens, pieces[2::2], strict=True):
        # An unknown value leaves nothing; a free text never spans folders.
        expression += f"({_SHAPES.get(token, '[^/]*?')}|)" + re.escape(literal)
    return re.compile(rf"(?:^|/){expression}$"), tokens


def _values(grammar: re.Pattern[str], stem: str) -> list[_Found]:
    found = []
    for match in grammar.finditer(stem):
        key = _key(match["key"].lower(), (match["unit"] or "").lower())
        value = float(match["number"].replace(",", "."))
        least, most = _LIMITS[key]
        if least < value < most:
            whole = match["number"].isdigit()
            found.append(_Found(key, value, whole == (key in _COUNTS) or bool(match["unit"])))
    return found


def _key(name: str, unit: str) -> str:
    if name.startswith("rms"):
        return "rms_arcsec" if unit in _ARCSEC or name != "rms" else "rms"
    if name == "fwhm":
        return "fwhm_arcsec" if unit in _ARCSEC else "fwhm_px"
    return {"hfr": "hfr_px", "sqm": "sky_quality", "mpsas": "sky_quality"}.get(name, "star_count")


def _weight(found: list[_Found]) -> int:
    return sum(2 if each.likely else 1 for each in found)


def _measured(texts: Mapping[str, str]) -> dict[str, float]:
    values = {}
    for token, key in _MEASURED.items():
        value = float(texts[token].replace(",", ".")) if token in texts else None
        if value is not None and _LIMITS[key][0] < value < _LIMITS[key][1]:
            values[key] = value
    return values
