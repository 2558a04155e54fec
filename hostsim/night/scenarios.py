"""The scenario of a night, by its name or file."""

from __future__ import annotations

from pathlib import Path

from hostsim.sky.scenario import Scenario, ScenarioError, read_scenario
from tsplug import InputError


def scenario_of(name_or_path: str, *, folder: Path | None = None) -> Scenario:
    """Return a scenario by its name or path; relative paths start at ``folder``, the current one if absent.

    Raises:
        InputError: there is none, or it is wrong; the text is that of `hostsim.sky.scenario.ScenarioError`.
    """
    try:
        return read_scenario(name_or_path, folder=folder)
    except ScenarioError as error:
        raise InputError(str(error)) from error
