"""Editing the bytes of a header, held against astropy."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from tsplug.files.headers.editing import edited_header, folded_sum
from tsplug.model import HeaderCard, HeaderEdit

PIXELS = np.arange(1440, dtype=np.int16).reshape(36, 40)


def file_bytes(*, spare: int = 0, checksum: bool = True, **cards: object) -> bytes:
    """Return a FITS file of one data block with some cards and blank ones before END."""
    hdu = fits.PrimaryHDU(PIXELS)
    hdu.header.update(cards)
    for _ in range(spare):
        hdu.header.append(end=True, bottom=True)
    stream = io.BytesIO()
    hdu.writeto(stream, checksum=checksum)
    return stream.getvalue()


def split(data: bytes) -> tuple[bytes, bytes]:
    """Return header blocks and data block."""
    return data[:-2880], data[-2880:]


def edit(data: bytes, *cards: HeaderCard, remove: tuple[str, ...] = ()) -> bytes:
    """Return a whole file with its header edited."""
    header, pixels = split(data)
    return edited_header(header, HeaderEdit(cards, frozenset(remove)), data_sum=lambda: folded_sum(pixels)) + pixels


def verified(data: bytes) -> fits.Header:
    """Return the header that astropy reads; wrong checksums and cards are errors."""
    with fits.open(io.BytesIO(data), checksum=True) as opened:
        opened.verify("exception")
        assert (opened[0].data == PIXELS).all()
        return opened[0].header


def test_numbers_are_known_by_their_comments() -> None:
    """A number that stands under a former keyword goes; texts, other comments and what is to stand there stay."""
    told = file_bytes(OLD=(1.5, "[px] ours 3"), NEW=(2.5, "[px] ours 3"), TEXT=("a", "[px] ours 3"), CAM=(1, "theirs"))
    header, pixels = split(told)
    wanted = HeaderEdit((HeaderCard("NEW", 3.5, "[px] ours 4"),), stale=r"\[px\] ours \d")
    edited = verified(edited_header(header, wanted, data_sum=lambda: folded_sum(pixels)) + pixels)
    assert ("OLD" in edited, edited["NEW"], edited["TEXT"], edited["CAM"]) == (False, 3.5, "a", 1)


VALUES = st.one_of(st.integers(-99, 99), st.booleans(), st.text(st.characters(min_codepoint=33, max_codepoint=126)))
KEYWORDS = st.sampled_from(["OBJECT", "FWHM", "GRADE", "NSTARS", "HFR", "LONGTEXT"])


@given(
    before=st.dictionaries(KEYWORDS, VALUES),
    after=st.dictionaries(KEYWORDS, VALUES),
    remove=st.frozensets(KEYWORDS),
    spare=st.integers(0, 80),
    checksum=st.booleans(),
)
def test_any_edit_leaves_a_sound_file_and_changes_nothing_again(
    before: dict[str, object], after: dict[str, object], remove: frozenset[str], *, spare: int, checksum: bool
) -> None:
    """Astropy verifies it, what was asked for stands there, the rest stays, a second edit gives the same bytes."""
    before = {key: value.rstrip("&") if isinstance(value, str) else value for key, value in before.items()}
    after = {key: value.rstrip("&") if isinstance(value, str) else value for key, value in after.items()}
    gone = tuple(remove - after.keys())
    cards = [HeaderCard(key, value) for key, value in after.items()]
    made = edit(file_bytes(spare=spare, checksum=checksum, **before), *cards, remove=gone)
    header = verified(made)
    expected = {key: value for key, value in before.items() if key not in gone} | after
    assert {key: header[key] for key in expected} == expected
    assert not set(gone) & set(header)
    assert edit(made, *cards, remove=gone) == made


@pytest.mark.parametrize("spare", [0, 36], ids=["padding of the last block", "a reserved block"])
def test_room_that_is_there_is_used(spare: int) -> None:
    """The pixels stay where they are while the cards fit."""
    data = file_bytes(spare=spare)
    assert len(edit(data, *(HeaderCard(f"K{number}", number) for number in range(spare + 9)))) == len(data)


def test_a_header_without_room_grows_once() -> None:
    """Whole blocks come in, of which two stay free for the next edit."""
    data = file_bytes()
    grown = edit(data, *(HeaderCard(f"K{number}", number) for number in range(40)))
    assert len(grown) - len(data) == 3 * 2880
    more = edit(grown, *(HeaderCard(f"L{number}", number) for number in range(70)))
    assert len(more) == len(grown)
    assert verified(more)["L69"] == 69


def test_a_card_that_says_the_same_stays_byte_by_byte() -> None:
    """Its own comment and its way of writing the number count as much as ours."""
    data = file_bytes(GAIN=100, FWHM=3.5)
    assert edit(data, HeaderCard("GAIN", 100.0, "of ours"), HeaderCard("FWHM", 3.5, "of ours")) == data


def test_a_text_is_no_number() -> None:
    """'1' and 1 differ."""
    assert verified(edit(file_bytes(GRADE="1"), HeaderCard("GRADE", 1)))["GRADE"] == 1


def test_a_keyword_that_occurs_twice_occurs_once_afterwards() -> None:
    """Else readers that take the last one would read the old value."""
    header, pixels = split(file_bytes(checksum=False, FWHM=2.0, GAIN=1))
    doubled = header.replace(b"GAIN    =                    1", b"FWHM    =                  9.0") + pixels
    made = edit(doubled, HeaderCard("FWHM", 3.0))
    assert made.count(b"FWHM    =") == 1
    assert verified(made)["FWHM"] == 3.0


def test_a_checksum_without_a_sum_of_the_data_is_made_from_the_data() -> None:
    """The data are read for it only then."""
    header, pixels = split(file_bytes())
    bare = b"".join(header[at : at + 80] for at in range(0, len(header), 80) if header[at : at + 8] != b"DATASUM ")
    made = edit(bare + b" " * 80 + pixels, HeaderCard("FWHM", 3.0))
    assert folded_sum(made) in (0, 0xFFFFFFFF)


def test_no_checksum_is_added_where_there_is_none() -> None:
    """A file that never had one is not read for it."""
    assert "CHECKSUM" not in verified(edit(file_bytes(checksum=False), HeaderCard("FWHM", 3.0)))
