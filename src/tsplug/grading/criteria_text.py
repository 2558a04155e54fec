"""The criteria grader's verdicts with their inputs as JSON text, for frames that have a score: most do."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import to_json

from tsplug.grading.criteria import Criteria, FrameScores, RowScores
from tsplug.grading.criteria_baseline import Baselines
from tsplug.grading.told import number_text, quoted
from tsplug.model import Band


class _Row:
    """One row of criteria and what it gives each frame: numbers of all frames are written at once."""

    def __init__(self, scores: RowScores, samples: Sequence[int] | None) -> None:
        row = scores.row
        self.metric, self.quoted = row.metric, quoted(row.metric)
        self.values, self.scores = scores.values.tolist(), scores.scores.tolist()
        by_threshold, by_deviation = scores.by_threshold.tolist(), scores.by_deviation.tolist()
        pairs = zip(by_deviation, by_threshold, strict=True)
        self._told = list(
            zip(
                _texts(self.values),
                _texts(scores.baselines.tolist()),
                _texts(by_threshold),
                _texts(by_deviation),
                _texts(self.scores),
                _texts(scores.contribution.tolist()),
                # Without a baseline there is no deviation, and what is no number is less than none.
                ["deviation" if own < other else "threshold" for own, other in pairs],
                [0] * len(self.values) if samples is None else samples,
                strict=True,
            )
        )
        same = f'"weight":{number_text(row.weight)},"good":{number_text(row.good)},"bad":{number_text(row.bad)}'
        self._template = (
            f'{{"metric":{self.quoted.replace("%", "%%")},"value":%s,{same},"baseline":%s,"threshold_score":%s,'
            '"deviation_score":%s,"score":%s,"contribution":%s,"decided_by":"%s","samples":%d}'
        )

    def text(self, place: int) -> str:
        """Return what a frame's card tells of the row."""
        return self._template % self._told[place]


def _texts(values: Sequence[float]) -> list[str]:
    """Return numbers as JSON has them, null for what is none."""
    return to_json(values).decode()[1:-1].replace("NaN", "null").split(",")


class CriteriaTexts:
    """Writes what explains the scores of frames; what all frames have in common is written once.

    Args:
        criteria: by which they were scored.
        scores: the scores of the frames.
        baselines: what these were held against.
    """

    def __init__(self, criteria: Criteria, scores: FrameScores, *, baselines: Baselines) -> None:
        whole = criteria.set
        thresholds = ",".join([f'"{band}":{least}' for band, least in criteria.thresholds.items()])
        self._head = f'{{"set":{quoted(whole.name)},"set_guid":{quoted(whole.guid)},"minimum_grade":"'
        self._thresholds = f'","thresholds":{{{thresholds}}},"unrounded":'
        self._unrounded, self._coverage = _texts(scores.unrounded.tolist()), _texts(scores.coverage.tolist())
        samples = {metric: counts.tolist() for metric, counts in baselines.samples.items()}
        self._rows = [_Row(each, samples.get(each.row.metric)) for each in scores.rows]

    def text(self, place: int, *, score: int, minimum: Band, would_pass: str = "{}") -> str:
        """Return the inputs of a frame that has a score and that no gate fails.

        ``would_pass`` has what would have lifted its band to the one asked for, as JSON text.
        """
        told: list[str] = []
        missing: list[str] = []
        worst: tuple[float, str, float] | None = None
        for row in self._rows:
            points = row.scores[place]
            if points != points:
                missing.append(row.quoted)
                continue
            told.append(row.text(place))
            if worst is None or (points, row.metric) < worst[:2]:
                worst = points, row.metric, row.values[place]
        least, metric, value = worst or (0.0, "", 0.0)
        detail = f"score {score}, worst is {metric} {value:.4g} with {least:.0f} of 100"
        return (
            f"{self._head}{minimum}{self._thresholds}{self._unrounded[place]},"
            f'"coverage":{self._coverage[place]},"rows":[{",".join(told)}],'
            f'"missing":[{",".join(missing)}],"gated":[],"detail":{quoted(detail)},"would_pass":{would_pass}}}'
        )
