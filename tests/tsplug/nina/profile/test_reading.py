from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from nina_profiles import FLATS, GUID, SETTINGS, filter_info, profile_xml, trained

from tsplug.nina.profile import NinaFilter, NinaFlat, NinaProfile, read_profile

OLD_FLATS = (
    '<FilterSettings xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">'
    "<a:KeyValueOfFlatDeviceFilterSettingsKey_PP><a:Key><Binning><_x>1</_x></Binning><FilterName>L</FilterName>"
    "<Gain>5</Gain><Position>0</Position></a:Key><a:Value><AbsoluteBrightness>80</AbsoluteBrightness>"
    "<Brightness>NaN</Brightness><Time>2.5</Time></a:Value></a:KeyValueOfFlatDeviceFilterSettingsKey_PP>"
    "</FilterSettings>"
)


def read(text: str) -> NinaProfile:
    """Return what a profile says."""
    return read_profile(fromstring(text))


def test_everything_of_a_rig_is_read() -> None:
    """Identity, site, optics, camera, wheel in order of position, patterns and flats come out of a profile."""
    found = read(profile_xml())
    assert (found.guid, found.name, found.complaints) == (GUID, "Rig Süd", ())
    assert found.site is not None
    assert (found.site.latitude_deg, found.site.longitude_deg, found.site.elevation_m) == (
        39.0777297,
        -108.6651261,
        1456,
    )
    assert (found.telescope, found.focal_length_mm, found.aperture_mm) == ("GT81 & reducer", 382, 80.9)
    assert (found.camera, found.pixel_size_um, found.full_scale_adu) == ("ZWO ASI2600MM Pro", 3.76, 65_536)
    assert (found.sensor_width_px, found.sensor_height_px, found.has_rotator) == (6248, 4176, True)
    assert found.filters == (
        NinaFilter(name="L", position=0, target_level=0.5),
        NinaFilter(name="Ha", position=1, focus_offset=9, target_level=0.3),
    )
    assert found.light_pattern == "$$TARGETNAME$$/$$IMAGETYPE$$/$$FILTER$$_$$FRAMENR$$"
    assert found.flat_pattern == "FLATS/$$FILTER$$/$$FRAMENR$$"
    assert (found.flat_count, found.flat_level, found.flat_tolerance) == (30, 0.5, 0.1)
    assert found.flats == (
        NinaFlat(position=1, gain=None, offset=30, binning=2, brightness=62, exposure_s=1.5),
        NinaFlat(position=0, gain=100, offset=30, binning=2, brightness=62, exposure_s=1.5),
        NinaFlat(position=None, gain=None, offset=30, binning=2, brightness=62, exposure_s=1.5),
    )


@pytest.mark.parametrize("missing", [*sorted(SETTINGS), "FilterWheelSettings", "FlatDeviceSettings"])
def test_any_part_may_be_missing(missing: str) -> None:
    """A profile without one of its parts is read, and complains of nothing."""
    found = read(profile_xml(without=(missing,)))
    assert (found.guid, found.complaints) == (GUID, ())


def test_a_bare_profile_is_one() -> None:
    """An id is enough; everything else is unknown."""
    found = read(f"<Profile><Id>{{{GUID.upper()}}}</Id></Profile>")
    assert found == NinaProfile(guid=GUID, name="N.I.N.A. 3b0f6f5e")


def test_namespaces_and_prefixes_do_not_matter() -> None:
    """Elements are found by their plain names, whatever namespaces a version gives them."""
    assert read(profile_xml().replace("2004/07/NINA.", "2031/01/Other.")) == read(profile_xml())


def test_flats_of_old_versions_are_read() -> None:
    """The dictionary that old versions kept trained flats in is read too."""
    found = read(profile_xml(FlatDeviceSettings=OLD_FLATS))
    assert found.flats == (NinaFlat(position=0, gain=5, offset=None, binning=1, brightness=80, exposure_s=2.5),)
    assert found.complaints == ()


@pytest.mark.parametrize(
    ("part", "content", "complaint"),
    [
        (
            "AstrometrySettings",
            "<Latitude>139</Latitude><Longitude>8</Longitude>",
            "Latitude: 139 is not within -90 to 90",
        ),
        ("AstrometrySettings", "<Latitude>0</Latitude><Longitude>0</Longitude>", "before a site is set"),
        ("TelescopeSettings", "<FocalLength>long</FocalLength>", "FocalLength: 'long' is no number"),
        ("CameraSettings", "<PixelSize>INF</PixelSize>", "PixelSize"),
        ("FlatWizardSettings", "<FlatCount>-4</FlatCount>", "FlatCount: -4"),
        (
            "FlatDeviceSettings",
            f"<TrainedFlatExposureSettings>{trained(0, seconds='0')}</TrainedFlatExposureSettings>",
            "flat",
        ),
    ],
)
def test_what_makes_no_sense_is_said(part: str, content: str, complaint: str) -> None:
    """A value that cannot be is left out and complained of; the rest is read."""
    found = read(profile_xml(**{part: content}))
    assert len(found.complaints) == 1
    assert complaint in found.complaints[0]


def test_filters_are_named_once() -> None:
    """A second filter of a name and one without a name are left out and said to be."""
    found = read(profile_xml(filters=filter_info("L", 0) + filter_info("L", 1) + filter_info("", 2), flats=FLATS))
    assert [each.name for each in found.filters or ()] == ["L"]
    assert len(found.complaints) == 2


def test_unset_values_are_unknown() -> None:
    """NaN is how N.I.N.A. says that a number is not set; a camera of no kind has no name."""
    found = read(profile_xml(TelescopeSettings="<FocalLength>NaN</FocalLength>", CameraSettings="<Id>No_Device</Id>"))
    assert (found.focal_length_mm, found.aperture_mm, found.camera, found.complaints) == (None, None, None, ())


def test_flats_without_a_pattern_have_that_of_lights() -> None:
    """N.I.N.A. saves flats under the one pattern where no other is given."""
    found = read(profile_xml(ImageFileSettings="<FilePattern>$$FILTER$$</FilePattern><FilePatternFLAT/>"))
    assert (found.light_pattern, found.flat_pattern) == ("$$FILTER$$", "$$FILTER$$")


def test_a_rotator_that_is_none_is_none() -> None:
    """No_Device is no rotator."""
    assert read(profile_xml(RotatorSettings="<Id>No_Device</Id>")).has_rotator is False


def test_unscaled_frames_have_the_levels_of_the_camera() -> None:
    """Without scaling, full scale is that of the camera's bits."""
    assert read(profile_xml(CameraSettings="<BitDepth>12</BitDepth>")).full_scale_adu == 4096
