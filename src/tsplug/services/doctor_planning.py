"""What the planner would be asked and could not answer: horizons that lack, constraints and scoring rules that fail."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from shlex import quote

from tsplug.errors import InputError
from tsplug.model import ExposureTemplate, Profile, Project, ProjectState, Site, SkyConstraint, Target
from tsplug.ports import Unit
from tsplug.services.doctor_ledger import Ledger, Problem, every, unread
from tsplug.services.idle_rules import idle_moon_words


def check_planned(unit: Unit, ledger: Ledger) -> None:
    """Check what projects and targets ask of the night; what is closed is left alone."""
    level = {site.id for site in every(unit, Site, ledger=unread()) if not site.horizon}
    sites = {each.id: each.site_id for each in every(unit, Profile, ledger=unread())}
    for project in every(unit, Project, ledger=unread()):
        if project.state is ProjectState.CLOSED:
            continue
        subject = f"project {project.id} ({project.name})"
        ledger.warn(
            _horizon_problem(subject) if project.use_custom_horizon and sites[project.profile_id] in level else None
        )
        _check_constraints(subject, project.constraints, ledger=ledger)
    for target in every(unit, Target, ledger=unread()):
        _check_constraints(f"target {target.id} ({target.name})", target.constraints, ledger=ledger)
    for template in every(unit, ExposureTemplate, ledger=unread()):
        ledger.warn(_moon_problem(template) if idle_moon_words(template) else None)
    _check_rules(ledger)


def _moon_problem(template: ExposureTemplate) -> Problem:
    return Problem(
        invariant="rules of the Moon are in force",
        subject=f"template {template.id} ({template.name})",
        found=idle_moon_words(template),
        expected="both, or neither",
        fix=f"tsplug template edit {quote(template.name)} moon_avoidance=yes",
    )


def _horizon_problem(subject: str) -> Problem:
    return Problem(
        invariant="a project that keeps above the horizon has one",
        subject=subject,
        found="use_custom_horizon, and a site without a horizon: the minimum altitude counts alone",
        expected="a horizon",
        fix="tsplug import horizon FILE, or use_custom_horizon=no",
    )


def _check_constraints(subject: str, constraints: Iterable[SkyConstraint], *, ledger: Ledger) -> None:
    for each in constraints:
        said = _trouble(each.model_dump_json())
        ledger.warn(
            Problem(
                invariant="constraints of the sky can be asked",
                subject=subject,
                found=f"{said}; it abstains",
                expected="an answer",
                fix="install its package, or edit constraints",
            )
            if said
            else None
        )


@lru_cache(maxsize=256)
def _trouble(constraint: str) -> str:
    # Imported here: most stores attach none, and astronomy is slow to import.
    from tsplug.services.sky_constraints import try_constraint

    try:
        try_constraint(SkyConstraint.model_validate_json(constraint))
    except InputError as error:
        return str(error)
    return ""


def _check_rules(ledger: Ledger) -> None:
    # Imported here, as above: arrays are slow to import.
    from tsplug.services.scoring_rules import installed_rules

    for trouble in installed_rules().troubles:
        ledger.warn(
            Problem(
                invariant="scoring rules of installed packages can be used",
                subject="scoring rules",
                found=trouble,
                expected="a ScoringRule of its own name",
                fix="mend or remove the package",
            )
        )
