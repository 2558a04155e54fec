"""Promised lights: what cannot be recorded now waits, what is refused for good costs a warning, and no night."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from raining import equipped
from recording import Recorder, away, saved
from scripted import Telescope

from hostsim.night.resume import take_up
from hostsim.sequence.delivery import deliver
from hostsim.sequence.document import Sequence
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import leave_in
from hostsim.sequence.runner import Runner
from hostsim.sequence.state import Outbox
from tsplug import Cancelled, StoreUnavailableError, TsplugError

IN = ["light_off", "abort", "close_cover", "park"]


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    """Return a host at the end of its sequence, with mount and cover out and no plugin but a test's."""
    made = equipped(make_host())
    for plugin in made.manager.get_plugins():
        made.manager.unregister(plugin)
    made.journal.state.standing.unparked = made.journal.state.standing.cover_open = True
    return made


def promised(host: Host, guid: str = "light", *, earlier: Outbox | None = None, final: Path | None = None) -> Outbox:
    """Promise a light that is written under its temporary name."""
    part = host.out / f".{guid}.part"
    part.write_bytes(b"pixels")
    event = saved(guid, host)
    made = Outbox(part=part, final=final or event.file, event=event, earlier=earlier)
    host.journal.state.outbox = made
    return made


def end(host: Host) -> None:
    """Run a sequence of which nothing is left but its end."""
    document = {"name": "n", "start": "2026-01-15T17:00:00Z", "catalogue": {}, "run": [{"type": "park"}]}
    # No place is left to go on from.
    sequence = Sequence.model_validate(document).model_copy(update={"run": ()})
    Runner(sequence, host, where="night.yaml", lines={}, at_end=leave_in).run()


def test_a_light_of_before_that_is_refused_for_good_does_not_keep_others_from_their_record(host: Host) -> None:
    """A second camera's driver tells nonsense: the first one goes on, and it is said how to record what is on disk."""
    plugin = Recorder(lambda: None, refused=("beside",))
    host.manager.register(plugin)
    deliver(promised(host, earlier=promised(host, "beside")), host)
    assert plugin.recorded == ["light"]
    assert host.journal.state.outbox is None
    assert any("gain below 0" in said and "tsplug images reconcile" in said for said in host.warnings)


def test_a_light_that_is_refused_for_good_ends_its_instruction_but_no_resumed_night(host: Host) -> None:
    """Whoever runs the night again has had the chance to mend it."""
    host.manager.register(Recorder(lambda: None, refused=("light",)))
    made = promised(host)
    with pytest.raises(TsplugError, match="run the same command again to record it"):
        deliver(made, host)
    assert host.journal.state.outbox == made
    take_up(host)
    assert host.journal.state.outbox is None
    assert "tsplug images reconcile" in host.warnings[-1]


def test_a_light_of_before_that_cannot_get_its_name_stays_promised(host: Host) -> None:
    """Its pixels are under the temporary name still, and come to their record when the folder is there."""
    plugin, folder = Recorder(lambda: None), host.out / "beside"
    host.manager.register(plugin)
    folder.write_text("no folder", encoding="utf-8")
    first = promised(host, "beside", final=folder / "a.fits")
    deliver(promised(host, earlier=first), host)
    assert plugin.recorded == ["light"]
    assert host.journal.state.outbox == first
    with pytest.raises(TsplugError, match="see to its folder"):
        end(host)
    assert not host.journal.state.finished
    folder.unlink()
    folder.mkdir()
    end(host)
    assert plugin.recorded == ["light", "beside"]
    assert host.journal.state.finished


def test_the_last_light_waits_for_its_store_with_nothing_left_out(host: Host) -> None:
    """Cover and mount come in before it is told of, and do not go out again for the wait."""
    plugin = Recorder(away(20))
    host.manager.register(plugin)
    promised(host)
    end(host)
    assert plugin.recorded == ["light"]
    assert cast("Telescope", host.rig.mount).told == IN
    assert host.journal.state.finished


def test_a_store_that_stays_away_at_the_end_leaves_nothing_out(host: Host) -> None:
    """The night is not finished then, and the same command records the light."""
    plugin = Recorder(away(70))
    host.manager.register(plugin)
    promised(host)
    with pytest.raises(StoreUnavailableError):
        end(host)
    assert cast("Telescope", host.rig.mount).told[:4] == IN
    assert not host.journal.state.finished
    take_up(host)
    end(host)
    assert plugin.recorded == ["light"]
    assert host.journal.state.finished


@pytest.mark.parametrize("error", [TsplugError("no condition"), KeyboardInterrupt(), ZeroDivisionError()])
def test_whatever_ends_a_night_leaves_the_equipment_safe(
    host: Host, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Between its instructions too."""

    def fail(host: Host) -> None:
        raise error

    monkeypatch.setattr(f"{__name__}.leave_in", fail)
    with pytest.raises(type(error)):
        end(host)
    assert cast("Telescope", host.rig.mount).told == IN
    assert "left safe: panel dark" in host.warnings[-1]


def test_no_stop_keeps_the_equipment_from_being_left_safe(host: Host) -> None:
    """It is asked for while the mount parks; what follows ends by it."""
    telescope, stop = cast("Telescope", host.rig.mount), host.context.cancellation
    park = telescope.park

    def asked() -> None:
        stop.ask()
        stop.check()
        park()

    telescope.park = asked  # type: ignore[method-assign]
    assert "mount parked" in host.leave_safe()
    with pytest.raises(Cancelled):
        stop.check()
