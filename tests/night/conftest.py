"""Nights for the tests: an empty folder, and nights that have run to their end."""

from __future__ import annotations

from pathlib import Path

import pytest
from listening import install
from nights import FIRST_NIGHT, PROOF_NIGHT, SHORT_NIGHT, Night, Previewed, previewed


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A folder in which no night has run yet."""
    return Night(tmp_path / "out")


@pytest.fixture(scope="session")
def short_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The short night, run once to its end, with another's plugin that listens."""
    folder = tmp_path_factory.mktemp("short")
    finished = Night(folder / "out", plugins=install(folder / "plugins"))
    finished.run(SHORT_NIGHT)
    return finished


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night of the tutorial, run once to its end."""
    finished = Night(tmp_path_factory.mktemp("first") / "out")
    finished.run(FIRST_NIGHT)
    return finished


@pytest.fixture(scope="session")
def proof_night(tmp_path_factory: pytest.TempPathFactory) -> Previewed:
    """The night of the proof, previewed from its beginning, then run once to its end."""
    folder = tmp_path_factory.mktemp("proof")
    night = Night(folder / "out", db=str(folder / "store.sqlite"))
    return previewed(night, PROOF_NIGHT, at="2026-01-15T18:30:00+00:00")
