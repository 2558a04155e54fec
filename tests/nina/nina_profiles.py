"""N.I.N.A. profiles for tests, serialised as N.I.N.A. 3 does."""

from __future__ import annotations

from pathlib import Path

GUID = "3b0f6f5e-0c4f-4d1c-9a55-2d6f6a1f0001"
_NS = "http://schemas.datacontract.org/2004/07/NINA.Profile"
_EQUIPMENT = "http://schemas.datacontract.org/2004/07/NINA.Core.Model.Equipment"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

SETTINGS: dict[str, str] = {
    "ApplicationSettings": "<Culture>de-CH</Culture><LogLevel>SOMETHING_NEW</LogLevel>",
    "AstrometrySettings": (
        "<Elevation>1456</Elevation><HorizonFilePath>C:\\N.I.N.A\\garden.hrz</HorizonFilePath>"
        "<Latitude>39.0777297</Latitude><Longitude>-108.6651261</Longitude>"
    ),
    "CameraSettings": (
        '<BinningX i:nil="true"/><BitDepth>16</BitDepth><BitScaling>true</BitScaling><Gain>119</Gain>'
        "<Id>ZWO ASI2600MM Pro</Id><PixelSize>3.76</PixelSize><ReadoutMode i:nil='true'/>"
    ),
    "FlatWizardSettings": (
        "<FlatCount>30</FlatCount><FlatWizardMode>SKYFLAT</FlatWizardMode>"
        "<HistogramMeanTarget>0.5</HistogramMeanTarget><HistogramTolerance>0.1</HistogramTolerance>"
    ),
    "FramingAssistantSettings": "<CameraHeight>4176</CameraHeight><CameraWidth>6248</CameraWidth>",
    "ImageFileSettings": (
        "<FilePath>C:\\NINA</FilePath><FilePattern> $$TARGETNAME$$\\$$IMAGETYPE$$\\$$FILTER$$_$$FRAMENR$$</FilePattern>"
        "<FilePatternFLAT>\n  FLATS\\$$FILTER$$\\$$FRAMENR$$\n</FilePatternFLAT>"
    ),
    "RotatorSettings": "<Id>Manual Rotator</Id><RangeType>FULL</RangeType>",
    "TelescopeSettings": "<FocalLength>382</FocalLength><FocalRatio>4.72</FocalRatio><Name>GT81 &amp; reducer</Name>",
}
"""The content of each settings element but those of filters and flats."""


def filter_info(name: str, position: int, *, offset: int = 0, level: float = 0.5) -> str:
    """Return a filter of the wheel."""
    return (
        "<a:FilterInfo><a:FlatWizardFilterSettings><a:Binning><a:_x>1</a:_x><a:_y>1</a:_y></a:Binning>"
        f"<a:HistogramMeanTarget>{level}</a:HistogramMeanTarget></a:FlatWizardFilterSettings>"
        f"<a:_autoFocusExposureTime>-1</a:_autoFocusExposureTime><a:_focusOffset>{offset}</a:_focusOffset>"
        f"<a:_name>{name}</a:_name><a:_position>{position}</a:_position></a:FilterInfo>"
    )


def trained(position: int, *, brightness: int = 62, seconds: str = "1.5", gain: int = -1) -> str:
    """Return a trained flat."""
    return (
        f'<TrainedFlatExposureSetting><Binning xmlns:a="{_EQUIPMENT}"><a:_x>2</a:_x><a:_y>2</a:_y></Binning>'
        f"<Brightness>{brightness}</Brightness><Filter>{position}</Filter><Gain>{gain}</Gain><Offset>30</Offset>"
        f"<Time>{seconds}</Time></TrainedFlatExposureSetting>"
    )


FILTERS = filter_info("Ha", 1, offset=9, level=0.3) + filter_info("L", 0)
FLATS = trained(1) + trained(0, gain=100) + trained(-1)


def profile_xml(
    *, filters: str = FILTERS, flats: str = FLATS, name: str = "Rig Süd", without: tuple[str, ...] = (), **changed: str
) -> str:
    """Return a profile; ``changed`` has other content for settings elements."""
    settings = {
        **SETTINGS,
        "FilterWheelSettings": f'<FilterWheelFilters xmlns:a="{_EQUIPMENT}">{filters}</FilterWheelFilters><Id>EFW</Id>',
        "FlatDeviceSettings": f"<TrainedFlatExposureSettings>{flats}</TrainedFlatExposureSettings>",
        **changed,
    }
    body = "".join(f'<{key} i:type="{key}">{settings[key]}</{key}>' for key in sorted(settings) if key not in without)
    return f'<Profile xmlns="{_NS}" xmlns:i="{_INSTANCE}">{body}<Id>{GUID}</Id><Name>{name}</Name></Profile>'


def write_profile(folder: Path, text: str | None = None, *, encoding: str = "utf-8") -> Path:
    """Write a profile to a file and return it."""
    file = folder / f"{GUID}.profile"
    file.write_bytes((profile_xml() if text is None else text).encode(encoding))
    return file
