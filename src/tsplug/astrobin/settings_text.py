"""Settings as text: the commented file that a newcomer gets, and sites as they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tsplug.astrobin.configuration import KnownSite

TEMPLATE = """\
# Settings of `tsplug astrobin`. Everything is optional; a line beginning with # does nothing.

# Which day a light belongs to: "night" (that of the noon before it at the site) or "utc" (its UTC date).
# dates = "night"

# Where the ambient temperature comes from: "ambient", "focuser", or "auto", the focuser's where no light knows another.
# air = "auto"

# FWHM / HFR for frames whose FWHM was not measured. Without it: 1.879 for N.I.N.A. up to 3.2, else 2.
# fwhm_per_hfr = 2.0

# How far apart frames of one site may have been taken, in km.
# site_radius_km = 1.0

# N.I.N.A.'s pattern of your file names, where values in them are not found without it.
# file_pattern = "$$TARGETNAME$$_$$FILTER$$_$$HFR$$_$$FRAMENR$$"

# AstroBin's number of each filter, by the name in your headers: the number in the address of the filter's page there,
# app.astrobin.com/equipment/explorer/filter/NUMBER.
[filters]
# Ha = 4663
# OIII = 4752
# SII = 4844
# Lum = 2906
# Red = 4649
# Green = 4643
# Blue = 4637

# What stands in where a header has no such keyword. A one-shot colour camera has no FILTER: name yours here.
[defaults]
# FILTER = "Lum"
# FOCRATIO = 5.4
# BORTLE = 4
# SQM = 20.5

# Keywords to read first for a meaning, in order.
[override]
# EXPOSURE = ["EXPTIME"]
# AMBTEMP = ["AOCAMBT", "OUTTEMP"]

# Your sites: frames taken within site_radius_km of one belong to it. Repeat the block for each.
# [[sites]]
# name = "Back garden"
# latitude_deg = 52.2485
# longitude_deg = -0.1232
# time_zone = "Europe/London"
# bortle = 4
# sky_quality = 20.52

# How close calibration must be to lights. Camera, gain, offset, binning and readout mode must agree anyway.
[matching]
# exposure_percent = 0.5
# exposure_s = 0.05
# temperature_c = 2.0
# rotation_deg = 1.0
# pool_flats = false

# How many frames a master stands for whose history does not tell.
[masters]
# darks = 50
# bias = 100
# flat_darks = 50
# flats = { "*" = 30, Ha = 40 }

# Questions to the network, off unless you switch them on: one a site and run; answers are kept beside this file.
[lookups]
# sky_quality = false
# sky_endpoint = "https://www.lightpollutionmap.info/QueryRaster/"
# sky_key = ""
# geocoding = false
# email = ""
"""
"""A file of settings that changes nothing and explains everything."""


def sites_text(sites: Iterable[KnownSite]) -> str:
    """Return sites as TOML, for the file that learnt ones are kept in."""
    lines = ["# Sites that were looked up. Correct or delete them as you like."]
    for site in sites:
        lines += ["", "[[sites]]"]
        for name, value in site.model_dump(exclude_none=True).items():
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
