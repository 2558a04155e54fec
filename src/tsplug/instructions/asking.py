"""What the instructions for flats share: known rules, equipment that is there, and a plugin that answers."""

from __future__ import annotations

from tsplug.errors import TsplugError
from tsplug.hookspecs import notify_listeners
from tsplug.instructions.session import Session
from tsplug.model import FlatInstruction, FlatRunReport, FlatsTaken


def known_rules(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of due rules that all exist.

    Raises:
        ValueError: one does not.
    """
    from tsplug.flats.rules import RULES

    known = sorted({rule.name for rule in RULES.values()})
    for name in rules:
        if name not in known:
            raise ValueError(f"there is no due rule {name!r}, only {', '.join(known)}")
    return rules


def panel_obstacles(session: Session, *, name: str) -> list[str]:
    """Return what of the equipment keeps every panel flat from being taken, one line each."""
    from tsplug.services.flats_check import flat_obstacles

    own_panel = not others_take_flats(session)
    return [f"{name}: {line}" for line in flat_obstacles(session.context, needs_panel=own_panel)]


def set_problems(event: FlatInstruction, session: Session, *, name: str) -> list[str]:
    """Return why sets that are due cannot be taken, one line each."""
    from tsplug.services.flats_check import flat_problems

    return [f"{name}: {line}" for line in flat_problems(event, session.context)]


def others_take_flats(session: Session) -> bool:
    """Return whether another plugin may answer, with equipment of its own that tsplug knows nothing of."""
    impls = session.manager.hook.flat_instruction_run.get_hookimpls()
    return any(not type(impl.plugin).__module__.startswith("tsplug.") for impl in impls)


def answered(event: FlatInstruction, session: Session, *, name: str) -> FlatRunReport:
    """Let the first plugin that answers take the flats, and return its report.

    Raises:
        TsplugError: none answered.
    """
    report = session.manager.hook.flat_instruction_run(event=event, context=session.context)
    if not isinstance(report, FlatRunReport):
        raise TsplugError(f"{name}: no plugin answered; is tsplug loaded?")
    if report.taken:
        news = FlatsTaken(profile_guid=event.profile_guid, report=report)
        notify_listeners(session.manager, news, context=session.context)
    return report
