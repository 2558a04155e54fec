"""A whole short night over real HTTP: once through, killed, and with what a user can get wrong."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from astropy.io import fits
from nights import Death, Night

from hostsim.alpaca.server import AlpacaServer
from hostsim.cli import main
from hostsim.clock import SimulatedClock, SystemClock
from hostsim.devices.observatory import Observatory
from hostsim.night import NightOptions, run_night
from hostsim.night.run import stopping_on_interrupt
from hostsim.sequence.journal import load_state
from hostsim.sequence.parse import parse
from hostsim.sequence.stopping import StopRequest
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from tsplug import AcquiredImage, Cancelled, ExposurePlan, TsplugError, open_store

LIGHTS, SNAPSHOTS, FLATS = 5, 2, 6


def frames(out: Path, folder: str) -> list[Path]:
    """Return the frames of a night."""
    return sorted((out / folder).rglob("*.fits"))


def check_night(out: Path) -> None:
    """Assert that a night is whole: every light recorded once, every flat there, nothing half-made."""
    assert len(frames(out, "lights")) == LIGHTS + SNAPSHOTS
    assert len(frames(out, "flats")) == FLATS
    assert list(out.rglob("*.part")) == []
    store = open_store(str(out / "store.sqlite"), SystemClock())
    with store.read() as unit:
        images = unit.list(AcquiredImage)
        assert sum(plan.acquired for plan in unit.list(ExposurePlan)) == LIGHTS
    store.close()
    snapshots = {file for file in frames(out, "lights") if "Snapshot" in file.parts}
    assert {Path(image.file) for image in images} == set(frames(out, "lights")) - snapshots
    assert len(images) == LIGHTS


def test_a_night_runs_and_knows_it_is_done(sequence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lights, flats and records come out; the same command again says so and changes nothing."""
    out = tmp_path / "out"
    run_night(NightOptions(sequence, out))
    check_night(out)
    state = load_state(out / "state.json")
    assert state is not None
    assert [len(run.taken) for run in state.flat_runs] == [2]
    with fits.open(frames(out, "lights")[0], checksum=True) as opened:
        opened.verify("exception")
        assert opened[0].header["SWCREATE"].startswith("hostsim")
    before = (out / "state.json").stat().st_mtime_ns
    run_night(NightOptions(sequence, out))
    assert "finished already" in capsys.readouterr().out
    assert (out / "state.json").stat().st_mtime_ns == before


def test_a_killed_night_goes_on(sequence: Path, tmp_path: Path) -> None:
    """Killed after the first light, within an exposure run and among the flats, the night ends whole."""
    out = tmp_path / "out"
    for text in ("[2/5]", "[4/5]", "take 3 of 3"):
        Night(out).run_until_killed(sequence, Death(text=text))
    Night(out).run(sequence)
    check_night(out)


def test_another_night_does_not_mix_in(sequence: Path, tmp_path: Path) -> None:
    """A folder with a night of another sequence, seed or equipment is refused."""
    out = tmp_path / "out"
    sequence.write_text(sequence.read_text().replace("  - type: connect_equipment\n", ""))
    with pytest.raises(TsplugError, match="connect_equipment"):
        run_night(NightOptions(sequence, out))
    with pytest.raises(TsplugError, match="holds a night with seed 5, not 6"):
        run_night(NightOptions(sequence, out, seed=6))
    begun_with = sequence.read_text()
    sequence.write_text(begun_with.replace("count: 2", "count: 1"))
    with pytest.raises(TsplugError, match=r"short\.yaml has changed since the night in .* began: undo the change"):
        run_night(NightOptions(sequence, out))
    sequence.write_text(begun_with.replace("Short night", "Other night"))
    with pytest.raises(TsplugError, match="a night of another sequence, 'Short night'"):
        run_night(NightOptions(sequence, out))
    sequence.write_text(begun_with)
    (out / "store.sqlite").unlink()
    with pytest.raises(TsplugError, match=r"the store .*store\.sqlite of the night in .* is gone: put it back"):
        run_night(NightOptions(sequence, out))
    assert not (out / "store.sqlite").exists()


def fails(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a failing command says, having asserted that it ends with status 1 and one line."""
    monkeypatch.setattr(sys, "argv", ["hostsim", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.count("\n") == 1, said
    return said


def test_a_wrong_sequence_is_one_line(
    sequence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in the sequence names its line, and no folder is made."""
    sequence.write_text(sequence.read_text().replace("type: park", "type: pork"))
    said = fails(["run", str(sequence), "--out", str(tmp_path / "out")], monkeypatch, capsys)
    assert said.startswith(f"{sequence}:43: run[9]: unknown instruction pork")
    assert not (tmp_path / "out").exists()


def test_an_unreachable_address_is_one_line(
    sequence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing at the Alpaca address: one line, and no folder is made."""
    arguments = ["run", str(sequence), "--out", str(tmp_path / "out"), "--alpaca", "127.0.0.1:9"]
    assert "127.0.0.1:9: cannot be reached" in fails(arguments, monkeypatch, capsys)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "address", ["nonsense", "127.0.0.1", "127.0.0.1:abc", ":32323", "127.0.0.1:99999", "http://127.0.0.1:32323"]
)
def test_a_wrong_address_is_a_usage_error(
    sequence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    """What is no HOST:PORT ends with status 2, as every wrong option does, and no folder is made."""
    command = ["hostsim", "run", str(sequence), "--out", str(tmp_path / "out"), "--alpaca", address]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "HOST:PORT" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["file", "file/out", "/proc/nowhere/out"])
def test_an_unusable_folder_is_one_line(
    sequence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    """An output folder that cannot be made is one line, and nothing is made."""
    (tmp_path / "file").touch()
    said = fails(["run", str(sequence), "--out", str(tmp_path / out)], monkeypatch, capsys)
    assert "choose another --out" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "short.yaml"]


def test_a_right_sequence_is_said_to_be_right(
    sequence: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` says that there is no problem and ends with status 0."""
    monkeypatch.setattr(sys, "argv", ["hostsim", "check", str(sequence)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "10 instructions, no problems" in " ".join(capsys.readouterr().out.split())


def test_a_newer_store_is_one_line(
    sequence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A store that a newer tsplug wrote is left untouched, and no folder is made."""
    file = tmp_path / "newer.sqlite"
    open_store(str(file), SystemClock()).close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    before = file.read_bytes()
    arguments = ["run", str(sequence), "--out", str(tmp_path / "out"), "--db", str(file)]
    assert "newer" in fails(arguments, monkeypatch, capsys)
    assert file.read_bytes() == before
    assert not (tmp_path / "out").exists()


REAL = """\
run:
  - type: connect_equipment
  - type: unpark
  - type: open_cover
  - {type: take_exposure, exposure_s: 0.1, count: 1, binning: 4}
  - {type: switch_filter, filter: Nope}
"""


def test_equipment_at_an_address_is_left_safe_and_taken_up_again(sequence: Path, tmp_path: Path) -> None:
    """A night that fails parks the mount; the same command unparks it, darkens the panel, and goes on from there."""
    text = sequence.read_text()
    sequence.write_text(text[: text.index("run:\n")] + REAL)
    clock = SimulatedClock(SystemClock().now(), speed=100.0)
    observatory = Observatory(Sky(seed=1, site=SkySite(), optics=Optics(), sensor=Sensor()), clock)
    panel, mount = observatory.covercalibrator, observatory.telescope
    with AlpacaServer(observatory) as server:
        options = NightOptions(sequence, tmp_path / "out", alpaca=server.address)
        for _ in range(2):
            with pytest.raises(TsplugError, match=r"has no filter 'Nope'.*left safe: panel dark, .*, mount parked"):
                run_night(options)
            assert (mount.at_park(), mount.tracking(), panel.level) == (True, False, 0.0)
            with observatory.lock:
                panel.calibrator_on(100)
    assert len(frames(tmp_path / "out", "lights")) == 1


def test_serving_ends_when_interrupted_from_a_script() -> None:
    """A script's background job inherits that Ctrl-C is ignored; serving ends by it all the same."""
    code = "from hostsim.cli import main; main()"
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", code, "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "serving Alpaca simulators on" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    try:
        assert process.communicate(timeout=240) == ("", "")
    finally:
        process.kill()
    assert process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_termination_is_a_request_to_stop(number: signal.Signals) -> None:
    """It stops as Ctrl-C does, at a point where the equipment can be left safe; handlers are put back."""
    # Whoever runs the tests may have started them so that they outlive the terminal.
    inherited, stop = signal.signal(number, signal.SIG_DFL), StopRequest()
    try:
        with stopping_on_interrupt(stop):
            signal.raise_signal(number)
            with pytest.raises(Cancelled):
                stop.check()
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, inherited)


def test_a_terminal_that_is_closed_twice_or_after_a_stop_ends_nothing_at_once() -> None:
    """Nobody is there who wants more than that the equipment is left safe."""
    inherited = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with stopping_on_interrupt(StopRequest()):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, inherited)


def test_a_night_that_is_to_outlive_its_terminal_does() -> None:
    """As under nohup."""
    before, stop = signal.signal(signal.SIGHUP, signal.SIG_IGN), StopRequest()
    try:
        with stopping_on_interrupt(stop):
            signal.raise_signal(signal.SIGHUP)
            stop.check()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_faults_may_come_from_a_file_of_their_own(sequence: Path, tmp_path: Path) -> None:
    """They happen beside the sequence's; the night is that of the sequence all the same, whoever goes on with it."""
    faults, out = tmp_path / "faults.yaml", tmp_path / "out"
    faults.write_text("- {type: cooler_fails, for_s: 7200}\n", encoding="utf-8")
    with pytest.raises(TsplugError, match=r"run\[1\] \(cool_camera\)"):
        run_night(NightOptions(sequence, out, faults=faults))
    with pytest.raises(TsplugError, match="`faults` happen to own simulators"):
        run_night(NightOptions(sequence, tmp_path / "other", alpaca="127.0.0.1:9", faults=faults))
    state = load_state(out / "state.json")
    assert state is not None
    assert state.sequence == parse(sequence).digest
