"""Measured values in names of frames, and N.I.N.A. file patterns read back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.astrobin.file_names import file_name_values, parsed_name

NAMES: list[tuple[str, dict[str, float]]] = [
    ("M31_HFR_1.64px.fits", {"hfr_px": 1.64}),
    ("M31_HFR=1.64.fits", {"hfr_px": 1.64}),
    ("M31_1.64_HFR.fits", {"hfr_px": 1.64}),
    ("M31_HFR1.64_0001.xisf", {"hfr_px": 1.64}),
    ("M31_hfr(1,64)_0001.fits.fz", {"hfr_px": 1.64}),
    ("M31_HFR 2_0001.FIT", {"hfr_px": 2}),
    # Last in the name: the suffix's point belongs to the suffix (astrobin 11).
    ("2023-07-06_00-10-00_Ha_600.00s_HFR_1.64.fits", {"hfr_px": 1.64}),
    (
        "HFR_1.64_RMS_0.50_SQM_21.30_STARS_350.fits",
        {"hfr_px": 1.64, "rms": 0.5, "sky_quality": 21.3, "star_count": 350},
    ),
    ("1.64_HFR_0.50_RMS_350_STARS.fits", {"hfr_px": 1.64, "rms": 0.5, "star_count": 350}),
    ("600.00s_1.64_HFR_0001.fits", {"hfr_px": 1.64}),
    ("600.00s_0012_HFR_2.10_0.75_ECC.fits", {"hfr_px": 2.1}),
    ("FWHM_3.1_x.fits", {"fwhm_px": 3.1}),
    ("FWHM_3.1arcsec_x.fits", {"fwhm_arcsec": 3.1}),
    ("2.5as_FWHM_RMS_x.fits", {"fwhm_arcsec": 2.5}),
    ("RMSARCSEC_0.61_StarCount_12.fits", {"rms_arcsec": 0.61, "star_count": 12}),
    ("HFR_0.00_SQM_0.00_STARS_0.fits", {"star_count": 0}),
    ("HFR_NaN_SQM__x.fits", {}),
    ("HFR_1.2.3.fits", {}),
    ("SEVENSTARS_12_FORMS_3.fits", {}),
    ("/lights/HFR_9.9/M31_1.fits", {}),
    ("", {}),
]


@pytest.mark.parametrize(("name", "values"), NAMES, ids=[name or "nothing" for name, _ in NAMES])
def test_values_in_names(name: str, values: dict[str, float]) -> None:
    """HFR, FWHM, RMS, SQM and STARS are found beside their names on either side, and nothing else is taken for one."""
    assert file_name_values(name) == values


PATTERN = (
    r"$$TARGETNAME$$\$$DATEMINUS12$$\$$IMAGETYPE$$"
    r"\$$DATETIME$$_$$FILTER$$_$$SENSORTEMP$$_$$EXPOSURETIME$$s_$$HFR$$_$$FRAMENR$$"
)


def test_a_pattern_read_back() -> None:
    """Every token of the pattern a name was made by comes back, whatever divides the folders."""
    path = "/data/M 31_wide/2023-07-05/LIGHT/2023-07-06_00-10-00_Ha_3nm_-10.00_600.00s_1.64_0012.fits"
    expected = {
        "TARGETNAME": "M 31_wide",
        "DATEMINUS12": "2023-07-05",
        "IMAGETYPE": "LIGHT",
        "DATETIME": "2023-07-06_00-10-00",
        "FILTER": "Ha_3nm",
        "SENSORTEMP": "-10.00",
        "EXPOSURETIME": "600.00",
        "HFR": "1.64",
        "FRAMENR": "0012",
    }
    assert parsed_name(PATTERN, path) == expected
    assert parsed_name(PATTERN, path.replace("/", "\\")) == expected
    assert file_name_values(path, pattern=PATTERN) == {"hfr_px": 1.64}
    assert file_name_values(path) == {}


def test_a_value_that_was_not_known() -> None:
    """A token of which nothing was known leaves nothing, and is left out; a name of another pattern fits none."""
    path = "M31/2023-07-05/LIGHT/2023-07-06_00-10-00_Ha_-10.00_600.00s__0012.fits"
    assert "HFR" not in parsed_name(PATTERN, path)
    assert parsed_name(PATTERN, path)["FRAMENR"] == "0012"
    assert parsed_name(PATTERN, "M31_Ha.fits") == {}


WORDS = st.text("ABCdef xyz", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.lists(st.sampled_from(["TARGETNAME", "FILTER", "GAIN", "HFR", "DATE", "BINNING"]), unique=True), st.data())
def test_whatever_a_pattern_expands_to_is_read_back(tokens: list[str], data: st.DataObject) -> None:
    """A pattern of any tokens divided by a sign that none of them contains gives back each of them."""
    shapes = {
        "GAIN": st.integers(-1, 500).map(str),
        "HFR": st.floats(0.5, 9).map("{:.2f}".format),
        "DATE": st.dates().map(str),
        "BINNING": st.integers(1, 4).map("{0}x{0}".format),
    }
    values = {token: data.draw(shapes.get(token, WORDS)) for token in tokens}
    pattern = "#".join(f"$${token}$$" for token in tokens)
    name = re.sub(r"\$\$(\w+)\$\$", lambda match: values[match[1]], pattern)
    assert parsed_name(pattern, f"/x/{name}.fits") == values


@given(st.text(max_size=60))
def test_any_name_is_answered(name: str) -> None:
    """No name, however odd, breaks the reading, and what is read are numbers within their limits."""
    assert all(-1 < value < 1e8 for value in file_name_values(name, pattern="$$HFR$$_$$SQM$$").values())
