"""Names of targets, filters and programs."""

from __future__ import annotations

import pytest

from tsplug.astrobin.filter_names import FilterTable, unmapped_notes
from tsplug.astrobin.objects import panel_of, title_of
from tsplug.astrobin.sharpness import MEAN_RADIUS, TRUE_HFR, hfr_factor

FILTERS = FilterTable({"Ha": 4663, "OIII": 4752, "Lum": 2906, "Astrodon Red": 12})


@pytest.mark.parametrize(
    ("name", "target", "number"),
    [
        ("NGC_1499_Panel_2", "NGC 1499", 2),
        ("NGC 1499 - Panel 3", "NGC 1499", 3),
        ("NGC 1499 panel3", "NGC 1499", 3),
        ("Sh2 101", "Sh2 101", None),
        ("Abell 31 2", "Abell 31 2", None),  # no panel: the reference makes "Abell Panel 2" of it
        ("Panel 2", "Panel 2", None),
        ("Impanel 2", "Impanel 2", None),
    ],
)
def test_panels_are_known_by_the_word(name: str, target: str, number: int | None) -> None:
    """A number is a panel's where the word says so."""
    panel = panel_of(name)
    assert (panel.target, panel.number) == (target, number)


def test_a_mosaic_has_one_title() -> None:
    """Panels are counted, spellings of one name are one."""
    assert title_of(["NGC 1499 Panel 1", "NGC_1499_Panel_2", "ngc 1499 panel 1"]) == "NGC 1499, 2 panel mosaic"
    assert title_of(["M 81", "M_81", ""]) == "M 81"


@pytest.mark.parametrize(("name", "number"), [("Ha", 4663), (" ha ", 4663), ("LUM", 2906), ("H-alpha", None)])
def test_filters_are_found_whatever_their_case(name: str, number: int | None) -> None:
    """Case and outer blanks do not matter."""
    assert FILTERS.number_of(name) == number


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("H-alpha", "Ha"),
        ("O3", "OIII"),
        ("Luminance", "Lum"),
        ("Astrodon red 2", "Astrodon Red"),
        ("Ha, 3nm", "Ha"),
        ("Antlia OIII 3nm", "OIII"),
        ("Wlorld", ""),
        ("X", ""),
    ],
)
def test_unknown_filters_come_with_what_they_may_mean(name: str, meant: str) -> None:
    """Other names of a filter and close ones are suggested, nothing else."""
    assert FILTERS.suggestion(name) == meant
    (note,) = unmapped_notes([name], FILTERS)
    assert note.endswith(
        f"is it {meant!r}, number {FILTERS.number_of(meant)}?" if meant else "add it to the settings or profile"
    )


@pytest.mark.parametrize(
    ("software", "factor"),
    [
        ("N.I.N.A. 3.2.0.9001 (x64)", MEAN_RADIUS),
        ("N.I.N.A. 2.1", MEAN_RADIUS),
        ("N.I.N.A. 3.3.0.1040 (x64)", TRUE_HFR),
        ("Sequence Generator Pro 4.3", TRUE_HFR),
        ("", TRUE_HFR),
    ],
)
def test_hfr_means_what_its_program_means(software: str, factor: float) -> None:
    """N.I.N.A. up to 3.2 has another HFR than all others (spec/peers e-1, e-4)."""
    assert hfr_factor(software) == factor
