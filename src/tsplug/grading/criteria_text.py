"""The criteria grader's verdicts with their inputs as JSON text, for frames whose band counts: most do."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.grading.criteria import Criteria, FrameScores, RowScores
from tsplug.grading.criteria_baseline import Baselines
from tsplug.grading.told import number_text, quoted
from tsplug.model import Band


class _Row:
    """One row of criteria and what it gives each frame, in lists."""

    def __init__(self, scores: RowScores, samples: Sequence[float] | None) -> None:
        row = scores.row
        self.metric, self.quoted = row.metric, quoted(row.metric)
        self.values, self.scores = scores.values.tolist(), scores.scores.tolist()
        self._by_threshold, self._by_deviation = scores.by_threshold.tolist(), scores.by_deviation.tolist()
        self._baselines, self._contribution = scores.baselines.tolist(), scores.contribution.tolist()
        self._samples = samples
        same = f'"weight":{number_text(row.weight)},"good":{number_text(row.good)},"bad":{number_text(row.bad)}'
        self._template = (
            f'{{"metric":{self.quoted.replace("%", "%%")},"value":%s,{same},"baseline":%s,"threshold_score":%s,'
            '"deviation_score":%s,"score":%s,"contribution":%s,"decided_by":"%s","samples":%d}'
        )

    def text(self, place: int) -> str:
        """Return what a frame's card tells of the row."""
        threshold, deviation = self._by_threshold[place], _number(self._by_deviation[place])
        return self._template % (
            number_text(self.values[place]),
            number_text(_number(self._baselines[place])),
            number_text(threshold),
            number_text(deviation),
            number_text(self.scores[place]),
            number_text(self._contribution[place]),
            "deviation" if deviation is not None and deviation < threshold else "threshold",
            0 if self._samples is None else self._samples[place],
        )


def _number(value: float) -> float | None:
    return None if value != value else value


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
        self._unrounded, self._coverage = scores.unrounded.tolist(), scores.coverage.tolist()
        samples = {metric: counts.tolist() for metric, counts in baselines.samples.items()}
        self._rows = [_Row(each, samples.get(each.row.metric)) for each in scores.rows]

    def text(self, place: int, *, score: int, minimum: Band) -> str:
        """Return the inputs of a frame that no gate fails, and whose band is at least the one asked for."""
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
            f"{self._head}{minimum.value}{self._thresholds}{number_text(self._unrounded[place])},"
            f'"coverage":{number_text(self._coverage[place])},"rows":[{",".join(told)}],'
            f'"missing":[{",".join(missing)}],"gated":[],"detail":{quoted(detail)},"would_pass":{{}}}}'
        )
