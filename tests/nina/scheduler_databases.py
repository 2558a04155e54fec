"""Makes Target Scheduler databases of any version by walking its history, and fills them with rows.

Written from spec/target-scheduler-domain 1.2 and 1.3, apart from the schema that tsplug writes, so that each checks the
other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

PROFILE = "1f9a6b1c-2d3e-4f50-8a6b-0c1d2e3f4a5b"
OTHER = "7c8d9e0f-1a2b-4c3d-9e4f-5a6b7c8d9e0f"
NO_ROTATOR = -1.7976931348623157e308
START = int(datetime(2025, 11, 20, 21, 0, tzinfo=UTC).timestamp())
NOON = int(datetime(2025, 11, 20, 11, 0, tzinfo=UTC).timestamp())
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x50\x00\x78\x01\x01\x11\x00rest"
"""The first bytes of a picture of 120 x 80 pixels."""

Rows = dict[str, list[dict[str, Any]]]

_FIRST = {
    "project": "profileId T!,name T!,description T,state I,priority I,createdate I,activedate I,inactivedate I,"
    "startdate I,enddate I,minimumtime I,minimumaltitude R,usecustomhorizon I,horizonoffset R,meridianwindow I,"
    "filterswitchfrequency I,ditherevery I,enablegrader I",
    "target": "name T!,active I!,ra R,dec R,epochcode I!,rotation R,roi R,projectid I",
    "exposureplan": "profileId T!,exposure R!,desired I,acquired I,accepted I,targetid I,exposureTemplateId I",
    "exposuretemplate": "profileId T!,name T!,filtername T!,gain I,offset I,bin I,readoutmode I,twilightlevel I,"
    "moonavoidanceenabled I,moonavoidanceseparation R,moonavoidancewidth I,maximumhumidity R",
    "ruleweight": "name T!,weight R!,projectid I",
    "acquiredimage": "projectId I!,targetId I!,acquireddate I,filtername T!,accepted I!,metadata T!",
    "imagedata": "tag T,imagedata B,acquiredimageid I",
}
_PREFERENCES = (
    "profileId T!,enableGradeRMS I,enableGradeStars I,enableGradeHFR I,maxGradingSampleSize I,rmsPixelThreshold R,"
    "detectedStarsSigmaFactor R,hfrSigmaFactor R"
)
_FLATS = (
    "targetId I,lightSessionDate I,flatsTakenDate I,profileId T!,flatsType T,filterName T,gain I,offset I,bin I,"
    "readoutmode I,rotation R,roi R"
)
_ITEM = "targetid I!,order I!,action I!,referenceIdx I"
_NEW_TABLES: dict[int, dict[str, str]] = {
    2: {"profilepreference": _PREFERENCES},
    11: {"flathistory": _FLATS},
    17: {
        "overrideexposureorderitem": _ITEM,
        "filtercadenceitem": "targetid I!,order I!,next I,action I!,referenceIdx I",
    },
}
_NEW_COLUMNS: dict[int, dict[str, str]] = {
    3: {"acquiredimage": "rejectreason T"},
    4: {"profilepreference": "acceptimprovement I 1,exposurethrottle R 125,parkonwait I 0"},
    5: {"exposuretemplate": "defaultexposure R 60"},
    7: {"target": "overrideExposureOrder T"},
    8: {"project": "isMosaic I! 0"},
    10: {
        "profilepreference": "enableSmartPlanWindow I 1,enableSynchronization I 0,syncWaitTimeout I 300,"
        "syncActionTimeout I 300,syncSolveRotateTimeout I 300,enableMoveRejected I 0,enableGradeFWHM I 0,"
        "enableGradeEccentricity I 0,fwhmSigmaFactor I 4,eccentricitySigmaFactor I 4",
        "acquiredimage": "profileId T",
    },
    11: {"project": "flatsHandling I! 0"},
    12: {"flathistory": "lightSessionId I! 0"},
    13: {"profilepreference": "enableDeleteAcquiredImagesWithTarget I 1"},
    14: {"exposuretemplate": "moonrelaxscale R 0,moonrelaxmaxaltitude R 5,moonrelaxminaltitude R -15"},
    15: {"profilepreference": "syncEventContainerTimeout I 300"},
    16: {"exposuretemplate": "moondownenabled I 0"},
    17: {
        "acquiredimage": "exposureId I 0",
        "imagedata": "width I 0,height I 0",
        "project": "maximumAltitude R 0,smartexposureorder I 0",
        "profilepreference": "delayGrading R 80,autoAcceptLevelHFR R 0,autoAcceptLevelFWHM R 0,"
        "autoAcceptLevelEccentricity R 0,enableSimulatedRun I 0,skipSimulatedWaits I 1,skipSimulatedUpdates I 0",
    },
    18: {"profilepreference": "enableSlewCenter I 1"},
    19: {"profilepreference": "logLevel I 3"},
    20: {"exposuretemplate": "ditherevery I -1"},
    21: {
        "profilepreference": "enableStopOnHumidity I 1",
        "exposuretemplate": "minutesOffset I 0",
        "exposureplan": "enabled I 1",
    },
    22: {
        **dict.fromkeys(("acquiredimage", "exposureplan", "exposuretemplate", "project", "target"), "guid T"),
        "profilepreference": "guid T,enableProfileTargetCompletionReset I 0",
    },
    23: {"profilepreference": "enableAPI I 0,apiPort I 8188,apiPrettyPrint I 0"},
    24: {"target": "priority I -1"},
    25: {"profilepreference": "enableSyncedAutoFocus I 0"},
}
_CHANGES: dict[int, tuple[str, ...]] = {
    1: ("ALTER TABLE project DROP COLUMN startdate", "ALTER TABLE project DROP COLUMN enddate"),
    17: (
        "ALTER TABLE acquiredimage RENAME COLUMN accepted TO gradingStatus",
        "ALTER TABLE target RENAME COLUMN overrideExposureOrder TO unusedOEO",
    ),
}
_TYPES = {"T": "TEXT", "I": "INTEGER", "R": "REAL", "B": "BLOB"}


def make_database(file: Path, version: int, rows: Mapping[str, Iterable[Mapping[str, Any]]], **pragmas: str) -> Path:
    """Make a database of a version with rows and return its file; columns and tables it does not have are left out."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for name, value in {"synchronous": "OFF", **pragmas}.items():
            connection.execute(f"PRAGMA {name} = {value}")
        connection.execute("BEGIN")
        _build(connection, version)
        for table, values in rows.items():
            known = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
            for row in values if known else ():
                kept = {name: value for name, value in row.items() if name in known}
                names, marks = ", ".join(f'"{name}"' for name in kept), ", ".join("?" * len(kept))
                connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(kept.values()))
        connection.execute("COMMIT")
    return file


def described(file: Path) -> list[str]:
    """Return one line for every column of a database, in alphabetical order."""
    lines = []
    with closing(sqlite3.connect(file)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _, name, kind, required, default, key in connection.execute(f'PRAGMA table_info("{table}")'):
                words = [f"{table}.{name}", kind, *(["required"] if required else []), *(["key"] if key else [])]
                lines.append(" ".join(words + ([] if default is None else [f"default {default}"])))
    return sorted(lines)


def guid(*parts: object) -> str:
    """Return the same guid for the same words."""
    return str(uuid5(NAMESPACE_DNS, "/".join(map(str, parts))))


def metadata(**changes: Any) -> str:
    """Return the metadata of a light as N.I.N.A. writes it."""
    written = {
        "FileName": "C:\\Astro\\M 42\\L_0001.fits",
        "SessionId": 3,
        "FilterName": "L",
        "ExposureStartTime": "2025-11-20T22:00:00.1234567+01:00",
        "ExposureDuration": 120.0,
        "Gain": 100,
        "Offset": 30,
        "Binning": "1x1",
        "ReadoutMode": 0,
        "ROI": 100.0,
        "DetectedStars": 812,
        "HFR": 2.31,
        "HFRStDev": 0.4,
        "FWHM": "NaN",
        "Eccentricity": "NaN",
        "ADUStDev": 210.5,
        "ADUMean": 1200.25,
        "ADUMedian": 1180.0,
        "ADUMin": 301,
        "ADUMax": 65535,
        "GuidingRMSScale": 1.5,
        "GuidingRMS": 0.4,
        "GuidingRMSArcSec": 0.6,
        "GuidingRMSRA": 0.3,
        "GuidingRMSRAArcSec": 0.45,
        "GuidingRMSDEC": 0.25,
        "GuidingRMSDECArcSec": 0.375,
        "FocuserPosition": 12034,
        "FocuserTemp": 4.5,
        "RotatorPosition": 31.0,
        "RotatorMechanicalPosition": 121.0,
        "PierSide": "West",
        "CameraTemp": -10.1,
        "CameraTargetTemp": -10.0,
        "Airmass": 1.21,
    }
    return json.dumps(written | changes, ensure_ascii=False)


def small_rows(version: int) -> Rows:
    """Return a small catalogue with everything a database can hold, in the words of a version."""
    graded = version >= 17
    return {
        "profilepreference": [preference_row(version)],
        "exposuretemplate": [
            template_row(1, "L", gain=100, twilightlevel=0),
            template_row(2, "Ha", gain=-1, twilightlevel=2),
            template_row(3, "L", profileId=OTHER),
        ],
        "project": [project_row(1, "Nebulae"), project_row(2, 'Müller\'s "Galaxien" 🌌', profileId=OTHER, state=3)],
        "ruleweight": [{"Id": 1, "name": "Percent Complete", "weight": 12.5, "projectid": 1}],
        "target": [
            target_row(1, "M 42", rotation=30.0, overrideExposureOrder="2|Dither|1"),
            target_row(2, "IC 434", rotation=0.0, ra=5.683, dec=-2.46),
            target_row(3, "M 81", projectid=2),
        ],
        "exposureplan": [
            plan_row(1, targetid=1, exposureTemplateId=1, acquired=7, accepted=5),
            plan_row(2, targetid=1, exposureTemplateId=2, acquired=0, accepted=0, exposure=300.0),
            plan_row(3, targetid=3, exposureTemplateId=3, acquired=1, accepted=0, enabled=0, profileId=OTHER),
        ],
        "acquiredimage": [
            image_row(1, version, minutes=0, status=1, exposureId=1),
            image_row(2, version, minutes=3, status=2 if graded else 0, exposureId=1, rejectreason="HFR"),
            image_row(3, version, minutes=6, status=0, exposureId=1),
            image_row(4, version, minutes=9, status=1, exposureId=99, targetId=12, projectId=9, profileId=None),
            image_row(
                5, version, minutes=12, status=1, exposureId=3, targetId=3, projectId=2, profileId=OTHER, still=True
            ),
        ],
        "imagedata": [
            {"Id": key, "tag": "", "imagedata": JPEG, "acquiredimageid": key, "width": 120, "height": 80}
            for key in (1, 2, 5)
        ],
        "flathistory": [flats_row(1, rotation=121.0), flats_row(2, rotation=0.0, targetId=3, profileId=OTHER)],
        "overrideexposureorderitem": [_item_row(key) for key in (1, 2, 3)],
        "filtercadenceitem": [_item_row(key) | {"next": int(key == 3)} for key in (1, 2, 3)],
    }


def _build(connection: sqlite3.Connection, version: int) -> None:
    for table, columns in _FIRST.items():
        _create(connection, table, columns)
    for step in range(1, version + 1):
        for table, columns in _NEW_TABLES.get(step, {}).items():
            _create(connection, table, columns)
        for statement in _CHANGES.get(step, ()):
            connection.execute(statement)
        for table, columns in _NEW_COLUMNS.get(step, {}).items():
            for column in columns.split(","):
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {_declared(column)}")
    connection.execute(f"PRAGMA user_version = {version}")


def _create(connection: sqlite3.Connection, table: str, columns: str) -> None:
    body = ", ".join(_declared(column) for column in columns.split(","))
    connection.execute(f"CREATE TABLE {table} (Id INTEGER NOT NULL, {body}, PRIMARY KEY(Id))")


def _declared(column: str) -> str:
    name, kind, *default = column.split()
    required = " NOT NULL" if kind.endswith("!") else ""
    return f'"{name}" {_TYPES[kind[0]]}{required}{f" DEFAULT {default[0]}" if default else ""}'


def preference_row(version: int) -> dict[str, Any]:
    return {
        "Id": 1,
        "guid": guid("preference", 1),
        "profileId": PROFILE,
        **dict.fromkeys(("enableGradeRMS", "enableGradeStars"), 1),
        "enableGradeHFR": 0,
        "maxGradingSampleSize": 12,
        "rmsPixelThreshold": 7.5,
        "detectedStarsSigmaFactor": 3.0,
        "hfrSigmaFactor": 2.5,
        "exposurethrottle": 150.0,
        "parkonwait": 1,
        "delayGrading": 60.0 if version >= 17 else None,
        "syncWaitTimeout": 400,
        "apiPort": 9000,
    }


def project_row(key: int, name: str, **changes: Any) -> dict[str, Any]:
    """Return the preferences of the first profile."""
    return {
        "Id": key,
        "guid": guid("project", key),
        "profileId": PROFILE,
        "name": name,
        "description": "as it came",
        "state": 1,
        "priority": 2,
        "createdate": NOON - 86_400 * 10,
        "activedate": NOON - 86_400 * 9,
        "minimumtime": 60,
        "minimumaltitude": 25.0,
        "usecustomhorizon": 1,
        "horizonoffset": 2.0,
        "meridianwindow": 90,
        "filterswitchfrequency": 2,
        "ditherevery": 3,
        "enablegrader": 1,
        "isMosaic": 1,
        "flatsHandling": 7,
        "maximumAltitude": 80.0,
        "smartexposureorder": 1,
    } | changes


def target_row(key: int, name: str, **changes: Any) -> dict[str, Any]:
    """Return a project."""
    own = {"Id": key, "guid": guid("target", key), "name": name, "active": 1, "ra": 5.588, "dec": -5.39}
    return own | {"epochcode": 2, "rotation": 30.0, "roi": 100.0, "projectid": 1} | changes


def template_row(key: int, name: str, **changes: Any) -> dict[str, Any]:
    """Return a target."""
    return {
        "Id": key,
        "guid": guid("template", key),
        "profileId": PROFILE,
        "name": f"{name} template",
        "filtername": name,
        "gain": 100,
        "offset": 30,
        "bin": 2,
        "readoutmode": -1,
        "twilightlevel": 1,
        "moonavoidanceenabled": 1,
        "moonavoidanceseparation": 70.0,
        "moonavoidancewidth": 9,
        "maximumhumidity": 85.0,
        "defaultexposure": 120.0,
        "moonrelaxscale": 1.5,
        "moonrelaxmaxaltitude": 7.0,
        "moonrelaxminaltitude": -12.0,
        "moondownenabled": 1,
        "ditherevery": 4,
        "minutesOffset": -15,
    } | changes


def plan_row(key: int, **changes: Any) -> dict[str, Any]:
    """Return a template of a filter."""
    own = {"Id": key, "guid": guid("plan", key), "profileId": PROFILE, "exposure": -1.0, "desired": 10}
    return own | {"acquired": 0, "accepted": 0, "enabled": 1} | changes


def image_row(
    key: int, version: int, *, minutes: int, status: int, still: bool = False, **changes: Any
) -> dict[str, Any]:
    """Return a plan."""
    angles = {"RotatorPosition": 0.0, "RotatorMechanicalPosition": NO_ROTATOR} if still else {}
    return {
        "Id": key,
        "guid": guid("image", key),
        "projectId": 1,
        "targetId": 1,
        "acquireddate": START + 60 * minutes,
        "filtername": "L",
        "gradingStatus" if version >= 17 else "accepted": status,
        "metadata": metadata(FileName=f"C:\\Astro\\Müller\\{key:04d}.fits", **angles),
        "rejectreason": None,
        "profileId": PROFILE,
        "exposureId": 1,
    } | changes


def flats_row(key: int, **changes: Any) -> dict[str, Any]:
    """Return a light session with its flats."""
    """Return a light."""
    return {
        "Id": key,
        "targetId": 1,
        "lightSessionDate": NOON,
        "lightSessionId": 3,
        "flatsTakenDate": NOON + 70_000,
        "profileId": PROFILE,
        "flatsType": "panel",
        "filterName": "L",
        "gain": 100,
        "offset": 30,
        "bin": 1,
        "readoutmode": 0,
        "rotation": 0.0,
        "roi": 100.0,
    } | changes


def _item_row(key: int) -> dict[str, Any]:
    action, place = {1: (0, 1), 2: (1, -1), 3: (0, 0)}[key]
    return {"Id": key, "targetid": 1, "order": key, "action": action, "referenceIdx": place}
