"""Trees of frames of the kind that the documentation of the reference shows: one target, a mosaic, two sites, WBPP.

Each tree is data: series of shots, with how many of which. A test states beside it what must come of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dialects import Cards, nina, pixinsight_master
from frame_files import fits_file, write, xisf_file
from shots import GRENADA, HAKSAN, Rig, Shot, series, utc

FILTERS = ("Blue", "Green", "Ha", "Lum", "OIII", "Red", "SII")
Series = tuple[Shot, int]


def light(start: str, filter_name: str, count: int, *, rgb: bool = False, hfr: float = 2.0, **more: object) -> Series:
    """Return a series of lights: narrowband 600 s at gain 100, or broadband 60 s at gain 0 with ``rgb``."""
    exposure_s, gain, egain = (60.0, 0, 0.77) if rgb else (600.0, 100, 0.25)
    shot = Shot("LIGHT", utc(start), exposure_s, gain, filter_name, "Sh2 101", hfr, egain=egain)
    return replace(shot, **more), count  # type: ignore[arg-type] # the names are those of a Shot


ONE_TARGET_LIGHTS: tuple[Series, ...] = (
    # The night of 5 July ends with 7 frames of 6 July UTC, the night of 6 July begins with 13: 20 on that UTC date.
    light("2023-07-05 22:20", "Ha", 9, hfr=2.10, focuser_c=14.0),
    light("2023-07-06 00:05", "Ha", 7, hfr=2.30, focuser_c=13.0),
    light("2023-07-06 21:40", "Ha", 13, hfr=1.90, focuser_c=12.5),
    # 00:00 to 00:50 local time: both dates are those of the evening, UTC and night.
    light("2023-07-07 23:00", "OIII", 5, hfr=2.20, focuser_c=11.0, sensor_c=-9.6),
    # A night whose first frame comes after midnight UTC.
    light("2023-08-08 00:10", "OIII", 5, hfr=2.00, focuser_c=10.0),
    light("2023-08-08 01:10", "SII", 5, hfr=2.05, focuser_c=9.5),
    light("2023-08-08 21:30", "OIII", 14, hfr=1.95, focuser_c=9.0),
    light("2023-08-09 21:30", "SII", 13, hfr=1.85, focuser_c=8.0, ambient_c=6.0, sky_quality=20.61),
    light("2023-08-10 21:30", "Red", 50, rgb=True, hfr=1.80, focuser_c=9.0),
    light("2023-08-10 22:40", "Green", 50, rgb=True, hfr=1.80, focuser_c=8.5),
    light("2023-08-10 23:45", "Blue", 50, rgb=True, hfr=1.80, focuser_c=8.0),
)
"""221 lights of six filters; the last series runs over midnight UTC: 13 of its frames begin before."""

ONE_TARGET_CALIBRATION: tuple[Series, ...] = (
    *((Shot("FLAT", utc("2023-08-11 08:00"), 1.5, 100, name, egain=0.25), 100) for name in ("Ha", "OIII", "SII")),
    *(
        (Shot("FLAT", utc("2023-08-11 09:00"), 0.5, 0, name, egain=0.77), 100)
        for name in ("Blue", "Green", "Red", "Lum")
    ),
    (Shot("BIAS", utc("2023-08-12 10:00"), 0.001, 100, egain=0.25), 100),
    (Shot("BIAS", utc("2023-08-12 11:00"), 0.001, 0, egain=0.77), 99),
    (Shot("DARK", utc("2023-08-12 12:00"), 600.0, 100, egain=0.25), 50),
    (Shot("DARK", utc("2023-08-13 12:00"), 60.0, 0, egain=0.77), 49),
)
"""700 flats, 199 bias and 99 darks; no light has the Lum filter of the last hundred flats."""

MOSAIC_LIGHTS: tuple[Series, ...] = (
    light("2023-11-30 20:00", "Ha", 7, object_name="NGC 1499 Panel 1", hfr=2.0, rig=Rig()),
    light("2023-11-30 21:30", "Ha", 4, object_name="NGC 1499 Panel 2", hfr=2.2, rig=Rig()),
    light("2023-12-01 20:00", "SII", 12, object_name="NGC 1499 Panel 1", hfr=1.9, rig=Rig()),
    light("2023-12-02 20:00", "SII", 10, object_name="NGC 1499 Panel 2", hfr=2.1, rig=Rig()),
)
"""33 lights of two panels; two rows of one date and filter when panels are told apart."""

SITES_LIGHTS: tuple[Series, ...] = (
    light("2023-09-12 01:00", "Ha", 8, object_name="M 51", hfr=1.7, rig=GRENADA),
    light("2023-09-13 01:00", "OIII", 12, object_name="M 51", hfr=1.8, rig=GRENADA),
    # An evening in Korea begins before noon UTC.
    light("2023-09-20 11:30", "Ha", 7, object_name="M 51", hfr=1.5, rig=HAKSAN),
    light("2023-09-20 16:00", "OIII", 6, object_name="M 51", hfr=1.6, rig=HAKSAN),
    light("2023-09-21 11:30", "SII", 7, object_name="M 51", hfr=1.4, rig=HAKSAN),
)
"""40 lights of two sites, 20 of each."""


@dataclass(frozen=True)
class Master:
    """A master: a shot as its header tells it, and how many frames went into it."""

    shot: Shot
    count: int


MOSAIC_MASTERS: tuple[Master, ...] = (
    Master(Shot("BIAS", utc("2023-12-05 10:00"), 0.001, 100, rig=Rig()), 100),
    Master(Shot("DARK", utc("2023-12-05 11:00"), 600.0, 100, rig=Rig()), 32),
    Master(Shot("FLAT", utc("2023-12-01 08:00"), 1.5, 100, "Ha", rig=Rig()), 30),
    Master(Shot("FLAT", utc("2023-12-03 08:00"), 1.5, 100, "SII", rig=Rig()), 25),
)

SITES_MASTERS: tuple[Master, ...] = tuple(
    Master(Shot(kind, utc("2023-09-25 10:00"), exposure_s, 100, filter_name, rig=rig), count)
    for rig in (GRENADA, HAKSAN)
    for kind, exposure_s, filter_name, count in (
        ("BIAS", 0.001, "", 100),
        ("DARK", 600.0, "", 50),
        ("FLAT", 1.5, "Ha", 100),
        ("FLAT", 1.5, "OIII", 40),
    )
)
"""Equal masters at both sites; no flats of SII."""


def write_one_target(root: Path) -> Path:
    """Write 1219 FITS frames of N.I.N.A. into folders by kind; return the folder of the target."""
    folder = root / "Sh2 101"
    _write_raw(folder, (*ONE_TARGET_LIGHTS, *ONE_TARGET_CALIBRATION))
    return folder


def write_mosaic(root: Path) -> Path:
    """Write the raw lights of two panels, and what WBPP made of them and of their calibration frames."""
    folder = root / "California Nebula (NGC1499)"
    _write_raw(folder, MOSAIC_LIGHTS)
    write_wbpp(folder / "WBPP", MOSAIC_LIGHTS, MOSAIC_MASTERS)
    return folder


def write_two_sites(root: Path) -> Path:
    """Write the lights and masters of two sites, each in a folder of its own below the target's."""
    folder = root / "M 51"
    for name, rig in (("Grenada", GRENADA), ("Haksan", HAKSAN)):
        _write_raw(folder / name, [each for each in SITES_LIGHTS if each[0].rig is rig])
        _write_masters(folder / name / "master", [master for master in SITES_MASTERS if master.shot.rig is rig])
    return folder


def write_wbpp(folder: Path, lights: Iterable[Series], masters: Iterable[Master]) -> Path:
    """Write a folder as WBPP leaves it: calibrated, cosmetized and registered lights, masters, logs, no raw frame."""
    for shot, count in lights:
        group = f"Light_BIN-1_9576x6388_EXPOSURE-{shot.exposure_s:.2f}s_FILTER-{shot.filter_name}_mono_GAIN-{shot.gain}"
        for number, each in enumerate(series(shot, count)):
            stem, content = Path(frame_name(each, number)).stem, xisf_file(nina(each))
            write(folder / "calibrated" / group / f"{stem}_c.xisf", content)
            write(folder / "cosmetized" / group / f"{stem}_c_cc.xisf", content)
            write(folder / "registered" / group / f"{stem}_c_cc_r.xisf", content)
        stacked = pixinsight_master(replace(shot, object_name=""))
        write(folder / "master" / f"masterLight_{shot.filter_name}.xisf", xisf_file(stacked))
    _write_masters(folder / "master", masters)
    write(folder / "master" / "drizzle_integration.xisf", xisf_file({}))
    write(folder / "logs" / "wbpp.log", b"done")
    return folder


def frame_name(shot: Shot, number: int) -> str:
    """Return the name that N.I.N.A. gives a frame by a usual pattern: HFR and guiding RMS stand in a light's."""
    measured = f"_HFR_{shot.hfr:.2f}_RMS_0.50" if shot.hfr is not None else ""
    name = f"{shot.local:%Y-%m-%d_%H-%M-%S}_{shot.filter_name}_{shot.exposure_s:.2f}s_G{shot.gain}{measured}"
    return f"{shot.object_name.replace(' ', '_')}_{shot.kind}_{name}_{number:04d}.fits"


def processing_history(count: int) -> str:
    """Return a processing history of PixInsight as a property, with a table of the frames that were integrated."""
    rows = "".join(f'&lt;tr&gt;&lt;td id="path" value="/data/{number}.xisf"/&gt;&lt;/tr&gt;' for number in range(count))
    return (
        '<Property id="PixInsight:ProcessingHistory" type="String">'
        "&lt;instance class=&quot;ImageIntegration&quot;&gt;"
        f"&lt;table id=&quot;images&quot; rows=&quot;{count}&quot;&gt;{rows}&lt;/table&gt;&lt;/instance&gt;</Property>"
    )


def _write_raw(folder: Path, shots: Iterable[Series]) -> None:
    for shot, count in shots:
        for number, each in enumerate(series(shot, count)):
            write(folder / each.kind / frame_name(each, number), fits_file(nina(each)))


def _write_masters(folder: Path, masters: Iterable[Master]) -> None:
    """Write masters in both forms in which their count is told: a property, or a line of the history."""
    for number, master in enumerate(masters):
        shot, cards = master.shot, pixinsight_master(master.shot)
        name = f"master{shot.kind.capitalize()}_BIN-1_9576x6388_EXPOSURE-{shot.exposure_s:.2f}s_{number}.xisf"
        if number % 2:
            content = xisf_file(cards, history=master_history(master.count))
        else:
            content = xisf_file(cards, properties=processing_history(master.count))
        write(folder / name, content)


def master_history(count: int) -> tuple[str, ...]:
    """Return the lines that PixInsight adds to the history of an integrated frame."""
    return (
        "Integration with PixInsight 1.8.9-2",
        "ImageIntegration.pixelCombination: average",
        f"ImageIntegration.numberOfImages: {count}",
        "ImageIntegration.totalPixels: 61171488",
    )


def fits_master(cards: Cards, count: int) -> bytes:
    """Return a master as FITS, its count in HISTORY cards."""
    return fits_file(cards, history=master_history(count))
