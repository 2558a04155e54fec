"""What holds for every test: no network beyond this machine, and no silent skips where none are allowed."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

pytest_plugins = ["databases"]

BENCH = Path(__file__).parent / "bench"
LOOPBACK = ("127.", "::1", "localhost")
UNCOUNTED = (
    "night",
    "hostsim/night",
    "hostsim/conformance/test_command.py",
    "hostsim/conformance/test_run.py",
    "hostsim/alpaca/test_crowd.py",
    "hostsim/alpaca/test_fuzz.py",
    "hostsim/equipment/test_third_party.py",
    "jobs",
    "quality",
    "tsplug/services/test_catalogue_at_once.py",
    "tsplug/store/test_contributors.py",
    "tsplug/store/test_rigs.py",
)
"""Whole nights, floods of requests, crowds of processes, readers of the code: counting makes them half as slow
again and adds next to no line."""

# The machine may be busy with the other half of the tests: slowness is not a failure, the timeout of a test is.
hypothesis.settings.register_profile("tsplug", deadline=None)
# What decides on a change must say the same of it twice: rare examples are hunted for by everybody's own runs.
hypothesis.settings.register_profile("tsplug-again", deadline=None, derandomize=True)
hypothesis.settings.load_profile("tsplug-again" if os.environ.get("TSPLUG_NO_SKIPS") else "tsplug")


def _local_only(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def connect_here(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address}: nothing may need the network")
        return connect(self, address)

    return connect_here


# No audit hook: it would hear of trace functions too, Python 3.11 changes threads meanwhile, and where lines are
# counted a thread that sets its own just then fails in a random test.
for _name in ("connect", "connect_ex"):
    setattr(socket.socket, _name, _local_only(getattr(socket.socket, _name)))


@pytest.fixture(autouse=True)
def _memory_holds_no_frames() -> Generator[None, None, None]:
    """Leave nothing in the storage ``memory://``, which all tests of a process share."""
    yield
    memory = sys.modules.get("fsspec.implementations.memory")
    if memory is not None:
        memory.MemoryFileSystem.store.clear()
        memory.MemoryFileSystem.pseudo_dirs[:] = [""]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave benchmarks out unless they are asked for by path."""
    asked_for = any(Path(argument).resolve().is_relative_to(BENCH) for argument in config.args)
    return True if collection_path == BENCH and not asked_for else None


def _is_uncounted(item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(BENCH.parent / place) for place in UNCOUNTED)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave lines uncounted in what is slow and covers nothing of its own."""
    if _is_uncounted(item):
        item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave lines uncounted in the commands which such a test starts, too."""
    counted = os.environ.pop("COVERAGE_PROCESS_CONFIG", None) if _is_uncounted(item) else None
    try:
        return (yield)
    finally:
        if counted is not None:
            os.environ["COVERAGE_PROCESS_CONFIG"] = counted


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fail where tests of one group would be spread over workers, each of which would run their night again."""
    if not getattr(session.config.option, "loadgroup", False):
        return
    lost = [item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
    if lost:
        raise pytest.UsageError(f"pytest-xdist does not know this pytest: no group for {lost[0]}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session for any skipped test if ``TSPLUG_NO_SKIPS`` is set."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TSPLUG_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables that tests recorded, and say why a session without failures failed."""
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "table":
                terminalreporter.section("numbers")
                terminalreporter.write_line(str(text))
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("TSPLUG_NO_SKIPS") and skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped, and TSPLUG_NO_SKIPS allows none", red=True)
