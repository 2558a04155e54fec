"""Keywords that say something else of a frame are known."""

from __future__ import annotations

import pytest

from tsplug.model.keywords import taken_keyword


@pytest.mark.parametrize(
    ("name", "keyword", "said"),
    [
        ("hfr", "MYHFR", ""),
        ("hfr", "HFR", ""),
        ("fwhm_arcsec", "L1FWHM", ""),
        ("target", "OBJECT", ""),
        ("hfr", "TSUID", "the identifier of the frame"),
        ("hfr", "FWHM", "the fwhm of the frame"),
        ("hfr", "OBJECT", "the target of the frame"),
        ("hfr", "CRVAL1", "something else of the frame"),
        ("hfr", "CCD-TEMP", "something else of the frame"),
    ],
)
def test_a_keyword_that_is_taken_is_told(name: str, keyword: str, said: str) -> None:
    """What stands for another value, or for what cameras and solvers write; a value may have its own in any dialect."""
    told = taken_keyword(name, keyword)
    assert told.startswith(said)
    assert bool(told) is bool(said)
