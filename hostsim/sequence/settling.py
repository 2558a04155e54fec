"""Has lights graded that waited for the end of an earlier night."""

from __future__ import annotations

from hostsim.sequence.delivery import grade
from hostsim.sequence.host import Host
from tsplug import GradePlan, StoreUnavailableError, TsplugError
from tsplug.instructions import SchedulerContainer


def settle_earlier_nights(container: SchedulerContainer, host: Host) -> None:
    """Have the plans of every camera graded whose lights waited; what goes wrong costs a warning, not the night.

    Raises:
        StoreUnavailableError: the store cannot be reached: it is not waited for here, once for each plan.
    """
    for each in host.cameras:
        try:
            waited = container.plans_that_waited(each.session)
        except StoreUnavailableError:
            raise
        except TsplugError as error:
            each.warn(f"lights of earlier nights stay ungraded for now: {error}")
            continue
        for guid in waited:
            grade(GradePlan(plan_guid=guid, trigger="night"), each, needs_store=True)
