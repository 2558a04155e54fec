"""Which values of a frame stand under which keywords of its header, and which keywords say something else.

Sources: peers d-1 for the standard dialect (Science Scheduler's keywords and more in their manner) and for what cameras
and hosts write; the L1 keywords of BANZAI (Las Cumbres Observatory) for the other dialect.
"""

from __future__ import annotations

from collections.abc import Mapping

QUALITY_KEYWORDS: Mapping[str, str] = {
    "fwhm": "FWHM",
    "fwhm_arcsec": "FWHMARC",
    "hfr": "HFR",
    "hfr_stdev": "HFRSTD",
    "star_count": "NSTARS",
    "snr": "IMGSNR",
    "eccentricity": "ECCENT",
    "ellipticity": "ELLIPT",
    "background": "BGLEVEL",
    "noise": "BGNOISE",
    "adu_mean": "IMGMEAN",
    "adu_median": "IMGMED",
    "adu_stdev": "IMGSTDEV",
    "saturated_pixels": "NSATUR",
    "pixel_scale": "PXSCALE",
}
"""Keyword by key of a metric, or by the name of a value that is none."""

RECORD_KEYWORDS: Mapping[str, str] = {
    "observer": "OBSERVER",
    "project": "PROJECT",
    "target": "OBJECT",
    "plan": "TSPLAN",
    "session": "TSSESSID",
    "identifier": "TSUID",
    "grade": "GRADE",
    "grade_score": "GRADESCR",
    "grade_reason": "GRADERSN",
}
"""Keyword by what a record says of its frame."""

SOLUTION_KEYWORDS: Mapping[str, str] = {"offset": "PNTOFST", "solver_error": "WCSERR"}
"""Keyword by what is known of a frame's position, beside the coordinates themselves."""

DIALECTS: Mapping[str, Mapping[str, str]] = {
    "standard": {"solver_error": ""},
    "banzai": {
        "fwhm_arcsec": "L1FWHM",
        "ellipticity": "L1ELLIP",
        "adu_mean": "L1MEAN",
        "adu_median": "L1MEDIAN",
        "adu_stdev": "L1SIGMA",
    },
}
"""Keyword by dialect and value, where it is not the usual one; empty where the value is left out."""

_WORDS_OF_OTHERS = """
    DATE-LOC DATE-OBS DATE-AVG DATE-BEG DATE-END DATE MJD-OBS MJD-AVG IMAGETYP EXPTIME EXPOSURE XBINNING YBINNING GAIN
    OFFSET EGAIN XPIXSZ YPIXSZ PIXSIZE1 PIXSIZE2 CCDXBIN CCDYBIN INSTRUME CAMERAID SET-TEMP CCD-TEMP READOUTM BAYERPAT
    XBAYROFF YBAYROFF USBLIMIT TELESCOP FOCALLEN FOCRATIO RA DEC CENTALT CENTAZ AIRMASS PIERSIDE SITEELEV SITELAT
    SITELONG OBSERVER OBSERVAT SITENAME FWHEEL FILTER OBJECT OBJCTRA OBJCTDEC OBJCTROT FOCNAME FOCPOS FOCUSPOS FOCUSSZ
    FOCTEMP FOCUSTEM ROTNAME ROTATOR ROTATANG ROTSTPSZ ROTATION POSANGLE CLOUDCVR DEWPOINT HUMIDITY PRESSURE SKYBRGHT
    MPSAS SQM SKYTEMP STARFWHM AMBTEMP AMBIENT TEMPERAT WINDDIR WINDSPD WINDGUST ROWORDER EQUINOX EPOCH SWCREATE SWOWNER
    CTYPE1 CTYPE2 CRVAL1 CRVAL2 CRPIX1 CRPIX2 CUNIT1 CUNIT2 CDELT1 CDELT2 CROTA1 CROTA2 CD1_1 CD1_2 CD2_1 CD2_2
    PC1_1 PC1_2 PC2_1 PC2_2 RADESYS WCSAXES LONPOLE LATPOLE A_ORDER B_ORDER AP_ORDER BP_ORDER PLTSOLVD
"""
_OTHERS = frozenset(_WORDS_OF_OTHERS.split())


def taken_keyword(name: str, keyword: str) -> str:
    """Return what a keyword stands for that a value cannot have therefore; empty where it can.

    Args:
        name: the value, as in `tsplug.model.preferences.WRITTEN_VALUES`.
        keyword: the keyword, in upper case.
    """
    usual = [QUALITY_KEYWORDS, RECORD_KEYWORDS, SOLUTION_KEYWORDS, *DIALECTS.values()]
    owners = sorted({value for table in usual for value, word in table.items() if word == keyword})
    if name in owners:
        return ""
    if owners:
        return f"the {owners[0]} of the frame"
    return "something else of the frame, which cameras, hosts or plate solvers write" if keyword in _OTHERS else ""
