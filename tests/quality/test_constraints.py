"""constraints.txt pins everything the project declares, by name and version and nothing else."""

from __future__ import annotations

import re
import tomllib

from measured_source import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9][A-Za-z0-9.!+_-]*)$")
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def declared() -> list[Requirement]:
    """Return what pyproject.toml asks for, the extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for group in project["optional-dependencies"].values() for text in group]
    return [Requirement(text) for text in project["dependencies"] + extras]


def pins() -> dict[str, Version]:
    """Return the pinned version of each package by its canonical name."""
    matches = [match for line in LINES if (match := PIN.match(line))]
    return {canonicalize_name(match[1]): Version(match[2]) for match in matches}


def test_lines_are_names_and_versions() -> None:
    """Every line is one ``name==version``: no host, no path, no hash, no comment, and no package twice."""
    assert [line for line in LINES if not PIN.match(line)] == []
    assert len(pins()) == len(LINES)
    assert len(LINES) >= 50


def test_every_declared_dependency_is_pinned() -> None:
    """Each requirement has a pin, and the pin satisfies it."""
    pinned = pins()
    requirements = declared()
    assert [r.name for r in requirements if canonicalize_name(r.name) not in pinned] == []
    assert [r.name for r in requirements if pinned[canonicalize_name(r.name)] not in r.specifier] == []
    assert len(requirements) >= 30


def test_neither_the_project_nor_its_installer_is_pinned() -> None:
    """The project itself and what comes with the environment stay out."""
    assert pins().keys() & {"tsplug", "pip", "setuptools", "wheel"} == set()
