"""The week of one rig, night by night and rule by rule, from the table that a test lives through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from generator.tables import table

_FILE = Path(__file__).parents[1] / "examples" / "flats-week.yaml"


def week_lights() -> str:
    """Return the lights of the week by night."""
    rows = [[f"{night} January", _lights(lights)] for night, lights in _week()["nights"].items()]
    return table(["night that begins on", "lights of"], rows)


def week_flats() -> str:
    """Return the flat sets of the week by rule and morning."""
    rows = [
        [_rule(case), f"{morning} January", " <br> ".join(sets)]
        for case in _week()["rules"]
        for morning, sets in (case["taken"] or {"no": ["none"]}).items()
    ]
    return table(["rule", "morning of", "flat sets, with the sessions they serve"], rows)


def _week() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def _lights(lights: list[dict[str, Any]]) -> str:
    words = [f"{each['target']} {each['filter']} at {each['angle']:g}, mode {each['mode']}" for each in lights]
    return " <br> ".join(words) or "none: clouds"


def _rule(case: dict[str, Any]) -> str:
    days = case["cadence"]
    return f"{case['rule']}, cadence {days}" if days in (1, 2, 3, 5, 7, 10, 14) else str(case["rule"])
