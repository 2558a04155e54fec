"""What the record says of the frame, in its header."""

from __future__ import annotations

from tsplug.imaging.keywords import cards_of, keyword_of
from tsplug.model import AcquiredImage, CardValue, FramePlace, GradingStatus, HeaderEdit, Profile
from tsplug.ports import FrameAtWork, ModuleOutcome, skipped
from tsplug.services.pipeline.header_cards import write_cards

_GRADE = ("grade", "grade_score", "grade_reason")


class HeaderUpdateModule:
    """Writes observer, project, target, plan, session and identifier, and the grade once there is one."""

    name = "header_update"
    title = "Write observer, project, target, plan, session, identifier and grade into the header."
    needs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Write; a frame without a record has nothing to be said of it."""
        if frame.image is None:
            return skipped(_unknown(frame))
        values = {**_said(frame.image, frame.profile), **_grade(frame.image)}
        preferences = frame.preferences
        gone = {keyword_of(name, preferences) for name in _GRADE if name not in values} - {""}
        edit = HeaderEdit(tuple(cards_of(values, preferences)), frozenset(gone))
        return write_cards(frame, edit, said=_elsewhere(frame.image, frame.place))


def _unknown(frame: FrameAtWork) -> str:
    if frame.not_of is None:
        return "no record of the frame: there is nothing to say of it"
    has = f"it has the name or the identifier of image {frame.not_of.id}, and is another frame"
    return f"no record of the frame: {has}; there is nothing to say of it"


def _elsewhere(image: AcquiredImage, place: FramePlace) -> str:
    """Return where a frame is on record, if that is not where this one of the same frame lies."""
    return "" if image.file == str(place.absolute()) else f"on record as image {image.id} at {image.file}"


def _said(image: AcquiredImage, profile: Profile | None) -> dict[str, CardValue]:
    told: dict[str, CardValue] = {
        "observer": "" if profile is None else profile.observer,
        "project": image.project_name,
        "target": image.target_name,
        "plan": image.template_name,
        # As a file's name has it.
        "session": f"{image.session_id:04d}" if image.session_id else "",
        "identifier": image.guid,
    }
    return {name: value for name, value in told.items() if value}


def _grade(image: AcquiredImage) -> dict[str, CardValue]:
    """Return the band where there is one, else the status; nothing while the frame is not graded."""
    if image.status is GradingStatus.PENDING:
        return {}
    told: dict[str, CardValue] = {"grade": str(image.band or image.status)}
    if image.score is not None:
        told["grade_score"] = image.score
    if image.reject_reason:
        told["grade_reason"] = image.reject_reason
    return told


MODULE = HeaderUpdateModule()
