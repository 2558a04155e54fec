"""Which modules work on a frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.errors import InputError
from tsplug.model import ModuleState, PipelinePreferences
from tsplug.ports import FrameAtWork, ModuleOutcome, completed
from tsplug.services.pipeline.choosing import chosen_modules, loaded_modules, ordered_modules
from tsplug.services.pipeline.frame import PipelineFrame
from tsplug.services.pipeline.modules import BUILT_IN, ORDER


@dataclass(frozen=True)
class Third:
    """A third party's module."""

    name: str
    needs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    title: str = "Count aeroplanes."

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Do nothing."""
        return completed()


@dataclass(frozen=True)
class Source:
    """An entry point."""

    name: str
    brings: object

    def load(self) -> object:
        """Return what it names; an exception is raised."""
        if isinstance(self.brings, Exception):
            raise self.brings
        return self.brings


def test_modules_of_others_come_after_what_they_need() -> None:
    """Whatever their names, each stands behind those that give what it needs; the built-in ones keep their order."""
    found = ordered_modules([Third("a", needs=("planes",)), Third("z", needs=("measurement",), gives=("planes",))])
    assert [module.name for module in found] == [*ORDER, "z", "a"]


def test_every_built_in_module_follows_what_it_needs() -> None:
    """The order that is written down serves the needs that are."""
    given: set[str] = set()
    for module in BUILT_IN:
        assert given.issuperset(module.needs), module.name
        given |= set(module.gives)
    assert len(BUILT_IN) == len(ORDER) >= 2


@pytest.mark.parametrize(
    ("brings", "told"),
    [
        (ImportError("no module named planes"), "ImportError: no module named planes"),
        (object(), "it has no name, title, needs, gives, run"),
        (Third("planes", needs=("radar",)), "nobody gives radar"),
        (Third("preview"), "its name is taken"),
    ],
    ids=["import fails", "no module", "needs what nobody gives", "name taken"],
)
def test_a_module_that_cannot_be_used_fails_on_every_frame(brings: object, told: str) -> None:
    """It costs no other module its work, and each frame's report says what to correct."""
    last = ordered_modules(loaded_modules([Source("planes", brings)]))[-1]
    outcome = last.run(PipelineFrame(Path("a.fits"), pipeline_tools()))
    assert outcome.state is ModuleState.FAILED
    assert told in outcome.message


def test_the_job_wins_over_the_rig() -> None:
    """A module is on unless the rig or, before it, the job says otherwise."""
    rig = PipelinePreferences(modules={"preview": False, "gone": False})
    assert "preview" not in [module.name for module in chosen_modules(BUILT_IN, rig)]
    chosen = chosen_modules(BUILT_IN, rig, switched={"preview": True, "quality_analysis": False})
    assert "preview" in [module.name for module in chosen]
    assert "quality_analysis" not in [module.name for module in chosen]


def test_a_job_cannot_name_a_module_there_is_not() -> None:
    """The message names those there are."""
    with pytest.raises(InputError, match="there is no module 'previw': name one of"):
        chosen_modules(BUILT_IN, PipelinePreferences(), switched={"previw": False})


def test_the_modules_of_this_machine_are_the_built_in_ones() -> None:
    """Nothing else is installed here."""
    assert pipeline_modules() == BUILT_IN
