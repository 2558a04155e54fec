"""``tsplug images grade``: statuses set by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from tsplug.app import frame_files
from tsplug.cli.commands import FAILED, command
from tsplug.cli.image_filters import Among, query_of
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, show_json, show_table, show_text
from tsplug.model import AcquiredImage, GradingStatus
from tsplug.ports import Store
from tsplug.services.image_choice import ImageChoice
from tsplug.services.lookup import find_named
from tsplug.services.manual_grading import GradedImage, ManualGrade, ManualOutcome, Refusal, grade_manually
from tsplug.services.manual_undo import UndoOutcome, undo_manual
from tsplug.services.rejected_files import RejectedFiles

_TOLD = 20


@dataclass(frozen=True)
class GradeOptions:
    """How images are graded by hand."""

    undo: Annotated[bool, typer.Option("--undo", help="Take the last change by hand back, as a whole.")] = False
    why: Annotated[str, typer.Option(help="What the audit trail says.")] = ""
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False


def register_changes(group: typer.Typer) -> None:
    """Add the commands that change records of images."""
    command(group, "grade")(images_grade)


def images_grade(
    common: Common,
    among: Among,
    *,
    how: GradeOptions,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...] STATUS", help="Ids or guids, then accepted, rejected or pending."),
    ] = None,
) -> None:
    """Set the status of images by hand: of those named, or of all that the options choose; pending clears it."""
    if how.undo:
        _undo(common, words=words or [], dry_run=how.dry_run)
        return
    status, names = _status_and_names(words or [])
    choice = among.choice(common)
    if names and choice.model_copy(update={"profile": ""}).narrows:
        raise typer.BadParameter("give ids, or options that choose images, not both", param_hint="ID...")
    if not names and not choice.narrows:
        raise typer.BadParameter("say which images: ids, or options that choose them", param_hint="ID...")
    wanted = ManualGrade(to_status=status, why=how.why, dry_run=how.dry_run)
    with common.store() as store:
        ids = _ids_named(names, store) if names else _ids_chosen(choice, common, store=store)
        outcome = grade_manually(ids, wanted, store=store, clock=common.clock())
        # Asked again, files that could not follow follow now.
        guids = [*(image.guid for image in outcome.changed), *outcome.standing]
        all_followed = how.dry_run or _follow(guids, common, store=store)
    _show_outcome(outcome, common)
    if outcome.refused and (names or not (outcome.changed or outcome.unchanged)):
        _complain_of(outcome.refused)
        raise typer.Exit(FAILED)
    if not all_followed:
        raise typer.Exit(FAILED)


def _status_and_names(words: list[str]) -> tuple[GradingStatus, list[str]]:
    """Return the status, which stands last, and the images before it.

    Raises:
        typer.BadParameter: the last word is no status.
    """
    known = ", ".join(each.value for each in GradingStatus)
    if not words or words[-1] not in {each.value for each in GradingStatus}:
        last = f", not {words[-1]!r}" if words else ""
        raise typer.BadParameter(f"the last word must be one of {known}{last}", param_hint="STATUS")
    return GradingStatus(words[-1]), words[:-1]


def _ids_named(names: list[str], store: Store) -> list[int]:
    with store.read() as unit:
        return list(dict.fromkeys(find_named(unit, AcquiredImage, name=name).id or 0 for name in names))


def _ids_chosen(choice: ImageChoice, common: Common, *, store: Store) -> list[int]:
    query = query_of(choice, common, store=store)
    with store.read() as unit:
        return [image.id or 0 for image in unit.images(query)]


def _undo(common: Common, *, words: list[str], dry_run: bool) -> None:
    if words or dry_run:
        raise typer.BadParameter("stands alone: it takes the last change back, whatever that was", param_hint="--undo")
    with common.store() as store:
        outcome = undo_manual(store, clock=common.clock())
        all_followed = _follow([image.guid for image in outcome.changed], common, store=store)
    if common.as_json:
        show_json(outcome)
    else:
        _show_undone(outcome)
    if not all_followed:
        raise typer.Exit(FAILED)


def _follow(guids: Sequence[str], common: Common, *, store: Store) -> bool:
    """Let files follow the status that their images have now; tell on standard error which could not.

    Return whether all could.
    """
    done = RejectedFiles(store, frame_files(), clock=common.clock()).follow(guids) if guids else []
    problems = [each.problem for each in done if each.problem]
    for problem in problems:
        complain(problem)
    return not problems


def _show_outcome(outcome: ManualOutcome, common: Common) -> None:
    if common.as_json:
        show_json(outcome)
        return
    done = "would become" if outcome.dry_run else "became"
    parts = [f"{counted(len(outcome.changed), 'image')} {done} {outcome.to_status}{_from(outcome.changed)}"]
    if outcome.unchanged:
        parts.append(f"{outcome.unchanged} had that status already")
    if outcome.refused:
        parts.append(f"{len(outcome.refused)} refused")
    show_text("; ".join(parts))
    # Of one alone the error tells.
    if not (len(outcome.refused) == 1 and not outcome.changed and not outcome.unchanged):
        _show_refused(outcome.refused)
    if outcome.batch:
        show_text("`tsplug images grade --undo` takes this back")


def _show_undone(outcome: UndoOutcome) -> None:
    made = f"{outcome.to_status} by {outcome.by} at {outcome.at:%Y-%m-%d %H:%M:%S} UTC"
    show_text(f"taken back: {made}; {counted(len(outcome.changed), 'image')} as before")
    _show_refused(outcome.refused)


def _from(changed: Sequence[GradedImage]) -> str:
    before = Counter(each.from_status.value for each in changed)
    return f" (before: {', '.join(f'{number} {status}' for status, number in before.items())})" if before else ""


def _show_refused(refused: Sequence[Refusal]) -> None:
    if refused:
        rows = [(each.image_id, each.code.value, each.reason) for each in refused[:_TOLD]]
        more = f", the first {_TOLD}" if len(refused) > _TOLD else ""
        show_table(f"refused{more}", ("image", "code", "why"), rows=rows)


def _complain_of(refused: Sequence[Refusal]) -> None:
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    complain(f"image {refused[0].image_id} keeps its status: {refused[0].reason}{more}")
