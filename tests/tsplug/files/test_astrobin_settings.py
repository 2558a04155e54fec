from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.app import read_astrobin_settings
from tsplug.astrobin.configuration import AirTemperature, Configuration, Dates, KnownSite
from tsplug.astrobin.settings_text import TEMPLATE, sites_text
from tsplug.errors import InputError

# The reference's file as its users have it: comments, lists by commas, nested sections, both spellings of a keyword.
CONFIG_INI = """\
[defaults]
IMAGETYP = LIGHT
EXPOSURE = 0.0
GAIN = -1
EGAIN = 0.25
INSTRUME = None
ROTANTANG = 0
XPIXSZ = 3.76
FOCALLEN = 540
FOCRATIO = 5.4
SITE = Papworth Everard, Cambridgeshire
SITELAT = 52.2485
SITELONG = -0.1232
BORTLE = 0
SQM = 20.5
FILTER = Lum
OBJECT = None
FOCTEMP = 20
HFR = 1.6
FWHM = 0.0
SWCREATE = None
USEOBSDATE = FALSE
[override]
    EXPOSURE = EXPTIME, EXP   # which keyword supplies it
[filters]
#Filter = code
Ha = 4663
CLS = 4061
Odd = unknown
[secret]
AAAABBBBCCCCDDDD = https://sky.example/QueryRaster/
EMAIL_ADDRESS = someone@example.org
[sites]
[["Papworth Everard, Cambridgeshire, England"]]
latitude = 52.2485
longitude = -0.1232
bortle = 4.0
sqm = 20.52
[[Grenada]]
latitude = 12.0529
longitude = 298.2477
bortle = 0
sqm = 0
[[Broken]]
latitude = north
longitude = 8
"""


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_config_ini_is_read_as_it_is(tmp_path: Path) -> None:
    """Every section means what it means there; what stands for nothing is nothing."""
    file = written(tmp_path, "config.ini", CONFIG_INI)
    settings = read_astrobin_settings(file)
    told = settings.configuration
    assert told.filters == {"Ha": 4663, "CLS": 4061}
    assert told.overrides == {"exposure_s": ("EXPTIME", "EXP")}
    assert told.dates is Dates.NIGHT
    assert told.defaults["focal_length_mm"] == 540
    assert told.defaults["site_name"] == "Papworth Everard, Cambridgeshire"
    assert {"gain", "bortle", "fwhm_px", "exposure_s", "kind", "target_name", "camera"}.isdisjoint(told.defaults)
    assert [(site.name, site.bortle, site.sky_quality) for site in told.sites] == [
        ("Papworth Everard, Cambridgeshire, England", 4, 20.52),
        ("Grenada", None, None),
    ]
    lookups = told.lookups
    assert (lookups.sky_key, lookups.sky_endpoint) == ("AAAABBBBCCCCDDDD", "https://sky.example/QueryRaster/")
    assert (lookups.email, lookups.sky_quality, lookups.geocoding) == ("someone@example.org", False, False)
    assert file.read_text(encoding="utf-8") == CONFIG_INI


def test_what_cannot_be_used_of_a_config_ini_is_told(tmp_path: Path) -> None:
    """A filter without a number and a site without a latitude are notes, and cost themselves alone."""
    notes = read_astrobin_settings(written(tmp_path, "config.ini", CONFIG_INI)).notes
    assert len(notes) == 2
    assert notes[0] == "filters: Odd = 'unknown' is no AstroBin id"
    assert notes[1].startswith("sites: Broken: sites.0.latitude_deg:")


@pytest.mark.parametrize("section", ["secret", "secrets"])
def test_both_names_of_the_secrets_are_known(tmp_path: Path, section: str) -> None:
    """The documentation calls the section secrets, the tool secret."""
    text = f"[{section}]\nKEY = http://x.example/\n[defaults]\nUSEOBSDATE = True\n"
    told = read_astrobin_settings(written(tmp_path, "config.ini", text)).configuration
    assert (told.lookups.sky_key, told.dates) == ("KEY", Dates.UTC)


def test_the_first_settings_change_nothing(tmp_path: Path) -> None:
    """The commented file means what no file means; with every comment taken away it can be read too."""
    assert read_astrobin_settings(written(tmp_path, "a.toml", TEMPLATE)).configuration == Configuration()
    lines = [
        line.removeprefix("# ") if "=" in line or line.startswith("# [[") else line for line in TEMPLATE.split("\n")
    ]
    told = read_astrobin_settings(written(tmp_path, "b.toml", "\n".join(lines))).configuration
    assert told.filters["Blue"] == 4637
    assert told.sites[0].time_zone == "Europe/London"
    assert told.air is AirTemperature.AUTO
    assert told.masters.flats == {"*": 30, "Ha": 40}
    assert told.overrides["ambient_c"] == ("AOCAMBT", "OUTTEMP")
    assert told.defaults["bortle"] == 4


def test_learnt_sites_come_back(tmp_path: Path) -> None:
    """What is written is read, whatever a place is called."""
    sites = (
        KnownSite(name='A "b" \\ c\n', latitude_deg=1.5, longitude_deg=-2.5, bortle=4, sky_quality=20.5),
        KnownSite(name="Ünïcode, 東京", latitude_deg=35.0, longitude_deg=139.0),
    )
    assert read_astrobin_settings(written(tmp_path, "s.toml", sites_text(sites))).configuration.sites == sites


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.toml", "filters = [", "is no TOML"),
        ("a.toml", "[filter]\nHa = 1", "unknown key filter; known are"),
        ("a.toml", "[filters]\nHa = 'x'", "filters.Ha: must be a whole number"),
        ("a.toml", "[matching]\ntemperature = 1", "matching.temperature: Extra inputs"),
        ("a.toml", "[defaults]\nHFR = 'big'", "defaults: HFR 'big' is no number"),
        ("a.toml", "[defaults]\nIMAGETYP = 'LIGHT'", "nothing that a default can stand in for"),
        ("a.toml", "[override]\nNOPE = 'X'", "NOPE is no keyword that the export reads"),
        ("a.toml", "filters = 3", "filters: must be a valid dictionary"),
        ("config.ini", "[defaults\nA = 1", "is no config.ini"),
        ("config.ini", "filters = 3", "filters must be a section"),
        ("config.ini", "\x00\x01\x02", "is not text"),
    ],
)
def test_what_is_no_settings_is_refused(tmp_path: Path, name: str, text: str, reason: str) -> None:
    """The file is named, and the line or key."""
    with pytest.raises(InputError) as error:
        read_astrobin_settings(written(tmp_path, name, text))
    assert reason in str(error.value)
    assert name in str(error.value)
