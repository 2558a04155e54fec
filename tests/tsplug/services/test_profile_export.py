from __future__ import annotations

from pathlib import Path

from archives import bring, export, full_store

from tsplug.model import ExposurePlan, ExposureTemplate, Profile
from tsplug.testing import memory_store


def test_a_template_of_another_profile_comes_along(tmp_path: Path) -> None:
    """A plan that uses another profile's template is archived with a copy of it, so that the archive is whole."""
    full, file = full_store(), tmp_path / "rig.zip"
    with full.write() as unit:
        rig = unit.find(Profile, name="Refractor")
        assert rig is not None
        own = unit.list(ExposureTemplate, profile_id=rig.id)
        stranger = unit.add(Profile(name="Stranger"))
        values = {"id": None, "guid": "foreign", "profile_id": stranger.id, "name": "Foreign"}
        foreign = unit.add(own[0].model_copy(update=values))
        plan = unit.list(ExposurePlan, template_id=own[0].id)[0]
        unit.update(plan.model_copy(update={"template_id": foreign.id}))
    export(file, full)
    fresh = memory_store()
    bring(file, fresh)
    with fresh.read() as unit:
        (come,) = unit.list(ExposurePlan, guid=plan.guid)
        template = unit.get(ExposureTemplate, come.template_id)
        assert (template.name, template.guid != "foreign") == ("Foreign", True)
        assert unit.get(Profile, template.profile_id).name == "Refractor"
