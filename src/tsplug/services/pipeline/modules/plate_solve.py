"""Where the frame looks, in record and header."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict

from tsplug.imaging.astrometry.pointing import Wish, is_on_target, pointing_of
from tsplug.imaging.astrometry.star_list import stars_to_solve
from tsplug.imaging.astrometry.wcs import STALE_KEYWORDS, WCS_KEYWORDS, wcs_cards
from tsplug.imaging.keywords import STALE_SOLUTION, cards_of
from tsplug.model import NOT_SOLVED, AcquiredImage, FrameSolution, HeaderCard, HeaderEdit, Target
from tsplug.ports import (
    FrameAtWork,
    ModuleOutcome,
    SolveOutcome,
    SolveRequest,
    SolveState,
    Store,
    completed,
    failed,
    skipped,
)
from tsplug.services.frame_measuring import is_light
from tsplug.services.pipeline.header_cards import write_cards
from tsplug.services.plate_solving import longest_s, solve_frame
from tsplug.services.wished_place import places_in_header


class PlateSolveModule:
    """Solves a light; a frame that is not solved is as good as any, and says so."""

    name = "plate_solve"
    title = "Find where the frame looks, and write coordinates into header and record."
    needs: tuple[str, ...] = ()
    gives = ("solution",)

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Solve, keep what was found and how far it is from the target, and write it into the header."""
        pixels = frame.pixels()
        if not is_light(pixels.header):
            return skipped("no light: there are no stars to be found on it")
        wish = _wish(frame)
        mount, _ = places_in_header(pixels.header)
        request = SolveRequest(
            stars_to_solve(frame.measurement()),
            frame.file,
            place=mount or wish.place,
            scale_arcsec=wish.scale_arcsec,
            preferences=frame.preferences,
            other_place=wish.place if mount else None,
        )
        solvers, names = frame.tools.solvers, frame.preferences.solvers
        frame.may_take(longest_s(request, solvers, names=names))
        said = solve_frame(request, solvers, names=names)
        if not said:
            return skipped("no solver is named for this rig")
        solution = _solution(said[-1], frame, wish=wish, request=request)
        _store(solution, frame)
        if not solution.solved:
            return _unsolved(said)
        cards = _cards(said[-1], solution, frame=frame)
        gone = (STALE_KEYWORDS | WCS_KEYWORDS) - {card.keyword for card in cards}
        edit = HeaderEdit(cards, frozenset(gone), stale=STALE_SOLUTION)
        return write_cards(frame, edit, said=_words(solution), solution=solution)


def _wish(frame: FrameAtWork) -> Wish:
    """Return where the frame was to look: by its target, else by what the header says of the object."""
    _, planned = places_in_header(frame.pixels().header)
    place, angle = planned, None
    turned = frame.pixels().header.get("OBJCTROT")
    if planned is not None and isinstance(turned, int | float):
        angle = float(turned)
    store, image = frame.tools.store, frame.image
    if store is not None and image is not None and image.target_id is not None:
        with store.read() as unit:
            target = unit.find(Target, id=image.target_id)
        if target is not None:
            place, angle = (target.ra_hours * 15.0, target.dec_deg), target.rotation_deg
    has_rotator = frame.profile is None or frame.profile.has_rotator
    return Wish(place, angle if has_rotator else None, frame.scale_arcsec())


def _solution(said: SolveOutcome, frame: FrameAtWork, *, wish: Wish, request: SolveRequest) -> FrameSolution:
    image_id = 0 if frame.image is None else frame.image.id or 0
    at = frame.tools.clock.now()
    found = said.found
    if found is None:
        return FrameSolution(image_id=image_id, solver=said.solver, solved=False, message=said.message, solved_at=at)
    wcs, stars = found.wcs, request.stars
    middle = wcs.at((stars.width_px - 1) / 2.0, (stars.height_px - 1) / 2.0)
    pointing = pointing_of(wcs, middle, wish=wish)
    likes = frame.preferences
    on_target = None
    if pointing.offset_arcsec is not None:
        on_target = is_on_target(
            pointing.offset_arcsec,
            field_arcsec=min(stars.width_px, stars.height_px) * wcs.scale_arcsec,
            tolerance_arcsec=likes.on_target_arcsec,
            share=likes.on_target_share,
        )
    return FrameSolution(
        image_id=image_id,
        solver=said.solver,
        solved=True,
        ra_deg=middle[0],
        dec_deg=middle[1],
        scale_arcsec=wcs.scale_arcsec,
        position_angle_deg=wcs.position_angle_deg,
        mirrored=wcs.mirrored,
        cd=[value for row in wcs.cd for value in row],
        stars=found.stars,
        residual_arcsec=found.residual_arcsec if math.isfinite(found.residual_arcsec) else None,
        on_target=on_target,
        solved_at=at,
        **asdict(pointing),
    )


def _store(solution: FrameSolution, frame: FrameAtWork) -> None:
    """Keep a solution in the store; one that found nothing takes no other's place."""
    store: Store | None = frame.tools.store
    if store is None or frame.image is None:
        return
    with store.write() as unit:
        before = unit.find(FrameSolution, image_id=frame.image.id)
        if unit.find(AcquiredImage, id=frame.image.id) is None:
            return
        if before is None:
            unit.add(solution)
        elif (solution.solved and _content(before) != _content(solution)) or not before.solved:
            unit.update(solution.model_copy(update={"id": before.id}))


def _content(solution: FrameSolution) -> dict[str, object]:
    return solution.model_dump(exclude={"id", "solved_at"})


def _unsolved(said: Sequence[SolveOutcome]) -> ModuleOutcome:
    words = "; ".join(f"{each.solver}: {each.message}" for each in said)
    states = {each.state for each in said}
    if SolveState.FAILED in states:
        return failed(words)
    if states == {SolveState.UNAVAILABLE}:
        return skipped(words)
    return completed(f"{NOT_SOLVED}{words}")


def _cards(said: SolveOutcome, solution: FrameSolution, *, frame: FrameAtWork) -> tuple[HeaderCard, ...]:
    if said.found is None:
        return ()
    told = {"solver_error": 0} | ({} if solution.offset_arcsec is None else {"offset": solution.offset_arcsec})
    return (*wcs_cards(said.found.wcs, solver=f"tsplug {said.solver}"), *cards_of(told, frame.preferences))


def _words(solution: FrameSolution) -> str:
    stars = f"{solution.stars} stars, " if solution.stars else ""
    told = f"solved by {solution.solver}: {stars}{solution.scale_arcsec:.3f} arcsec/px"
    if solution.offset_arcsec is None:
        return told
    return f"{told}, {solution.offset_arcsec:.0f} arcsec off, {'on' if solution.on_target else 'off'} target"


MODULE = PlateSolveModule()
