from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from archives import NIGHT, bring, documents, export, full_store, holdings, manifest, rewrite
from hypothesis import HealthCheck, given, settings

from tsplug.errors import InputError
from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    FlatSet,
    FlatSetFile,
    GradingStatus,
    Profile,
    Project,
    ProjectState,
    Record,
    Site,
    StatusChange,
    Target,
    Thumbnail,
    TrainedFlat,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import FrameStatus, Store, Unit
from tsplug.services.doctor import examine
from tsplug.services.flats_records import frame_guid
from tsplug.testing import memory_store

QUIET = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
MOMENTS = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(lambda apart: NIGHT + apart)
IMAGES = st.fixed_dictionaries(
    {
        "file": st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        "started": MOMENTS,
        "exposure_s": st.floats(0, 1e6),
        "metrics": st.dictionaries(
            st.sampled_from(["hfr", "snr"]), st.floats(allow_nan=False, allow_infinity=False), max_size=2
        ),
        "status": st.sampled_from(GradingStatus),
    }
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    str.strip
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where an archive goes."""
    return tmp_path / "rig.zip"


def all_of(store: Store, kind: type[Record], **equals: Any) -> list[Any]:
    """Return all records of a kind."""
    with store.read() as unit:
        return unit.list(kind, **equals)


def counters(store: Store, profile: str = "Refractor") -> list[tuple[int, int]]:
    """Return acquired and accepted of a profile's plans."""
    with store.read() as unit:
        owner = unit.find(Profile, name=profile)
        projects = unit.list(Project, profile_id=owner.id if owner else None)
        targets = unit.list(Target, project_id=[each.id for each in projects])
        plans = unit.list(ExposurePlan, target_id=[each.id for each in targets])
    return [(plan.acquired, plan.accepted) for plan in plans]


def with_other_rig(store: Store, full: Store) -> Store:
    """Return a store to which the other rig was added, as an archive refers to it."""
    guid = next(each.guid for each in all_of(full, Profile) if each.name.startswith("Zweites"))
    with store.write() as unit:
        unit.add(Profile(guid=guid, name="Zweites Rohr 🔭"))
    return store


@pytest.fixture(scope="module")
def full() -> Store:
    """Return a store with something of every kind, which tests do not change."""
    return full_store()


class EveryFile:
    """Frames that are all on disk."""

    def status(self, file: Path) -> FrameStatus:
        """Say that it is there."""
        return FrameStatus(exists=True)

    def read(self, file: Path) -> Any:
        """Read none."""
        raise AssertionError(file)


def problems(store: Store) -> list[str]:
    """Return what the doctor finds, without ids."""
    found = examine(store, EveryFile()).problems
    return sorted(f"{each.invariant} {each.found} {each.expected}" for each in found)


def test_everything_comes_back(full: Store, file: Path) -> None:
    """A profile with something of every kind is the same in another store that knows the rig which contributes."""
    written = export(file, full)
    assert all(written.parts.values())
    other = with_other_rig(memory_store(), full)
    report = bring(file, other)
    assert holdings(other) == holdings(full)
    assert report.notes == ()
    assert {part.part: part.added for part in report.parts} == written.parts


def test_again_nothing_changes(full: Store, file: Path) -> None:
    """A second import changes nothing, neither where it came from nor where it went."""
    export(file, full)
    other = with_other_rig(memory_store(), full)
    bring(file, other)
    before = holdings(other)
    assert bring(file, other).changes == 0
    assert holdings(other) == before
    assert bring(file, full).changes == 0


def test_a_store_without_the_other_rig_takes_what_it_can(full: Store, file: Path) -> None:
    """Lights of a rig that is not here count all the same; its contribution is left out and said to be."""
    export(file, full)
    other = memory_store()
    report = bring(file, other)
    assert counters(other) == counters(full)
    guest = all_of(other, AcquiredImage, guid="guest")[0]
    assert (guest.profile_id, guest.status, guest.metrics) == (None, GradingStatus.ACCEPTED, {"hfr": 0.1 + 0.2})
    assert [note for note in report.notes if "contributions is left out" in note]


def test_thumbnails_can_stay(full: Store, file: Path) -> None:
    """Without thumbnails the archive has none, and bringing them later adds them to the images that are there."""
    other = memory_store()
    export(file, full, thumbnails=False)
    bring(file, other)
    assert all_of(other, Thumbnail) == []
    export(file, full)
    bring(file, other)
    assert len(all_of(other, Thumbnail)) == len(all_of(full, Thumbnail)) > 0


def test_the_catalogue_follows_the_archive(full: Store, file: Path) -> None:
    """What was edited here since goes back to what the archive says; what is new here stays."""
    export(file, full)
    other = memory_store()
    bring(file, other)
    with other.write() as unit:
        project = unit.list(Project)[0]
        unit.update(project.model_copy(update={"name": "Edited"}))
        unit.add(Target(project_id=project.id or 0, name="New", ra_hours=1, dec_deg=2))
    report = bring(file, other)
    assert report.changes == 1
    assert "Edited" not in [each.name for each in all_of(other, Project)]
    assert "New" in [each.name for each in all_of(other, Target)]


def test_grades_given_here_stay(full: Store, file: Path) -> None:
    """An image that is here keeps its status, and so do the counters."""
    export(file, full)
    other = memory_store()
    bring(file, other)
    with other.write() as unit:
        image = unit.list(AcquiredImage, status=GradingStatus.ACCEPTED)[0]
        change = StatusChange(
            image_id=image.id or 0,
            from_status=GradingStatus.ACCEPTED,
            to_status=GradingStatus.REJECTED,
            by="user",
            at=NIGHT,
        )
        unit.set_status(image, change)
    before = holdings(other)
    assert bring(file, other).changes == 0
    assert holdings(other) == before


def test_purged_images_come_back_without_counting_twice(full: Store, file: Path) -> None:
    """Images that were purged since are here again, and the plans count what they counted."""
    export(file, full)
    other = memory_store()
    bring(file, other)
    before = counters(other)
    with other.write() as unit:
        unit.delete_all(AcquiredImage, status=GradingStatus.ACCEPTED)
    assert counters(other) == before
    bring(file, other)
    assert counters(other) == before
    assert len(all_of(other, AcquiredImage)) == len(all_of(full, AcquiredImage))
    assert bring(file, other).changes == 0
    assert counters(other) == before


def test_images_of_two_stores_add_up(full: Store, file: Path, tmp_path: Path) -> None:
    """An archive with later images adds them and counts them, beside what was recorded here."""
    export(file, full)
    other = memory_store()
    bring(file, other)
    image = all_of(full, AcquiredImage, guid="guest")[0]
    source, later = memory_store(), tmp_path / "later.zip"
    bring(file, source)
    for store, guid in ((source, "there"), (other, "here")):
        with store.write() as unit:
            plan = unit.find(ExposurePlan, guid=all_of(full, ExposurePlan, id=image.plan_id)[0].guid)
            assert plan is not None
            own = unit.find(AcquiredImage, guid="guest")
            assert own is not None
            unit.add_image(own.model_copy(update={"id": None, "guid": guid, "started": NIGHT + timedelta(hours=1)}))
    export(later, source)
    bring(later, other)
    total = [acquired for acquired, _ in counters(full)]
    assert sum(acquired for acquired, _ in counters(other)) == sum(total) + 2


def test_a_copy_shares_nothing(full: Store, file: Path) -> None:
    """A copy has guids and a name of its own, the same counters and orders, and leaves the first as it was."""
    export(file, full)
    store = memory_store()
    bring(file, store)
    before = holdings(store)
    report = bring(file, store, as_copy=True)
    after = holdings(store)
    assert report.profile == "Refractor (1)"
    assert counters(store, "Refractor (1)") == counters(store, "Refractor")
    for kind in ("Profile", "Project", "Target", "ExposurePlan", "AcquiredImage", "FlatSet", "FlatSetFile", "Verdict"):
        assert len(after[kind]) == 2 * len(before[kind])
        assert [each for each in before[kind] if each not in after[kind]] == []
    assert len(after["Site"]) == len(after["CriteriaSet"]) == 1
    plans = {each.guid for each in all_of(store, ExposurePlan)}
    targets = [each for each in all_of(store, Target) if each.override_order]
    assert len({each.override_order[0].plan_guid for each in targets} & plans) == len(targets) == 2
    sets = {each.id: each.guid for each in all_of(store, FlatSet) if each.guid not in repr(before["FlatSet"])}
    copied = [each for each in all_of(store, FlatSetFile) if each.flat_set_id in sets]
    assert {each.guid for each in copied} == {frame_guid(sets[each.flat_set_id], each.number) for each in copied}


def test_a_dry_run_changes_nothing(full: Store, file: Path) -> None:
    """A dry run counts what would change and leaves the store empty."""
    export(file, full)
    store = memory_store()
    assert bring(file, store, dry_run=True).changes > 100
    assert not any(holdings(store).values())


def test_names_of_others_are_left_alone(full: Store, file: Path) -> None:
    """A profile, site or criteria set of another guid keeps its name; the newcomer gets another one."""
    export(file, full)
    store = memory_store()
    with store.write() as unit:
        unit.add(Profile(name="Refractor"))
        unit.add(Site(name="Sternwarte", latitude_deg=0, longitude_deg=1))
        unit.add(CriteriaSet(name="Meine"))
    report = bring(file, store)
    for kind, name in ((Profile, "Refractor (1)"), (Site, "Sternwarte (1)"), (CriteriaSet, "Meine (1)")):
        assert name in [each.name for each in all_of(store, kind)]
    assert len([note for note in report.notes if "there is another" in note]) == 3


def test_the_doctor_finds_nothing_new(full: Store, file: Path) -> None:
    """Every invariant of the books holds after an import; only files that never were are missing."""
    export(file, full)
    store = with_other_rig(memory_store(), full)
    bring(file, store)
    assert problems(store) == problems(full)


def test_what_belongs_to_another_is_not_taken(full: Store, file: Path) -> None:
    """A project that stands under another profile here is not taken away from it; a copy can be made."""
    export(file, full)
    store = memory_store()
    with store.write() as unit:
        owner = unit.add(Profile(name="Owner"))
        guid = all_of(full, Project)[0].guid
        unit.add(Project(guid=guid, profile_id=owner.id or 0, name="Mine", created_at=NIGHT))
    before = holdings(store)
    with pytest.raises(InputError, match="'Mine' belongs to profile 'Owner' here; import it with --as-copy"):
        bring(file, store)
    assert holdings(store) == before
    assert bring(file, store, as_copy=True).changes > 100


def _without_refs(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "refs": {}} for line in lines]


def _twice(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*lines[:-1], lines[0]]


def _with(**values: Any) -> Any:
    return lambda lines: [{**lines[0], "record": {**lines[0]["record"], **values}}, *lines[1:]]


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("targets", _with(ra_hours=25), "targets line 1: ra_hours"),
        ("targets", _with(dec_deg=91), "targets line 1: dec_deg"),
        ("targets", _with(surprise=1), "targets line 1: surprise"),
        ("targets", _with(id=7), "ids do not travel"),
        ("targets", _without_refs, "project_id refers to None, which is not in the archive"),
        ("targets", _twice, "it is there twice"),
        ("targets", lambda lines: [{**each, "record": []} for each in lines], "form of a document"),
        ("targets", lambda lines: [{**each, "refs": {"project_id": [1]}} for each in lines], "is no guid"),
        ("targets", lambda lines: [{**each, "refs": {"other_id": "x"}} for each in lines], "refs are not known"),
        ("plans", lambda lines: [{**each, "children": {"spies": []}} for each in lines], "spies"),
        (
            "plans",
            lambda lines: [{**each, "children": {"adjustments": [{"delta": "x"}]}} for each in lines],
            "plans line 1",
        ),
        ("images", lambda lines: [{**each, "children": {"thumbnails": [{"data": "?"}]}} for each in lines], "data"),
        ("verdicts", lambda lines: [{**each, "record": {"guid": "none"}} for each in lines], "not in the archive"),
    ],
)
def test_contradictions_are_refused(full: Store, file: Path, part: str, change: Any, words: str) -> None:
    """A record that cannot be is told with its part and line, and nothing at all is stored."""
    export(file, full)
    rewrite(file, {f"{part}.jsonl": change(documents(file, part))})
    store = memory_store()
    with pytest.raises(InputError, match=words) as caught:
        bring(file, store)
    assert "nothing was changed" in str(caught.value)
    assert not any(holdings(store).values())


def test_an_archive_without_a_profile_is_refused(full: Store, file: Path) -> None:
    """Parts without their profile are not an archive of one."""
    export(file, full)
    empty = {f"{part}.jsonl": [] for part in manifest(file)["counts"]}
    rewrite(file, {**empty, "manifest.json": manifest(file) | {"counts": {}}})
    with pytest.raises(InputError, match="holds no profile"):
        bring(file, memory_store())


@QUIET
@given(data=st.data())
def test_any_catalogue_comes_back(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever a catalogue holds, its export brings back into an empty store."""
    store, file = memory_store(), tmp_path / "any.zip"
    _fill(store, data)
    export(file, store, profile="Rig")
    other = memory_store()
    bring(file, other)
    assert holdings(other) == holdings(store)
    assert bring(file, other).changes == 0


def _fill(store: Store, data: st.DataObject) -> None:
    """Store a generated catalogue of one rig with its images."""
    with store.write() as unit:
        profile = unit.add(Profile(name="Rig", observer=data.draw(NAMES), astrobin_filters={data.draw(NAMES): 1}))
        template = unit.add(ExposureTemplate(profile_id=profile.id or 0, name=data.draw(NAMES), filter_name="L"))
        for gain in data.draw(st.sets(st.integers(0, 500), max_size=3)):
            exposure_s, filter_name = data.draw(st.floats(0.001, 100)), data.draw(NAMES)
            spec = {"filter_name": filter_name, "gain": gain, "brightness": gain, "exposure_s": exposure_s}
            unit.add(TrainedFlat(profile_id=profile.id or 0, trained_at=NIGHT, **spec))
        for name in data.draw(st.lists(NAMES, max_size=3)):
            state, created_at = data.draw(st.sampled_from(ProjectState)), data.draw(MOMENTS)
            project = unit.add(Project(profile_id=profile.id or 0, name=name, state=state, created_at=created_at))
            _fill_project(unit, data, project=project, template=template)


def _fill_project(unit: Unit, data: st.DataObject, *, project: Project, template: ExposureTemplate) -> None:
    ra_hours, dec_deg = data.draw(st.floats(0, 24, exclude_max=True)), data.draw(st.floats(-90, 90))
    place = {"name": data.draw(NAMES), "ra_hours": ra_hours, "dec_deg": dec_deg}
    target = unit.add(Target(project_id=project.id or 0, **place))
    plan = unit.add(ExposurePlan(target_id=target.id or 0, template_id=template.id or 0, desired=5))
    for image in data.draw(st.lists(IMAGES, max_size=4)):
        names = {"profile_name": "Rig", "project_name": project.name, "target_name": target.name}
        refs = {"profile_id": project.profile_id, "project_id": project.id, "target_id": target.id, "plan_id": plan.id}
        stored = unit.add_image(AcquiredImage(filter_name="L", acquired=NIGHT, **names, **refs, **image))
        picture = data.draw(st.binary(max_size=50))
        unit.add(Thumbnail(image_id=stored.id or 0, width_px=1, height_px=1, data=picture))
        judged = {"grader": "g", "version": "1", "status": VerdictStatus.ABSTAIN, "judged_at": NIGHT}
        unit.add(Verdict(image_id=stored.id or 0, inputs={"population": {"ids": [stored.id]}}, **judged))
    unit.add(CountAdjustment(plan_id=plan.id or 0, counter=Counter.ACQUIRED, delta=2, why="edited", at=NIGHT))
    unit.recount(plan.id or 0)
