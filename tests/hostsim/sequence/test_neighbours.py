"""Whether two hosts that image for one profile are noticed."""

from __future__ import annotations

from collections.abc import Callable

from hostsim.sequence.host import Host
from hostsim.sequence.neighbours import Neighbours
from tsplug import load_catalogue
from tsplug.testing import first_catalogue, store_light


def test_lights_of_another_host_are_warned_of_once(make_host: Callable[[], Host]) -> None:
    """Its own are its own, and those that were there before are nobody's."""
    host = make_host()
    host.profile = load_catalogue(first_catalogue(), host.context.store, clock=host.clock)

    def light() -> None:
        store_light(host.context.store, "M 42", filter_name="L", started=host.clock.now())

    light()
    neighbours = Neighbours(host)
    neighbours.look()
    for _ in range(3):
        light()
        neighbours.look(own=1)
    assert host.warnings == []
    for _ in range(2):
        light()
        light()
        neighbours.look(own=1)
    assert [warning.partition(" come")[0] for warning in host.warnings] == ["lights of profile 'Refractor'"]
