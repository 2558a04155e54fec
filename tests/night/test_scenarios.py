"""Every scenario that comes with the simulators, as a whole night: it shows in frames, guiding and weather."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from astropy.io import fits

from hostsim.clock import SystemClock
from hostsim.night import NightOptions, run_night
from hostsim.sequence.journal import load_state
from hostsim.sky.conditions import Conditions
from hostsim.sky.scenario import named_scenarios, read_scenario
from hostsim.sky.scene import SkySite
from tsplug import AcquiredImage, GradingStatus, open_store

ALL_NIGHT = Path(__file__).parent / "all_night.yaml"
SITE = SkySite(latitude_deg=47.2, longitude_deg=8.6, elevation_m=0.0, sky_brightness_mag=21.0)

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("scenarios")]


@dataclass(frozen=True)
class Light:
    """One light: hours after dusk at its middle, what was measured and recorded, its verdict, and the truth."""

    hours: float
    metrics: dict[str, float]
    accepted: bool
    truth: dict[str, Any]

    @property
    def wrong(self) -> str:
        """What the truth says is wrong with it."""
        return ", ".join(self.truth["wrong"])

    @property
    def stars(self) -> float:
        return self.metrics.get("star_count", 0.0)


Lights = list[Light]


def conditions(name: str) -> Conditions:
    return Conditions(3, SITE, scenario=read_scenario(name))


def run(out: Path, name: str, sequence: Path = ALL_NIGHT) -> Lights:
    """Run the night of a scenario to its end, and return its lights."""
    run_night(NightOptions(sequence, out, scenario=name, truth=True))
    state = load_state(out / "state.json")
    assert state is not None
    assert state.finished
    night = conditions(name)
    with closing(open_store(str(out / "store.sqlite"), SystemClock())) as store, store.read() as unit:
        images = sorted(unit.list(AcquiredImage), key=lambda image: image.started)
    return [
        Light(
            night.hours_after_dusk(image.started + timedelta(seconds=image.exposure_s / 2)),
            dict(image.metrics),
            image.status is GradingStatus.ACCEPTED,
            json.loads(Path(image.file).with_suffix(".truth.json").read_text(encoding="utf-8")),
        )
        for image in images
    ]


@pytest.fixture(scope="module")
def clear(tmp_path_factory: pytest.TempPathFactory) -> Lights:
    """The lights of a night in which nothing happens."""
    return run(tmp_path_factory.mktemp("clear") / "out", "clear")


def between(lights: Lights, begin: float, end: float) -> Lights:
    chosen = [light for light in lights if begin < light.hours < end]
    assert chosen
    return chosen


def typical(lights: Lights, metric: str) -> float:
    return median(light.metrics.get(metric, 0.0) for light in lights)


def check_clear(lights: Lights, clear: Lights) -> None:
    assert sum(light.accepted for light in lights) > 0.6 * len(lights)
    assert not any(word in light.wrong for light in lights for word in ("cloud", "dew", "guiding", "block", "trail"))


def check_cloud_bank(lights: Lights, clear: Lights) -> None:
    shut = between(lights, 2.3, 3.7)
    assert typical(shut, "star_count") < 0.1 * typical(clear, "star_count")
    assert not any(light.accepted for light in shut)
    assert typical(shut, "cloud_cover") > 90
    assert all("cloud" in light.wrong for light in shut)
    assert typical(between(lights, 0, 1.8), "cloud_cover") == 0


def check_thin_cloud(lights: Lights, clear: Lights) -> None:
    dimmed = [light for light in lights if "cloud" in light.wrong]
    assert len(lights) > len(dimmed) > len(lights) / 4
    assert typical(dimmed, "star_count") < 0.85 * typical(clear, "star_count")
    assert typical(dimmed, "background") > 1.2 * typical(clear, "background")


def check_wind(lights: Lights, clear: Lights) -> None:
    windy, calm = between(lights, 2.5, 4.5), between(lights, -1, 1.8)
    assert typical(windy, "wind_speed") > 3 * typical(calm, "wind_speed")
    assert typical(windy, "guiding_rms") > 2 * typical(calm, "guiding_rms")
    assert all("guiding" in light.wrong for light in windy)


def check_guiding_loss(lights: Lights, clear: Lights) -> None:
    lost = [light for light in lights if "guiding lost" in light.wrong]
    assert lost
    assert all(1.2 < light.hours < 2.1 or 4.0 < light.hours < 5.0 for light in lost)
    assert max(light.truth["elongation"] for light in lost) > 2 * max(light.truth["elongation"] for light in clear)
    assert max(light.metrics["guiding_rms"] for light in lost) > 4 * typical(clear, "guiding_rms")
    assert min(light.metrics["guiding_rms"] for light in lost) > typical(clear, "guiding_rms")


def check_dew(lights: Lights, clear: Lights) -> None:
    fogged = [light for light in lights if "dew" in light.wrong]
    assert fogged
    assert min(light.hours for light in fogged) > 2
    assert typical(fogged, "humidity") > 75
    # Star counts follow slowly where the brightest are counted: the light that is lost is measured itself.
    # What a thicker air takes near the horizon is gone from the clear night's frame of that height as well.
    measured = 100 * lights[-1].metrics["transparency"] / clear[-1].metrics["transparency"]
    assert measured == pytest.approx(100 * lights[-1].truth["sky"]["transparency"], rel=0.03)
    assert measured < 75
    assert lights[-1].stars < 0.9 * clear[-1].stars


def check_defocus_drift(lights: Lights, clear: Lights) -> None:
    soft = [light for light in lights if "out of focus" in light.wrong]
    assert len(soft) > sum("out of focus" in light.wrong for light in clear)
    assert max(light.metrics["hfr"] for light in soft) > 1.3 * min(light.metrics["hfr"] for light in lights)


def check_superb_first_hour(lights: Lights, clear: Lights) -> None:
    superb, usual = between(lights, -1, 0.9), between(lights, 1.3, 9)
    assert max(light.truth["sky"]["seeing_arcsec"] for light in superb) < 1.6
    assert min(light.truth["sky"]["seeing_arcsec"] for light in usual) > 1.8
    assert max(light.metrics["hfr"] for light in superb) < typical(usual, "hfr")


def check_satellites(lights: Lights, clear: Lights) -> None:
    assert sum(bool(light.truth["satellites"]) for light in lights) > len(lights) / 2


def check_tree_on_horizon(lights: Lights, clear: Lights) -> None:
    hidden = [light for light in lights if "blocked" in light.wrong]
    assert hidden
    assert hidden[-1] is lights[-1]
    assert all("blocked" not in light.wrong for light in between(lights, -1, 4))
    assert lights[-1].stars < clear[-1].stars


def check_mixed(lights: Lights, clear: Lights) -> None:
    for word in ("cloud", "guiding", "satellite"):
        assert any(word in light.wrong for light in lights), word


CHECKS: dict[str, Callable[[Lights, Lights], None]] = {
    "clear": check_clear,
    "cloud-bank": check_cloud_bank,
    "defocus-drift": check_defocus_drift,
    "dew": check_dew,
    "guiding-loss": check_guiding_loss,
    "mixed": check_mixed,
    "satellites": check_satellites,
    "superb-first-hour": check_superb_first_hour,
    "thin-cloud": check_thin_cloud,
    "tree-on-horizon": check_tree_on_horizon,
    "wind": check_wind,
}


def test_every_scenario_is_checked() -> None:
    """A scenario that comes with the simulators has a check of its own."""
    assert tuple(CHECKS) == named_scenarios()
    assert len(CHECKS) >= 11


@pytest.mark.parametrize("name", CHECKS)
def test_what_happens_shows_in_frames_and_weather(name: str, clear: Lights, tmp_path: Path) -> None:
    """The night ends well, its frames show what the scenario says, and measures agree with the truth."""
    lights = clear if name == "clear" else run(tmp_path / "out", name)
    assert len(lights) >= 20
    CHECKS[name](lights, clear)
    for light in lights:
        if light.stars >= 50 and light.truth["elongation"] < 1.5:
            # Of a star narrower than 1.5 px hardly more than a pixel is seen.
            narrow = light.truth["fwhm_px"] < 1.5
            assert light.metrics["hfr"] == pytest.approx(light.truth["hfr_px"], rel=0.08 if narrow else 0.04)
            assert light.metrics["fwhm"] == pytest.approx(light.truth["fwhm_px"], rel=0.08 if narrow else 0.05)


def test_header_and_record_show_the_weather_of_the_scenario(tmp_path: Path) -> None:
    """What the conditions say when a frame ends is in its header, and in its record's metrics; wind in km/h and m/s."""
    short = tmp_path / "short.yaml"
    text = ALL_NIGHT.read_text(encoding="utf-8").replace("desired: 200", "desired: 1")
    short.write_text(text, encoding="utf-8")
    (light,) = run(tmp_path / "out", "wind", short)
    (frame,) = (tmp_path / "out" / "lights").rglob("*.fits")
    header = fits.getheader(frame)
    assert header["AMBTEMP"] == pytest.approx(light.metrics["temperature"])
    assert header["WINDSPD"] == pytest.approx(3.6 * light.metrics["wind_speed"])
    assert header["WINDGUST"] >= header["WINDSPD"]
    assert header["MPSAS"] == pytest.approx(light.metrics["sky_quality"])
    began = datetime.fromisoformat(header["DATE-OBS"]).replace(tzinfo=UTC)
    ended = conditions("wind").weather(began + timedelta(seconds=header["EXPTIME"]))
    assert light.metrics["temperature"] == pytest.approx(ended.temperature_c, abs=0.3)
    assert light.metrics["humidity"] == pytest.approx(ended.humidity_percent, abs=3)
    for keyword in ("HUMIDITY", "DEWPOINT", "PRESSURE", "WINDDIR", "CLOUDCVR", "SKYTEMP", "STARFWHM", "SKYBRGHT"):
        assert keyword in header


# The wind rises above it amid an exposure: a minute sooner or later must not matter.
STRICT = "safety: {frame: FRAME, limits: {wind_m_per_s: 9, hold_s: 1200}}\n"


@pytest.mark.parametrize("frame", ["abort", "finish"])
def test_wind_above_the_limit_shelters_the_telescope(
    frame: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """While the wind is too strong nothing is exposed, and afterwards imaging goes on with a new focus."""
    strict = tmp_path / "strict.yaml"
    text = ALL_NIGHT.read_text(encoding="utf-8").replace("seed: 3\n", f"seed: 3\n{STRICT.replace('FRAME', frame)}")
    strict.write_text(text, encoding="utf-8")
    lights = run(tmp_path / "out", "wind", strict)
    printed = capsys.readouterr().err
    assert "cover closed and mount parked until it is safe again" in printed
    assert printed.index("it is safe again: going on") < printed.rindex("autofocus around")
    assert not [light for light in lights if 2.6 < light.hours < 4.9]
    assert between(lights, 5.2, 9)
    gusty = [light for light in lights if light.metrics["wind_speed"] > 8]
    assert bool(gusty) == (frame == "finish")
