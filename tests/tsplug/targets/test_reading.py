from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.errors import InputError
from tsplug.model.coordinates import shown_dec, shown_ra
from tsplug.targets import Epoch, ListedTarget, RaUnit, TargetList, read_targets

DATE = datetime(2026, 1, 15, 18, tzinfo=UTC)
TELESCOPIUS = (
    "Catalogue Entry,Familiar Name,Alternative Entries,Type,Right Ascension (j2000),Declination (j2000),Magnitude,"
    "Maximum Altitude,Position Angle (East),Right Ascension (jNow),Declination (jNow),Label\r\n"
    'IC 1396,Elephant Trunk,"CL 4,CTB 1",Nebula,21h 38\' 59"",57º 30\' 50"",,80.5617º,,21h 39\' 48"",57º 38\' 06"",x\n'
    'M 33,,NGC 598,Galaxy,01h 33\' 51"",-0º 39\' 37"",5.70,72.5755º,365.5º,01h 35\' 21"",30º 47\' 45"",y\n'
)
MOSAIC = (
    "Pane, RA, DEC, Position Angle (East), Pane width (arcmins), Pane height (arcmins), Overlap, Row, Column\n"
    "Center, 0hr 56' 31\", 45º 51' 18\", 160.00, 309.00, 205.80, 10%, 0, 0\n"
    "Pane 1, 0hr 56' 01\", 45º 51' 18\", 160.00, 309.00, 205.80, 10%, 1, 1\n"
    "Pane 2, 0hr 57' 01\", 45º 51' 18\", 160.00, 309.00, 205.80, 10%, 1, 2\n"
)


def read(text: str, **changes: Any) -> TargetList:
    """Return what a list holds."""
    return read_targets(text, date=DATE, **changes)


def only(text: str, **changes: Any) -> ListedTarget:
    """Return the one target of a list."""
    found = read(text, **changes)
    assert found.problems == ()
    (target,) = found.targets
    return target


def why(text: str, **changes: Any) -> list[tuple[int, str]]:
    """Return what is wrong with a list, by line."""
    return [(each.line, each.why) for each in read(text, **changes).problems]


def test_a_telescopius_list_is_read() -> None:
    """Names, J2000 coordinates and position angles of a Telescopius list are read, its doubled quotes included."""
    elephant, triangulum = read(TELESCOPIUS).targets
    assert (elephant.line, elephant.name, elephant.rotation_deg) == (2, "Elephant Trunk", None)
    assert elephant.ra_hours == pytest.approx(21 + 38 / 60 + 59 / 3600)
    assert elephant.dec_deg == pytest.approx(57 + 30 / 60 + 50 / 3600)
    assert (triangulum.name, triangulum.rotation_deg) == ("M 33", 5.5)
    assert triangulum.dec_deg == pytest.approx(-(39 / 60 + 37 / 3600))


def test_a_telescopius_mosaic_is_read() -> None:
    """Each pane becomes a target with the name of its panel; the centre of the whole is none."""
    found = read(MOSAIC, mosaic_name="Andromeda")
    assert found.mosaic
    assert [(each.name, each.panel) for each in found.targets] == [
        ("Andromeda Panel 1", "Panel 1"),
        ("Andromeda Panel 2", "Panel 2"),
    ]
    assert found.targets[0].ra_hours == pytest.approx(56 / 60 + 1 / 3600)
    assert {each.rotation_deg for each in found.targets} == {160}


def test_a_target_scheduler_list_is_read() -> None:
    """Rotation and region of interest of Target Scheduler's own layout are read."""
    target = only('Type,Name,Ra,Dec,Rotation,ROI\nGalaxy,M 31,0h 42m 44s,"+41° 16\' 09""",-10,50\n')
    assert (target.name, target.rotation_deg, target.roi_percent) == ("M 31", 350, 50)
    assert target.dec_deg == pytest.approx(41 + 16 / 60 + 9 / 3600)


@pytest.mark.parametrize(
    "ra", ["5h 35m 17.3s", "05:35:17.3", "5 35 17.3", "5h35'17.3\"", "5.5881389", "83.822083d", "83.822083°"]
)
@pytest.mark.parametrize("dec", ["-0° 23′ 28″", "−0:23:28", "-00 23 28", "-0d23m28s", "-0.39111", "–0º 23' 28\""])
def test_every_notation_is_read(ra: str, dec: str) -> None:
    """Sexagesimal or decimal, hours or degrees, with any marks and any minus: it is the same place."""
    target = only(f"Name;RA;Dec\nM 42;{ra};{dec}\n")
    assert target.ra_hours == pytest.approx(5 + 35 / 60 + 17.3 / 3600, abs=1e-5)
    assert target.dec_deg == pytest.approx(-(23 / 60 + 28 / 3600), abs=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "Name;RA;Dec\nM 42;5,5;-5,25\n",
        "Name\tRA\tDec\nM 42\t5.5\t-5.25\n",
        "Name|RA|Dec\nM 42|5.5|-5.25\n",
        "sep=;\nName;RA;Dec\nM 42;5,5;-5,25\n",
        "\ufeffname , ra , dec\n\n# comment\nM 42 , 5.5 , -5.25\n",
        "M 42, 5.5, -5.25",
        "Target,RA (deg),Dec (deg)\nM 42,82.5,-5.25\n",
        "id,ra_j2000,dec_j2000\nM 42,5.5,-5.25\n",
        "Notes,Object Name,Declination [J2000],Right Ascension [hours; J2000]\n,M 42,-5.25,5.5\n",
    ],
)
def test_every_table_is_read(text: str) -> None:
    """Commas, semicolons with decimal commas, tabs, comments, headings in any order and none at all are read."""
    target = only(text)
    assert (target.name, target.ra_hours, target.dec_deg) == ("M 42", 5.5, -5.25)


@given(st.floats(0, 23.99), st.floats(-90, 90), st.text("abc äß'()", min_size=1).filter(str.strip))
def test_what_we_show_is_read(ra_hours: float, dec_deg: float, name: str) -> None:
    """A list in the form that tables show is read to the precision of that form."""
    target = only(f"Name;RA;Dec\n{name};{shown_ra(ra_hours)};{shown_dec(dec_deg)}\n")
    assert target.name == " ".join(name.split())
    assert target.ra_hours == pytest.approx(ra_hours, abs=1e-4)
    assert target.dec_deg == pytest.approx(dec_deg, abs=2e-4)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A;25h;0", "RA must lie within 0 to below 24 hours"),
        ("A;5h;91", "Dec must lie within -90 to 90"),
        ("A;5h;-90.001", "Dec must lie within"),
        ("A;83.8;0", "say so with --ra degrees"),
        ("A;5h60m;0", "below 60"),
        ("A;north;0", "RA 'north' is not a right ascension"),
        ("A;5h;south", "Dec 'south' is not a declination"),
        ("A;;0", "RA is missing"),
        ("A;5h;", "Dec is missing"),
        (";5h;0", "no name"),
        ("A", "RA is missing"),
        ("A;5h;0;1;x", "cells"),
        ("A;5h;0;east", "the rotation 'east' is no number"),
    ],
)
def test_each_wrong_row_is_told(row: str, words: str) -> None:
    """A row that is no target is told with its line and what is wrong; the others are targets."""
    found = read(f"Name;RA;Dec;Rotation\nGood;1h;2\n{row}\nBest;2h;3\n")
    assert [each.name for each in found.targets] == ["Good", "Best"]
    assert [each.line for each in found.problems] == [3]
    assert words in found.problems[0].why


@pytest.mark.parametrize("roi", ["0", "101", "all"])
def test_a_wrong_region_is_told(roi: str) -> None:
    """A region of interest outside 1 to 100 percent is wrong."""
    assert "ROI" in why(f"Name,RA,Dec,ROI\nA,1h,2,{roi}\n")[0][1]


def test_a_name_that_occurs_twice_is_told() -> None:
    """The second row of a name is told with the line of the first."""
    assert why("Name;RA;Dec\nA;1h;2\nB;1h;2\nA;3h;4\n") == [(4, "the name is that of line 2 already")]


def test_lines_are_counted_through_quoted_cells() -> None:
    """A cell with a line break in it does not move the line numbers of later rows."""
    assert why('Name,RA,Dec,Notes\nA,1h,2,"one\ntwo"\nB,25h,2,\n')[0][0] == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Name,RA\nA,1h\n", "no column with a declination"),
        ("hello\nworld\n", "no column with a name"),
        ("Name,RA,Dec\n", "headings, but no targets"),
        ("# only a comment\n", "is empty"),
        ("Name,RA,Dec\n" + "x" * 200_000, "no table"),
        ("A;1h;2\n" * 100_001, "more than 100000 rows"),
    ],
)
def test_what_is_no_list_is_refused(text: str, words: str) -> None:
    """A text without the columns, rows or form of a list is refused as a whole."""
    with pytest.raises(InputError, match=words):
        read(text)


def test_coordinates_of_date_are_precessed() -> None:
    """Coordinates of date become J2000: 26 years of precession move Capella by a known amount."""
    target = only("Name;RA;Dec\nCapella;05:18:36.6;+46:01:15\n", epoch=Epoch.JNOW)
    assert target.ra_hours == pytest.approx(5 + 16 / 60 + 41.4 / 3600, abs=2 / 3600)
    assert target.dec_deg == pytest.approx(45 + 59 / 60 + 53 / 3600, abs=15 / 3600)


@pytest.mark.parametrize(("epoch", "ra_hours"), [(Epoch.AUTO, 2.0), (Epoch.J2000, 2.0), (Epoch.JNOW, 1.0)])
def test_of_two_pairs_of_coordinates_one_is_taken(epoch: Epoch, ra_hours: float) -> None:
    """Where a list has coordinates of both epochs, those that were asked for are taken, else J2000."""
    target = only("Name,RA (jNow),Dec (jNow),RA (J2000),Dec (J2000)\nA,1h,0,2h,0\n", epoch=epoch)
    assert target.ra_hours == pytest.approx(ra_hours, abs=0.1)


def test_headings_and_options_may_not_disagree() -> None:
    """An epoch that contradicts the headings is refused; headings alone decide."""
    text = "Name,RA (J2000),Dec (J2000)\nA,1h,0\n"
    with pytest.raises(InputError, match="its headings say j2000, and --epoch says jnow"):
        read(text, epoch=Epoch.JNOW)
    assert read(text.replace("J2000", "JNow")).epoch is Epoch.JNOW


def test_plain_degrees_are_read_when_asked() -> None:
    """Right ascensions without marks are degrees on request; those with marks are what they say."""
    found = read("Name;RA;Dec\nA;90;0\nB;6h;0\n", ra_unit=RaUnit.DEGREES)
    assert [each.ra_hours for each in found.targets] == [6, 6]
