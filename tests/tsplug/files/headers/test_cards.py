"""What a card of a FITS header says, card by card."""

from __future__ import annotations

import warnings

import pytest
from astropy.io import fits
from hypothesis import example, given
from hypothesis import strategies as st

from tsplug.files.headers.cards import Keywords, Unusable, card_value, read_cards

VALUES = [
    ("= 'LIGHT   '           / kind", "LIGHT"),
    ("= '  leading'", "  leading"),
    ("= 'O''Neill / B'  / comment", "O'Neill / B"),
    ("= ''", ""),
    ("=                  300", 300),
    ("=                -10.5 / C", -10.5),
    ("=                 600.", 600.0),
    ("=                   .5", 0.5),
    ("=              1.5D-03", 0.0015),
    ("=              1.5e+03", 1500.0),
    ("=                    T", True),
    ("=                    F / no", False),
    ("=100", 100),
    ("= 2023-07-06T22:00:00.123", "2023-07-06T22:00:00.123"),
    ("= No Data", "No Data"),
    ("= 12,5", "12,5"),
    ("= (1.0, 2.0)", "(1.0, 2.0)"),
    ("= 1_000", "1_000"),
    ("=", None),
    ("=                      / undefined", None),
    ("", None),
]
UNUSABLE = [
    ("= 'cut off", "closing quote"),
    ("= nan", "is no number"),
    ("= -Infinity / none", "is no number"),
    ("= 1.#QNAN", "is no number"),
    ("= 1E999", "out of range"),
    ("  300.0", "column 9"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_value_of_a_card(text: str, value: object) -> None:
    """Texts, numbers, truths and undefined values are read as FITS 4.0 section 4.2 has them, or as written."""
    found = card_value(text.ljust(72).encode())
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("text", "reason"), UNUSABLE)
def test_unusable_card(text: str, reason: str) -> None:
    """A card that says nothing usable is told with the reason."""
    found = card_value(text.ljust(72).encode())
    assert isinstance(found, Unusable)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("= 'Nébuleuse'".encode(), "Nébuleuse"),
        ("= 'Nébuleuse'".encode("latin-1"), "Nébuleuse"),
        (b"= 'M 31\0\0\0'", "M 31"),
        (b"= 'M\x0031\x07\n x'", "M 31  x"),
    ],
)
def test_odd_bytes(raw: bytes, value: str) -> None:
    """UTF-8 is read, else Latin-1; what cannot be printed is a blank, and never reaches a line of a table."""
    assert card_value(raw) == value


def cards(*lines: str) -> bytes:
    return b"".join(line.ljust(80).encode("latin-1") for line in lines)


def test_first_usable_value_counts() -> None:
    """Of a keyword that occurs again the first usable value counts, and the unusable one before it is told."""
    read = read_cards(cards("GAIN    = nan", "GAIN    =", "GAIN    = 100", "GAIN    = 200"), Keywords({"GAIN"}))
    assert read.values == {"GAIN": 100}
    assert [problem.keyword for problem in read.problems] == ["GAIN"]


def test_keywords_in_lower_case_and_with_nulls() -> None:
    """A keyword is one in whatever case, and with whatever padding."""
    assert read_cards(cards("gain    = 1", "FILTER\0\0= 'Ha'"), Keywords({"Gain", "FILTER"})).values == {
        "GAIN": 1,
        "FILTER": "Ha",
    }


def test_long_texts_and_long_keywords() -> None:
    """CONTINUE joins a text over cards, HIERARCH carries long keywords; an ampersand without CONTINUE stays."""
    header = cards(
        "OBJECT  = 'North America &'",
        "CONTINUE  'and &'",
        "CONTINUE  'Pelican' / both",
        "HIERARCH site  sky quality = 21.5 / mag",
        "FILTER  = 'L&'",
        "GAIN    = 1",
    )
    read = read_cards(header, Keywords())
    assert read.values == {
        "OBJECT": "North America and Pelican",
        "SITE SKY QUALITY": 21.5,
        "FILTER": "L&",
        "GAIN": 1,
    }


def test_history_on_request() -> None:
    """HISTORY cards are kept in order where they are asked for, comments never."""
    header = cards("HISTORY first", "COMMENT nothing", "GAIN    = 1", "HISTORY second")
    assert read_cards(header, Keywords(history=True)).history == ["first", "second"]
    assert read_cards(header, Keywords()).history == []


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=150)
CARDS = st.dictionaries(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1, max_size=8).filter(
        lambda key: key not in {"END", "COMMENT", "HISTORY", "CONTINUE", "HIERARCH", "SIMPLE", "EXTEND"}
    ),
    st.one_of(TEXTS, st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False)),
    max_size=30,
)


@given(CARDS)
@example({"0": "'/"})
def test_what_astropy_writes_is_read_as_astropy_reads_it(values: dict[str, str | float]) -> None:
    """Whatever astropy writes, long texts and quotes included, comes back as astropy itself reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = fits.Header(list(values.items())).tostring(endcard=False, padding=False)
        peer = {card.keyword: card.value for card in fits.Header.fromstring(text).cards}
    read = read_cards(text.encode("ascii"), Keywords())
    assert read.problems == []
    assert read.values.keys() == peer.keys()
    for key, value in read.values.items():
        # Of a quote before a slash astropy itself reads less than it wrote.
        assert value in (bare(peer[key]), bare(values[key]))


def bare(value: str | float) -> str | float:
    """Return a value without the blanks behind a text, which mean nothing."""
    return value.rstrip() if isinstance(value, str) else value
