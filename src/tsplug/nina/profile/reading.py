"""From the XML of a N.I.N.A. profile to plain values.

N.I.N.A. writes a profile with .NET's DataContractSerializer, one ``...Settings`` element per matter (NINA.Profile of
https://github.com/isbeorn/nina). Any of them may be missing: profiles of old versions are upgraded when they are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from tsplug.errors import InputError
from tsplug.nina.database.identity import plain_guid
from tsplug.nina.profile.nodes import Node, plain_name
from tsplug.nina.profile.values import NinaFilter, NinaFlat, NinaProfile, NinaSite

_NONE = ("", "No_Device", "NoDevice", "-1")
_DEFAULT = -1


def read_profile(root: Element) -> NinaProfile:
    """Return what a profile's root element says.

    Raises:
        InputError: it is no profile, or has no id.
    """
    if plain_name(root) != "profile":
        raise InputError(f"it is XML, but not a N.I.N.A. profile: it begins with {plain_name(root)!r}")
    complaints: list[str] = []
    node = Node(root, "", complaints=complaints)
    guid = plain_guid(node.text("Id"))
    if not guid:
        raise InputError("it has no Id, so it is not a whole N.I.N.A. profile")
    return NinaProfile(
        guid=guid,
        name=" ".join(node.text("Name").split()) or f"N.I.N.A. {guid[:8]}",
        site=_site(node.child("AstrometrySettings")),
        **_optics(node.child("TelescopeSettings")),
        **_camera(node),
        has_rotator=_has_rotator(node.child("RotatorSettings")),
        filters=_filters(node.child("FilterWheelSettings")),
        **_patterns(node.child("ImageFileSettings")),
        **_flats(node),
        complaints=tuple(complaints),
    )


def _site(node: Node) -> NinaSite | None:
    latitude = node.number("Latitude", low=-90, high=90)
    longitude = node.number("Longitude", low=-180, high=180)
    if latitude is None or longitude is None:
        return None
    if not latitude and not longitude:
        node.complain("Latitude", "0 and longitude 0 are what N.I.N.A. has before a site is set")
        return None
    elevation = node.number("Elevation", low=-500, high=10_000)
    horizon = node.text("HorizonFilePath")
    return NinaSite(latitude_deg=latitude, longitude_deg=longitude, elevation_m=elevation or 0.0, horizon_file=horizon)


def _optics(node: Node) -> dict[str, Any]:
    return {
        "telescope": node.text("Name") or None,
        "focal_length_mm": node.number("FocalLength", low=0, high=1e6) or None,
        "focal_ratio": node.number("FocalRatio", low=0, high=1000) or None,
    }


def _camera(node: Node) -> dict[str, Any]:
    camera, framing = node.child("CameraSettings"), node.child("FramingAssistantSettings")
    name = camera.text("LastDeviceName") or camera.text("Id")
    bits = camera.whole("BitDepth", low=8, high=32)
    # With scaling, which is the default, frames fill 16 bits whatever the camera has.
    scaled = camera.text("BitScaling").lower() == "true"
    return {
        "camera": None if name in _NONE else name,
        "pixel_size_um": camera.number("PixelSize", low=0, high=1000) or None,
        "sensor_width_px": framing.whole("CameraWidth", low=1, high=100_000),
        "sensor_height_px": framing.whole("CameraHeight", low=1, high=100_000),
        "full_scale_adu": 2 ** (16 if scaled or bits is None else bits),
    }


def _has_rotator(node: Node) -> bool | None:
    return node.text("Id") not in _NONE if node.child("Id").there else None


def _filters(node: Node) -> tuple[NinaFilter, ...] | None:
    wheel = node.child("FilterWheelFilters")
    if not wheel.there:
        return None
    found: dict[str, NinaFilter] = {}
    for place, each in enumerate(wheel.all()):
        name = each.text("name")
        if not name or name in found:
            each.complain("name", f"a second filter {name!r} is left out" if name else "a filter without a name")
            continue
        position = each.whole("position", low=0, high=1000)
        found[name] = NinaFilter(
            name=name,
            position=place if position is None else position,
            focus_offset=each.whole("focusOffset", low=-1_000_000, high=1_000_000) or 0,
            target_level=_level(each.child("FlatWizardFilterSettings")),
        )
    return tuple(sorted(found.values(), key=lambda each: each.position))


def _level(node: Node) -> float | None:
    return node.number("HistogramMeanTarget", low=0, high=1) or None


def _patterns(node: Node) -> dict[str, Any]:
    lights, flats = _pattern(node, "FilePattern"), _pattern(node, "FilePatternFLAT")
    return {"light_pattern": lights, "flat_pattern": flats or lights}


def _pattern(node: Node, name: str) -> str | None:
    return node.text(name).replace("\\", "/").strip("/ ") or None


def _flats(node: Node) -> dict[str, Any]:
    wizard = node.child("FlatWizardSettings")
    return {
        "flats": tuple(_trained(node.child("FlatDeviceSettings"))),
        "flat_count": wizard.whole("FlatCount", low=1, high=1000),
        "flat_level": _level(wizard),
        "flat_tolerance": wizard.number("HistogramTolerance", low=0, high=1) or None,
    }


def _trained(node: Node) -> Iterator[NinaFlat]:
    """Yield the trained flats: those of today's list, and of the dictionary that N.I.N.A. 1 and 2 kept."""
    for each in node.child("TrainedFlatExposureSettings").all():
        yield from _one_trained(each, each, position="Filter", brightness="Brightness")
    for pair in node.child("FilterSettings").all():
        yield from _one_trained(
            pair.child("Key"), pair.child("Value"), position="Position", brightness="AbsoluteBrightness"
        )


def _one_trained(key: Node, value: Node, *, position: str, brightness: str) -> Iterator[NinaFlat]:
    exposure_s = value.number("Time", low=0, high=32_767)
    level = value.whole(brightness, low=0, high=1_000_000)
    if not exposure_s or level is None:
        if value.there:
            value.complain("Time", "a trained flat without brightness or exposure is left out")
        return
    place = key.whole(position, low=_DEFAULT, high=1000)
    yield NinaFlat(
        position=None if place == _DEFAULT else place,
        gain=_setting(key, "Gain"),
        offset=_setting(key, "Offset"),
        binning=key.child("Binning").whole("x", low=1, high=16) or 1,
        brightness=level,
        exposure_s=exposure_s,
    )


def _setting(node: Node, name: str) -> int | None:
    value = node.whole(name, low=_DEFAULT, high=1_000_000)
    return None if value == _DEFAULT else value
