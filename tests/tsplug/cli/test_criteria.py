"""``tsplug criteria``: sets kept and tried on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]
SKY = ("--metric", "hfr=2.6", "--metric", "star_count=180", "--metric", "guiding_rms=0.8", "--metric", "altitude=55")
WEATHER = ("--metric", "sky_quality=19.8", "--metric", "wind_speed=3", "--metric", "cloud_cover=20")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with a recorded night, made once."""
    folder = tmp_path_factory.mktemp("night")
    clock = ManualClock(START)
    store = open_store(str(folder / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=folder / "lights")
    store.close()
    return folder / "store.sqlite"


@pytest.fixture
def db(night: Path, tmp_path: Path) -> Path:
    """Return the file of a store of the test's own."""
    return Path(shutil.copy(night, tmp_path / "store.sqlite"))


@pytest.fixture
def run(db: Path) -> Run:
    """Return what runs a command on the store."""

    def runs(*arguments: str, columns: int = 100) -> Result:
        environment = {"TSPLUG_DB": str(db), "COLUMNS": str(columns), "NO_COLOR": "1"}
        return CliRunner().invoke(application(arguments), list(arguments), env=environment)

    return runs


def document(result: Result) -> Any:
    """Return the one JSON document on standard output."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_golden_frame_is_printed(run: Run) -> None:
    """The score of the golden frame with its rows and contributions, and what would reach B."""
    shown = run("criteria", "score", *SKY, *WEATHER).stdout
    assert "score 75 (75.22615), band C, coverage 1.0000" in shown
    for number in ("75.0000", "69.5652", "85.0000", "70.0000", "80.0000", "76.9231", "B at", "2.14"):
        assert number in shown
    assert "score 75 (75.01918), band C, coverage 0.8095" in run("criteria", "score", *SKY).stdout


def test_scores_as_json_have_the_promised_shape(run: Run) -> None:
    """Score, band, coverage, rows whose contributions sum up, what is missing."""
    row = document(run("criteria", "score", "--json", *SKY))
    assert {"score", "band", "coverage", "rows", "missing"} <= row.keys()
    assert (row["score"], row["band"], row["missing"]) == (75, "C", ["sky_quality", "wind_speed", "cloud_cover"])
    assert {"metric", "value", "weight", "threshold_score", "deviation_score", "score", "contribution"} <= row["rows"][
        0
    ].keys()
    assert sum(each["contribution"] for each in row["rows"]) == pytest.approx(row["unrounded"])
    assert (row["next_band"]["band"], row["next_band"]["values"]["altitude"]) == ("B", None)


@pytest.mark.parametrize(("hfr", "score"), [("2.5", 75.0), ("2.6", 50.0), ("2.8", 0.0)])
def test_golden_deviations_are_printed_as_they_are(tmp_path: Path, hfr: str, score: float) -> None:
    """Against 2.0 px with 20 % allowed (spec/peers f); not as 49.999999999999986, which binary fractions make of 50."""
    file = tmp_path / "draft.yaml"
    file.write_text("rows:\n  hfr: {weight: 1, deviation: yes}\n")
    arguments = ["criteria", "score", "--json", "--set", str(file), "--baseline", "hfr=2.0", "--metric", f"hfr={hfr}"]
    [row] = document(CliRunner().invoke(application(arguments), arguments))["rows"]
    assert (row["deviation_score"], row["score"], row["contribution"]) == (score, score, score)


def test_scoring_by_a_file_or_the_built_in_set_needs_no_store(tmp_path: Path) -> None:
    """The calculator works before there is anything."""
    file = tmp_path / "draft.yaml"
    file.write_text("rows:\n  hfr: {weight: 1, deviation: yes}\n")
    nowhere = {"TSPLUG_DB": str(tmp_path / "none.sqlite")}
    for name, score in ((str(file), 50), ("default", 50), ("", 50)):
        named = ["--set", name] if name else []
        extra = ["--baseline", "hfr=2.0"] if name.endswith("yaml") else []
        value = "hfr=2.6" if extra else "hfr=3.4"
        arguments = ["criteria", "score", "--json", *named, "--metric", value, *extra]
        result = CliRunner().invoke(application(arguments), arguments, env=nowhere)
        assert document(result)["score"] == score
    assert not (tmp_path / "none.sqlite").exists()


def test_a_set_goes_out_and_in_as_yaml(run: Run, tmp_path: Path) -> None:
    """What `show --yaml` prints, `add --file` makes again."""
    assert run("criteria", "add", "--default", "Sharp", "hfr.gate=6", "minimum_coverage=0.5").exit_code == 0
    file = tmp_path / "sharp.yaml"
    file.write_text(run("criteria", "show", "sharp", "--yaml").stdout)
    assert run("criteria", "add", "Again", "--file", str(file)).exit_code == 0
    sets = document(run("criteria", "list", "--json"))
    assert [each["name"] for each in sets] == ["Sharp", "Again"]
    assert sets[0]["rows"] == sets[1]["rows"]
    assert run("criteria", "edit", "again", "--file", str(file)).exit_code == 1


def test_a_set_is_shown_and_changed(run: Run) -> None:
    """Edit tells what changed; show has a line for each row; a set is deleted when asked to."""
    run("criteria", "add", "--default", "Sharp")
    changed = run("criteria", "edit", "sharp", "hfr.good=1.9", "threshold_a=92").stdout
    assert "hfr.good" in changed
    assert "92" in changed
    assert "1.9" in run("criteria", "show", "Sharp").stdout
    assert run("criteria", "copy", "Sharp", "name=Other").exit_code == 0
    assert run("criteria", "delete", "Other").exit_code == 1
    assert run("criteria", "delete", "Other", "--yes").exit_code == 0
    assert [each["name"] for each in document(run("criteria", "list", "--json"))] == ["Sharp"]


def test_gates_that_no_template_hears_are_told(run: Run) -> None:
    """What fails a gate has band E, and every template takes E: whoever sets a gate should know."""
    run("criteria", "add", "--default", "Sharp", "star_count.gate=10")
    assigned = run("profile", "edit", "1", "grader.criteria_set=Sharp").stdout
    assert "the gates (star_count) give band E and reject nothing" in " ".join(assigned.split())
    assert "reject nothing" in " ".join(run("criteria", "edit", "Sharp", "star_count.gate=11").stdout.split())
    template = document(run("template", "list", "--json"))[0]
    assert run("template", "edit", str(template["id"]), "minimum_grade=D").exit_code == 0
    assert "reject nothing" not in run("criteria", "edit", "Sharp", "star_count.gate=12").stdout
    assert "reject nothing" not in run("profile", "edit", "1", "grader.criteria_set=none").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("score",), 2, "one of them"),
        (("score", "--metric", "hfr"), 2, "is not KEY=NUMBER"),
        (("score", "--metric", "hfr=1", "--metric", "hfr=2"), 2, "hfr is given twice"),
        (("score", "--metric", "stars=1"), 1, "--metric stars: is no metric; there are: adu_"),
        (("score", "--metric", "hfr=nan"), 1, "--metric hfr: must be a number"),
        (("score", "--set", "Soft", "--metric", "hfr=1"), 1, "no criteria set 'Soft' is stored"),
        (("score", "--set", "none.yaml", "--metric", "hfr=1"), 1, "none.yaml cannot be read"),
        (("score", "--set", "/", "--metric", "hfr=1"), 1, "/ is a folder: a set of criteria is a name, or a file like"),
        (("score", "--set", "a/b.txt", "--metric", "hfr=1"), 1, "a/b.txt is no file that ends in .yaml"),
        (("add", "--default"), 1, "name: 'Default' is the built-in set; give another name"),
        (("add", "--default", "2"), 1, "name: '2' would hide the set with that id"),
        (("score", "--image", "999"), 1, "no image '999' is stored"),
        (("show", "Soft"), 1, "no criteria set 'Soft' is stored"),
        (("add", "Empty"), 1, "rows: must have at least one"),
        (("add", "--default", "hfr.good=9"), 1, "hfr.good: must lie below bad (5), not 9"),
        (("edit", "default"), 2, "one of them"),
        (("edit", "built-in", "hfr.weight=1"), 1, "no criteria set 'built-in' is stored"),
        (("edit", "default", "hfr"), 2, "is not KEY=VALUE"),
    ],
)
def test_wrong_use_is_one_line(run: Run, arguments: tuple[str, ...], *, status: int, message: str) -> None:
    """What is wrong and where, with the exit status of wrong use or of a refusal."""
    result = run("criteria", *arguments, columns=200)
    assert (result.exit_code, "Traceback" in result.output) == (status, False)
    assert message in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rows: 3", "rows: must be a mapping of metrics to their fields"),
        ("rows: {hfr: 3}", "hfr: must be a mapping of fields, not 3"),
        ("rows: [hfr]", "rows: must be a mapping of metrics to their fields"),
        ("rows: {hfr: {weight: 1, bad: true}}", "hfr.bad: must be a number, not true"),
        ("rows: {hfr: {weight: 1, trend: sideways}}", "hfr.trend: must be lower or higher"),
    ],
)
@pytest.mark.parametrize("more", [(), ("hfr.good=1",)])
def test_a_file_whose_rows_are_none_is_one_line(
    run: Run, tmp_path: Path, text: str, *, message: str, more: tuple[str, ...]
) -> None:
    """With fields on the command line or without, what is wrong in the file is told, and nothing is stored."""
    file = tmp_path / "set.yaml"
    file.write_text(f"name: x\n{text}\n", encoding="utf-8")
    refused = run("criteria", "add", "--file", str(file), *more)
    assert (refused.exit_code, refused.stderr) == (1, f"error: {message}\n")


def test_all_faults_of_a_file_are_told_at_once(run: Run, tmp_path: Path) -> None:
    """What cannot be read and what contradicts itself, a line each; what is given twice before all that."""
    file = tmp_path / "set.yaml"
    rows = "- {metric: hfr, good: 3, bad: 2}\n- {metric: fwhm, good: x, bad: 9, weight: 1}"
    file.write_text(f"name: x\nthreshold_a: 60\nthreshold_b: 80\nrows:\n{rows}\n")
    refused = run("criteria", "score", "--set", str(file), "--metric", "hfr=2")
    assert [line.removeprefix(f"error: {file}: ").split(":")[0] for line in refused.stderr.splitlines()] == [
        *("hfr.weight", "fwhm.good", "threshold_a", "hfr.good")
    ]
    file.write_text("rows:\n  hfr: {weight: 1}\n  hfr:\n    weight: 2\n    weight: 3\n")
    refused = run("criteria", "score", "--set", str(file), "--metric", "hfr=2")
    told = [f"error: {file}: line 3: hfr is given twice", f"error: {file}: line 5: weight is given twice"]
    assert (refused.exit_code, refused.stderr.splitlines()) == (1, told)


def test_no_baseline_is_missed_where_there_is_no_value(run: Run, tmp_path: Path) -> None:
    """A row whose metric is not given has nothing to hold against its peers."""
    file = tmp_path / "set.yaml"
    file.write_text("rows: {hfr: {weight: 1, deviation: yes}, star_count: {weight: 1, deviation: yes}}\n")
    row = document(run("criteria", "score", "--json", "--set", str(file), "--metric", "star_count=200"))
    assert row["notes"] == ["star_count has no baseline: its threshold decides alone"]


def test_a_night_without_images_is_told(run: Run) -> None:
    """Bands that are all zero would look like an answer."""
    told = run("criteria", "whatif", "--night", "2020-01-01", "--set", "Default")
    assert (told.exit_code, "no image of the night of 2020-01-01" in told.stdout) == (0, True)


def test_an_image_is_scored(run: Run) -> None:
    """A stored image is scored by its metrics, by any set."""
    image = document(run("images", "list", "--json", "--limit", "1"))[0]
    row = document(run("criteria", "score", "--json", "--image", str(image["id"])))
    assert (row["image"], row["set"]) == (image["id"], "Default")
    assert {each["metric"] for each in row["rows"]} <= image["metrics"].keys()
    assert f"image {image['id']} by 'Default': score" in run("criteria", "score", "--image", image["guid"]).stdout
