"""Sets of criteria that contradict themselves are refused, by row and field."""

from __future__ import annotations

import pytest

from tsplug.errors import InputError
from tsplug.services.criteria_documents import criteria_of, default_document, document_of, edited


def refused(*assignments: str) -> list[str]:
    """Return the lines with which the default set is refused after changes."""
    document = edited(document_of(criteria_of(default_document("s"))), assignments)
    try:
        criteria_of(document)
    except InputError as error:
        return str(error).split(";\n")
    return []


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (["hfr.good=9"], "hfr.good: must lie below bad (5), not 9, because lower is better"),
        (["star_count.trend=lower"], "star_count.good: must lie below bad (20), not 250"),
        (["threshold_a=80"], "threshold_a: must be above threshold_b (80), not 80"),
        (["threshold_d=75"], "threshold_c: must be above threshold_d (75), not 70"),
        (["temperature.deviation=yes", "temperature.weight=1"], "temperature.deviation: must be no: a percentage of C"),
        (["dew_point.deviation=yes", "dew_point.weight=1"], "dew_point.deviation: must be no"),
        (["hfr.gate=1"], "hfr.gate: must not lie below good (1.8), not 1"),
        (["star_count.gate=300"], "star_count.gate: must not lie above good (250), not 300"),
        (["wind_speed.good=-1"], "wind_speed.good: must not be negative"),
        (["hfr.bad=.inf"], "hfr.bad: must be a number, not inf"),
        (["threshold_d=1", "hfr.gate=8"], "threshold_d: must be at least 2 where a row has a gate"),
        (["stars.weight=1"], "stars: is no metric; there are: adu_"),
        (["hfrr.weight=1"], "hfrr: is no metric; did you mean hfr?"),
        (["hfr_stdev.weight=1"], "hfr_stdev.good: is missing"),
        (["hfr.weigth=1"], "hfr.weigth: unknown; did you mean hfr.weight?"),
        (["threshold_e=1"], "threshold_e: unknown; did you mean threshold_"),
        (["hfr.weight=-1"], "hfr.weight: must be within 0 to 100, not -1"),
        (["hfr.allowed_percent=0"], "hfr.allowed_percent: must be within 0.1 to 1000, not 0"),
        (["minimum_coverage=50"], "minimum_coverage: must be within 0 to 1, not 50"),
        (["hfr.good=soft"], "hfr.good: must be a number"),
        (["name="], "name: must not be empty"),
    ],
)
def test_a_contradiction_is_named_by_row_and_field(assignments: list[str], message: str) -> None:
    """Each is one line that says where and what."""
    lines = refused(*assignments)
    assert [line for line in lines if line.startswith(message)], lines


def test_everything_wrong_is_told_at_once() -> None:
    """One line for each contradiction, whichever rows they stand in."""
    assert len(refused("hfr.good=9", "altitude.gate=90", "threshold_a=1")) == 3


def test_a_set_in_which_nothing_weighs_is_refused() -> None:
    """Weights of zero, or rows that are off, leave no score."""
    weightless = [f"{metric}.weight=0" for metric in default_document("s")["rows"]]
    off = [f"{metric}.enabled=no" for metric in default_document("s")["rows"]]
    only = "rows: must have at least one that is enabled and has a weight above 0, like hfr.weight=0.3"
    assert (refused(*weightless), refused(*off)) == ([only], [only])


@pytest.mark.parametrize("fine", ["hfr.bad=1.8", "temperature.weight=1", "hfr.gate=1.8", "altitude.bad=-5"])
def test_what_makes_sense_is_taken(fine: str) -> None:
    """Equal limits, a gate at good, and negative limits where the metric has them."""
    assert refused(fine) == []


def test_a_metric_has_one_row() -> None:
    """Of two rows in a list none is silently taken, whatever is changed of the set."""
    rows = [{"metric": "hfr", "good": 5, "bad": 1.8}, {"metric": "hfr"}, {"metric": "snr"}]
    with pytest.raises(InputError, match=r"^hfr: has more than one row; one is enough$"):
        edited({"name": "s", "rows": rows}, ["threshold_a=95"])
