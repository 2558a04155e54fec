"""The proof: flats that tsplug takes by its own plan flatten the lights they were taken for, and other flats do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from astropy.io import fits
from calibrating import Calibration, Evenness, Train, other_angle, other_filter, other_mode
from nights import Previewed

from hostsim.sky.scene import Sensor

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("proof night")]

SEED, SENSOR = 21, Sensor(width=800, height=600)
ANGLES, FILTERS = (30, 120), ("B", "L", "R")
USUAL = [Train(name, angle, "Standard") for angle in ANGLES for name in FILTERS]
LOW_NOISE = Train("L", 30, "Low Noise")
TRAINS = [*USUAL, LOW_NOISE]
PAIR = [Train("L", 30, "Standard"), LOW_NOISE]
PER_CENT = 0.01


@pytest.fixture(scope="session")
def proof(proof_night: Previewed) -> Calibration:
    """The night of the proof, run once to its end, with its masters."""
    return Calibration(proof_night.night.out, seed=SEED, sensor=SENSOR)


def test_matching_flats_leave_less_than_a_per_cent(proof: Calibration) -> None:
    """Lights at both angles, in all filters and modes, are even behind their own flats."""
    for train in TRAINS:
        left = proof.evenness(train, train)
        assert left.fall_off < PER_CENT, train
        assert left.dust < PER_CENT, train


@pytest.mark.parametrize(
    ("wrong", "trains", "at_least"),
    [
        pytest.param(other_angle, USUAL, Evenness(fall_off=0.20, dust=0.03), id="angle"),
        pytest.param(other_filter, USUAL, Evenness(fall_off=0.03, dust=0.02), id="filter"),
        pytest.param(other_mode, PAIR, Evenness(fall_off=0.02, dust=0.0), id="readout mode"),
        pytest.param(lambda train, trains: None, TRAINS, Evenness(fall_off=0.20, dust=0.04), id="none"),
    ],
)
def test_no_other_flats_do(
    proof: Calibration,
    wrong: Callable[[Train, list[Train]], Train | None],
    trains: list[Train],
    at_least: Evenness,
) -> None:
    """Flats of another angle, filter or readout mode, or none at all, clearly leave more than a per cent.

    Another readout mode leaves no dust, but the gain of its columns.
    """
    for train in trains:
        left = proof.evenness(train, wrong(train, TRAINS))
        assert left.fall_off > at_least.fall_off, train
        assert left.dust >= at_least.dust, train


def test_the_wrong_bias_shows(proof: Calibration) -> None:
    """The bias of another readout mode is off by far more than the noise of either: their levels differ by 60 ADU."""
    levels = {mode: float(bias.data.mean()) for mode, bias in proof.bias.items()}
    assert levels["Low Noise"] - levels["Standard"] == pytest.approx(60.0, abs=1.0)
    assert all(bias.data.std() < 6.0 for bias in proof.bias.values())


def test_tsplug_took_one_set_for_each_kind_of_light(proof: Calibration) -> None:
    """The flats on disk are those the lights need, no more and no less."""
    assert set(proof.flats) == set(proof.lights) == set(TRAINS)
    assert all(len(files) >= 4 for files in proof.lights.values())


def test_darks_and_biases_say_what_they_are(proof: Calibration) -> None:
    """Frames without light lie in folders of their own, and their headers have neither target nor pointing."""
    seen: dict[str, int] = {}
    for folder, kind in (("darks", "DARK"), ("bias", "BIAS")):
        for file in sorted((proof.out / folder).rglob("*.fits")):
            header = fits.getheader(file)
            assert header["IMAGETYP"] == kind
            assert not {"OBJECT", "RA", "OBJCTRA"} & set(header)
            seen[kind] = seen.get(kind, 0) + 1
    assert seen == {"DARK": 27, "BIAS": 30}


def test_the_numbers(proof: Calibration, record_property: Callable[[str, object], None]) -> None:
    """What is left by each kind of flat is told in a table, the failing controls beside the matching ones."""
    text = table(proof)
    assert text.count("\n") == len(TRAINS) + 1
    record_property("table", text)


def table(proof: Calibration) -> str:
    """Return what each kind of flat leaves of fall-off (peak to peak) and of the deepest dust, in per cent."""
    kinds = {"other angle": other_angle, "other filter": other_filter, "other mode": other_mode}
    lines = [
        "What flats leave in the sky's background: fall-off / dust, in per cent",
        f"{'lights':<24}" + "".join(f"{name:>15}" for name in ("matching flats", *kinds, "none")),
    ]
    for train in TRAINS:
        row = [shown(proof.evenness(train, train))]
        for wrong in kinds.values():
            flat = wrong(train, TRAINS)
            row.append("" if flat is None else shown(proof.evenness(train, flat)))
        row.append(shown(proof.evenness(train, None)))
        name = f"{train.filter_name} at {train.rotator_deg} deg, {train.mode}"
        lines.append(f"{name:<24}" + "".join(f"{cell:>15}" for cell in row))
    return "\n".join(lines)


def shown(left: Evenness) -> str:
    """Return both numbers in per cent."""
    return f"{100.0 * left.fall_off:.2f} / {100.0 * left.dust:.2f}"


def test_the_measure_sees_what_it_should(proof: Calibration) -> None:
    """A flat made two per cent too bright towards one side leaves two per cent, to the noise of the blocks' medians."""
    train = Train("L", 120, "Standard")
    spoilt = Calibration(proof.out, seed=SEED, sensor=SENSOR)
    slope = np.linspace(0.99, 1.01, SENSOR.width)
    spoilt.flats[train].data *= slope[None, :]
    expected = 0.02 * (SENSOR.width - 50) / SENSOR.width
    assert spoilt.evenness(train, train).fall_off == pytest.approx(expected, abs=0.005)
