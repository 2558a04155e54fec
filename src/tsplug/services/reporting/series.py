"""What is plotted over time: stars, guiding, sky and temperatures of lights, with the grade of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tsplug.flats import session_date_of
from tsplug.model import AcquiredImage, Site
from tsplug.services.reporting.drawing.time_plot import MOST_DOTS, Plot, Sample, plot
from tsplug.services.reporting.page import Section


@dataclass(frozen=True)
class Series:
    """A quantity: its title, and per unit what an image has of it; the first unit that any image has is plotted."""

    title: str
    readings: tuple[tuple[str, Callable[[AcquiredImage], float | None]], ...]
    floor_at_zero: bool = False


def _metric(key: str) -> Callable[[AcquiredImage], float | None]:
    return lambda image: image.metrics.get(key)


def _sensor(image: AcquiredImage) -> float | None:
    return image.camera_temperature_c


def _focuser(image: AcquiredImage) -> float | None:
    return image.focuser_temperature_c


SERIES = (
    Series("HFR", (("px", _metric("hfr")),)),
    Series("FWHM", (("″", _metric("fwhm_arcsec")), ("px", _metric("fwhm")))),
    Series("Stars", (("", _metric("star_count")),), floor_at_zero=True),
    Series("Guiding RMS", (("″", _metric("guiding_rms")), ("px", _metric("guiding_rms_px"))), floor_at_zero=True),
    Series("Background", (("ADU", _metric("background")), ("ADU, median", _metric("adu_median")))),
    Series("Temperature", (("°C", _metric("temperature")), ("°C, focuser", _focuser))),
    Series("Sensor temperature", (("°C", _sensor),)),
    Series("Altitude", (("°", _metric("altitude")),), floor_at_zero=True),
)
"""What is plotted, in this order; what no light has is left out."""


def plots_section(
    images: Sequence[AcquiredImage], colours: Mapping[str, str], *, site: Site, title: str, note: str = ""
) -> Section:
    """Return the section of plots of images that are ordered by start."""
    drawn = [each for series in SERIES if (each := _plot(series, images, colours=colours, site=site)) is not None]
    most = max((each.total for each in drawn), default=0)
    thinned = f"Of {most} lights each plot draws {MOST_DOTS}, evenly chosen." if most > MOST_DOTS else ""
    told = " ".join(part for part in (note, thinned) if part)
    return Section("plots", title, drawn, told, nothing="No light was measured.")


def _plot(series: Series, images: Sequence[AcquiredImage], *, colours: Mapping[str, str], site: Site) -> Plot | None:
    zone = ZoneInfo(site.time_zone)
    for unit, reading in series.readings:
        samples = [
            _sample(image, value, colour=colours[image.filter_name], site=site, unit=unit)
            for image in images
            if (value := reading(image)) is not None
        ]
        if samples:
            return plot(series.title, samples, unit=unit, zone=zone, floor_at_zero=series.floor_at_zero)
    return None


def _sample(image: AcquiredImage, value: float, *, colour: str, site: Site, unit: str) -> Sample:
    reason = f": {image.reject_reason}" if image.reject_reason else ""
    when = f"{image.started.astimezone(ZoneInfo(site.time_zone)):%Y-%m-%d %H:%M}"
    return Sample(
        moment=image.started + (image.acquired - image.started) / 2,
        value=value,
        night=session_date_of(image, site),
        target_name=image.target_name,
        filter_name=image.filter_name,
        colour=colour,
        grade=str(image.status),
        title=f"{when} {image.target_name} {image.filter_name}, {value:.2f} {unit}, {image.status}{reason}",
    )
