"""Users cancel and repeat jobs, all that they name or none."""

from __future__ import annotations

import pytest

from tsplug.errors import InputError, NotFoundError
from tsplug.model import Job, JobState, JobStep, ModuleState
from tsplug.ports import JobQuery, Store
from tsplug.services.jobs.listing import count_jobs, count_open, job_details, list_jobs
from tsplug.services.jobs.orders import cancel_jobs, failed_jobs, retry_jobs, waiting_jobs
from tsplug.services.jobs.watching import watch_jobs
from tsplug.testing import ManualClock, memory_store

pytestmark = pytest.mark.both_databases

CLOCK = ManualClock()
NOW = CLOCK.now()
MORE_THAN_A_DATABASE_TAKES = 70_000
# Of values in one statement: SQLite takes 32 766, PostgreSQL 65 535.


@pytest.fixture
def store() -> Store:
    """Give a store with a job of each state, numbered in the order of the states, all submitted by ann."""
    store = memory_store(CLOCK)
    with store.write() as unit:
        for state in JobState:
            runs = {"owner": "w", "leased_until": NOW} if state is JobState.RUNNING else {}
            unit.add(Job(file=f"/{state}.fits", state=state, submitted_by="ann", created_at=NOW, attempts=5, **runs))
        unit.add(JobStep(job_id=4, module="solve", state=ModuleState.FAILED, message="no stars"))
    return store


def states(store: Store) -> list[str]:
    """Return the states of all jobs, oldest first."""
    return [row["state"] for row in list_jobs(store, JobQuery())[::-1]]


def test_a_waiting_job_is_cancelled_and_a_running_one_is_asked(store: Store) -> None:
    """Cancelling ends what waits, and marks what runs for its worker."""
    cancel_jobs(store, [1, 2], user="ann", administrators=(), at=NOW)
    assert states(store)[:2] == ["cancelled", "running"]
    assert job_details(store, 2)["cancel_wanted"] is True


@pytest.mark.parametrize(
    ("ids", "user", "words"),
    [
        ([1], "ben", "job 1 is ann's: only they and administrators"),
        ([1, 99], "ann", "no job 99"),
    ],
)
def test_what_may_not_be_cancelled_is_told(store: Store, ids: list[int], user: str, words: str) -> None:
    """Of jobs of others, or that are not there, none is cancelled, nor those named with them."""
    with pytest.raises(InputError, match=words):
        cancel_jobs(store, ids, user=user, administrators=["root"], at=NOW)
    assert states(store)[0] == "pending"


def test_what_has_ended_meanwhile_keeps_no_other_waiting(store: Store) -> None:
    """A job that ended before it could be cancelled is told apart, and the rest is cancelled all the same."""
    done = cancel_jobs(store, [3, 1], user="ann", administrators=(), at=NOW)
    assert ([job.id for job in done.jobs], [job.id for job in done.ended]) == ([1], [3])
    assert states(store)[0] == "cancelled"


def test_all_that_waits_is_what_one_may_cancel(store: Store) -> None:
    """Waiting jobs of others are no business of a user, unless an administrator's."""
    assert waiting_jobs(store, user="ann", administrators=()) == [1]
    assert waiting_jobs(store, user="ben", administrators=()) == []
    assert waiting_jobs(store, user="ben", administrators=["ben"]) == [1]


def test_an_administrator_cancels_anything(store: Store) -> None:
    """Who is named an administrator may cancel jobs of others."""
    cancel_jobs(store, [1], user="root", administrators=["root"], at=NOW)
    assert states(store)[0] == "cancelled"


def test_what_has_ended_can_be_repeated(store: Store) -> None:
    """Jobs that ended wait again, ahead of new ones and with all their attempts; what modules did is forgotten."""
    retry_jobs(store, [3, 4, 5], priority=None, at=NOW)
    assert states(store) == ["pending", "running", "pending", "pending", "pending"]
    row = job_details(store, 4)
    assert (row["priority"], row["attempts"], row["modules"]) == (10, 0, [])
    with pytest.raises(InputError, match="job 2 has not ended yet"):
        retry_jobs(store, [2], priority=None, at=NOW)


def test_only_the_last_word_on_a_frame_counts_as_failed(store: Store) -> None:
    """A failed job is to be repeated unless a later one is about the same frame."""
    assert failed_jobs(store) == [4]
    with store.write() as unit:
        unit.add(Job(file="/failed.fits", created_at=NOW))
    assert failed_jobs(store) == []


def test_jobs_are_counted(store: Store) -> None:
    """There is a number for every state, and of some jobs how many are still open."""
    assert count_jobs(store) == dict.fromkeys(map(str, JobState), 1)
    assert (count_open(store, [1, 2, 3]), count_open(store, [])) == (2, 0)


def test_a_job_that_is_not_there_is_told(store: Store) -> None:
    """Showing or watching what is not there is an error that names it."""
    with pytest.raises(NotFoundError, match="no job 99"):
        job_details(store, 99)
    with pytest.raises(NotFoundError, match="no job 99"):
        list(watch_jobs(store, CLOCK, ids=(1, 99)))
    with pytest.raises(NotFoundError, match="no job 6 "):
        list(watch_jobs(store, CLOCK, ids=tuple(range(1, MORE_THAN_A_DATABASE_TAKES))))


class EndingClock(ManualClock):
    """A clock during whose every sleep one more open job ends."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def sleep(self, seconds: float) -> None:
        """End a job."""
        super().sleep(seconds)
        with self._store.write() as unit:
            job = unit.jobs(JobQuery(states=(JobState.PENDING, JobState.RUNNING), limit=1))[0]
            unit.update(job.model_copy(update={"state": JobState.COMPLETED, "owner": "", "leased_until": None}))


def test_watching_tells_of_changes_until_all_have_ended(store: Store) -> None:
    """Each job is told of once as it is, then at each change, until none of them is open."""
    told = [(row["id"], row["state"]) for row in watch_jobs(store, EndingClock(store))]
    assert told == [(1, "pending"), (2, "running"), (2, "completed"), (1, "completed")]
    assert [row["id"] for row in watch_jobs(store, EndingClock(store))] == []
    assert [row["id"] for row in watch_jobs(store, EndingClock(store), ids=(4,))] == [4]
