"""Values to the cards of a header, held against astropy's reading of them."""

from __future__ import annotations

import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from tsplug.files.headers.card_text import card_bytes
from tsplug.model import HeaderCard

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)


def read_back(card: HeaderCard) -> object:
    """Return the value that astropy reads."""
    text = b"".join(card_bytes(card)).decode("ascii")
    header = fits.Header.fromstring(text)
    header[card.keyword]  # parses
    fits.Card.fromstring(text).verify("exception")
    return header[card.keyword]


@given(PRINTABLE, PRINTABLE)
def test_any_text_comes_back(text: str, comment: str) -> None:
    """Quotes, ampersands and lengths beyond a card included; only trailing blanks mean nothing in FITS."""
    card = HeaderCard("TSREASON", text.rstrip().rstrip("&"), comment)
    assert read_back(card) == card.value
    assert all(len(line) == 80 for line in card_bytes(card))


@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)))
def test_any_number_comes_back(value: float) -> None:
    """Every digit of a float survives."""
    assert (
        read_back(HeaderCard("FWHM", value, "[px] a comment that is much longer than what a card has room for"))
        == value
    )


@pytest.mark.parametrize(
    ("card", "line"),
    [
        (HeaderCard("FWHM", 3.5, "[px]"), "FWHM    =                  3.5 / [px]"),
        (HeaderCard("SMALL", 1e-07), "SMALL   =              1.0E-07"),
        (HeaderCard("NSTARS", 12), "NSTARS  =                   12"),
        (HeaderCard("PLTSOLVD", True, "solved"), "PLTSOLVD=                    T / solved"),
        (HeaderCard("OBJECT", "M 42", "name"), "OBJECT  = 'M 42    '           / name"),
        (HeaderCard("OBSERVER", "Zoë O'Neil 星"), "OBSERVER= 'Zoe O''Neil ?'"),
    ],
    ids=["float", "exponent", "count", "truth", "text", "accents and quotes"],
)
def test_cards_have_the_fixed_format(card: HeaderCard, line: str) -> None:
    """FITS 4.0, section 4.2: numbers end in column 30, texts begin in column 11."""
    assert card_bytes(card) == [line.ljust(80).encode()]


@pytest.mark.parametrize(("keyword", "value"), [("TOOLONGKEY", 1), ("low", 1), ("", 1), ("FWHM", float("nan"))])
def test_what_fits_cannot_hold_is_refused(keyword: str, value: float) -> None:
    """Neither a wrong keyword nor a number that is none is written."""
    with pytest.raises(ValueError, match="is no"):
        card_bytes(HeaderCard(keyword, value))
