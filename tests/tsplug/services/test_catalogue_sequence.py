from __future__ import annotations

import contextlib
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tsplug.errors import InputError
from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, Project, Record, Target
from tsplug.services.catalogue_add import add_record
from tsplug.services.catalogue_copy import copy_record
from tsplug.services.catalogue_delete import delete_record, preview_deletion
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.catalogue_reset import reset_completion
from tsplug.services.doctor import examine
from tsplug.testing import ManualClock, PresentFiles, stocked_store, store_light

KINDS = {"project": Project, "target": Target, "plan": ExposurePlan}
NAMES = st.sampled_from(["A", "B", "M 42", "Größe"])
PLACE = st.integers(0, 30)


class Catalogue(RuleBasedStateMachine):
    """Any user at work: whatever is done in whatever order, the store stays whole."""

    @initialize()
    def begin(self) -> None:
        """Start with the small catalogue and a second rig."""
        self.clock = ManualClock()
        self.store = stocked_store(self.clock)
        add_record(Request("profile", "Newton"), self.store, clock=self.clock)
        add_record(Request("project", "Far", ["profile=Newton"]), self.store, clock=self.clock)

    def some(self, kind: str, place: int) -> str:
        """Return the id of one of the stored records, or of none."""
        with self.store.read() as unit:
            ids = [record.id for record in unit.list(KINDS[kind])]
        return str(ids[place % len(ids)]) if ids else "999"

    def count(self, kind: type[Record]) -> int:
        """Return how many records of a kind there are."""
        with self.store.read() as unit:
            return unit.count(kind)

    @rule(accepted=st.booleans())
    def record(self, accepted: bool) -> None:
        """Record a light of a target that still has its name and plan."""
        self.clock.sleep(60)
        status = GradingStatus.ACCEPTED if accepted else GradingStatus.PENDING
        started = self.clock.now() - timedelta(seconds=60)
        with contextlib.suppress(InputError):
            store_light(self.store, "M 42", filter_name="L", started=started, status=status)

    @rule(kind=st.sampled_from([*KINDS]), place=PLACE, name=NAMES, number=st.integers(0, 9))
    def edit(self, kind: str, place: int, name: str, number: int) -> None:
        """Edit counters or names."""
        fields = [f"desired={number}", f"accepted={number}"] if kind == "plan" else [f"name={name}"]
        with contextlib.suppress(InputError):
            edit_record(Request(kind, self.some(kind, place), fields), self.store, clock=self.clock)

    @rule(place=PLACE, project=PLACE)
    def move(self, place: int, project: int) -> None:
        """Move a target to another project, maybe of another profile."""
        fields = [f"project={self.some('project', project)}"]
        with contextlib.suppress(InputError):
            edit_record(Request("target", self.some("target", place), fields), self.store, clock=self.clock)

    @rule(plan=PLACE, place=PLACE)
    def move_plan(self, plan: int, place: int) -> None:
        """Move a plan to another target."""
        fields = [f"target={self.some('target', place)}"]
        with contextlib.suppress(InputError):
            edit_record(Request("plan", self.some("plan", plan), fields), self.store, clock=self.clock)

    @rule(kind=st.sampled_from([*KINDS]), place=PLACE)
    def copy(self, kind: str, place: int) -> None:
        """Copy anything."""
        with contextlib.suppress(InputError):
            copy_record(Request(kind, self.some(kind, place)), self.store, clock=self.clock)

    @rule(kind=st.sampled_from([*KINDS]), place=PLACE)
    def reset(self, kind: str, place: int) -> None:
        """Reset the completion of anything."""
        with contextlib.suppress(InputError):
            reset_completion(Request(kind, self.some(kind, place)), self.store, clock=self.clock)

    @rule(kind=st.sampled_from([*KINDS]), place=PLACE)
    def delete(self, kind: str, place: int) -> None:
        """Delete anything: what the preview counted is what is missing afterwards."""
        request = Request(kind, self.some(kind, place))
        words = {"images": AcquiredImage, "plans": ExposurePlan, "targets": Target, "projects": Project}
        with contextlib.suppress(InputError):
            preview = preview_deletion(request, self.store)
            before = {word: self.count(each) for word, each in words.items()}
            assert delete_record(request, self.store) == preview.model_copy(update={"deleted": True})
            gone = {word: before[word] - self.count(each) for word, each in words.items()}
            assert gone == {word: preview.goes.get(word, 0) for word in words}

    @invariant()
    def is_whole(self) -> None:
        """Counters equal rows plus adjustments, references lead somewhere, images know where they belong."""
        found = examine(self.store, PresentFiles()).problems
        assert [each for each in found if "equals" in each.invariant or "references" in each.invariant] == []
        with self.store.read() as unit:
            places = {target.id: (target.project_id, target.name) for target in unit.list(Target)}
            for image in unit.list(AcquiredImage):
                assert image.target_id not in places or places[image.target_id] == (
                    image.project_id,
                    image.target_name,
                )


TestCatalogue = Catalogue.TestCase
TestCatalogue.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
