"""What the Scheduler Container tells other plugins of its night."""

from __future__ import annotations

from hostsim.sequence.host import Host
from hostsim.sequence.state import Aim, Waiting
from tsplug import (
    Cancelled,
    ContainerStarted,
    ContainerStopped,
    Expose,
    TakeExposure,
    TargetCompleted,
    TargetStarted,
    WaitEnded,
    WaitStarted,
)


def tell_begun(host: Host) -> None:
    """Tell that a container begins, or goes on."""
    host.tell(ContainerStarted(profile_guid=host.profile.guid, at=host.clock.now()))


def tell_ended(host: Host, *, reason: str, error: BaseException | None = None) -> None:
    """Tell that a container has ended, and why."""
    failed = error is not None and not isinstance(error, Cancelled)
    said = reason if error is None else str(error) or type(error).__name__
    host.tell(ContainerStopped(profile_guid=host.profile.guid, at=host.clock.now(), reason=said, failed=failed))


def tell_waiting(waiting: Waiting, host: Host) -> None:
    """Tell that a wait begins."""
    host.tell(WaitStarted(profile_guid=host.profile.guid, at=host.clock.now(), **waiting.model_dump()))


def tell_waited(host: Host) -> None:
    """Tell that a wait is over."""
    host.tell(WaitEnded(profile_guid=host.profile.guid, at=host.clock.now()))


def tell_exposure(decision: TakeExposure, host: Host, *, new: bool) -> None:
    """Tell which exposure has been decided."""
    expose = next(step for step in decision.steps if isinstance(step, Expose))
    same = ("profile_guid", "project_name", "target_guid", "target_name", "ra_hours", "dec_deg", "rotation_deg")
    host.tell(
        TargetStarted(
            at=host.clock.now(),
            new=new,
            **decision.model_dump(include={*same, "filter_name", "until"}),
            **expose.model_dump(include={"exposure_s", "gain", "offset", "binning"}),
        )
    )


def tell_complete(target: Aim, host: Host) -> None:
    """Tell that a target is complete."""
    place = target.model_dump(include={"project_name", "ra_hours", "dec_deg", "rotation_deg"})
    moment = host.clock.now()
    host.tell(
        TargetCompleted(
            profile_guid=host.profile.guid, at=moment, target_guid=target.guid, target_name=target.name, **place
        )
    )
