"""The nights of the simulators: which come with them, and what a file of one's own may hold."""

from __future__ import annotations

from typing import Any

from generator.tables import WORDS, first_paragraph, table
from generator.tables import fields as fields_of
from pydantic import BaseModel

from hostsim.sky import scenario as parts
from hostsim.sky.scenario import Scenario, named_scenarios, read_scenario

_PARTS: dict[str, type[BaseModel]] = {
    "clouds": parts.CloudPlan,
    "clouds.banks": parts.CloudBank,
    "wind": parts.WindPlan,
    "wind.spells": parts.WindSpell,
    "air": parts.AirPlan,
    "focus": parts.FocusPlan,
    "focus.jumps": parts.FocusJump,
    "guiding": parts.GuidingPlan,
    "guiding.losses": parts.GuidingLoss,
    "seeing": parts.SeeingPlan,
    "seeing.spells": parts.SeeingSpell,
    "satellites": parts.SatellitePlan,
    "horizon": parts.HorizonPoint,
}
_WORDS: dict[object, Any] = {**WORDS, **{part: f"[{name}](#{name.replace('.', '')})" for name, part in _PARTS.items()}}


def scenarios() -> str:
    """Return the scenarios that come with the simulators."""
    return table(
        ["name", "what happens"], [[f"`{name}`", read_scenario(name).description] for name in named_scenarios()]
    )


def scenario_file() -> str:
    """Return the fields of a scenario and of each of its parts."""
    text = [fields_of(Scenario, words=_WORDS)]
    for name, part in _PARTS.items():
        text += [f"### {name}", first_paragraph(part.__doc__), fields_of(part, words=_WORDS)]
    return "\n\n".join(text)
