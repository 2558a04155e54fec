from __future__ import annotations

from hostsim.sequence.catalogue_check import catalogue_problems
from tsplug.testing import first_catalogue


def test_a_hint_stays_with_its_problem() -> None:
    """Problems of several records are told apart, each with the path it stands at and its hint whole."""
    catalogue = first_catalogue()
    catalogue["site"]["time_zone"] = "Mars/Olympus"
    catalogue["projects"][0]["targets"][0]["plans"][0]["template"] = "Ha 5 min"
    catalogue["projects"][0]["rule_weights"] = {"Setting Soonest": "high"}
    found = dict(catalogue_problems(catalogue))
    assert found["site", "time_zone"].endswith("; use an IANA name such as Europe/Zurich")
    assert found["projects", 0, "targets", 0, "plans", 0, "template"].endswith("; the document has L, R, G, B, Ha")
    assert ("projects", 0, "rule_weights", "Setting Soonest") in found
    assert len(found) == 3


def test_a_good_catalogue_has_no_problem() -> None:
    """Nothing is said of a catalogue that can be loaded."""
    assert catalogue_problems(first_catalogue()) == []
