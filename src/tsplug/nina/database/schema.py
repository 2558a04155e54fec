"""The schema of a Target Scheduler database as version 5 of the plugin writes it: tables, columns, types, defaults.

Source: spec/target-scheduler-domain 1.2 and 1.3. Names are those N.I.N.A. looks up; SQLite ignores their case.
"""

from __future__ import annotations

from dataclasses import dataclass

OLDEST = 5
NEWEST = 25
WRITTEN = 23
"""The ``user_version`` of the databases we write: every Target Scheduler 5 opens or upgrades it."""

ROTATION_TURNED = 6
OVERRIDES_CLEARED = 9
VERSION_5 = 17
GUIDS = 22


@dataclass(frozen=True)
class Column:
    """One column: its name, its SQLite type, whether it must have a value, and its default as SQL (None is none)."""

    name: str
    type: str
    required: bool = False
    default: int | None = None

    def sql(self) -> str:
        """Return the declaration of the column."""
        words = [f'"{self.name}"', self.type]
        words += ["NOT NULL"] if self.required else []
        words += [] if self.default is None else [f"DEFAULT {self.default}"]
        return " ".join(words)


@dataclass(frozen=True)
class Table:
    """One table: its columns after the key ``Id``, its references, and the version that brought it."""

    name: str
    columns: tuple[Column, ...]
    references: tuple[tuple[str, str], ...] = ()
    since: int = 0

    def sql(self) -> str:
        """Return the statement that creates the table."""
        parts = ['"Id" INTEGER NOT NULL', *(column.sql() for column in self.columns)]
        parts += [f'FOREIGN KEY("{column}") REFERENCES "{table}"("Id")' for column, table in self.references]
        parts.append('PRIMARY KEY("Id")')
        return f'CREATE TABLE "{self.name}" ({", ".join(parts)})'


def _columns(*lines: str) -> tuple[Column, ...]:
    """Return columns from lines such as ``state I`` or ``flatsHandling I! 0`` (! means required)."""
    return tuple(_column(line) for line in lines)


def _column(line: str) -> Column:
    name, kind, *default = line.split()
    words = {"I": "INTEGER", "R": "REAL", "T": "TEXT", "B": "BLOB"}
    return Column(name, words[kind[0]], kind.endswith("!"), int(default[0]) if default else None)


_PROJECT = _columns(
    *("profileId T!", "name T!", "description T", "state I", "priority I", "createdate I", "activedate I"),
    *("inactivedate I", "minimumtime I", "minimumaltitude R", "usecustomhorizon I", "horizonoffset R"),
    *("meridianwindow I", "filterswitchfrequency I", "ditherevery I", "enablegrader I", "isMosaic I! 0"),
    *("flatsHandling I! 0", "maximumAltitude R 0", "smartexposureorder I 0", "guid T"),
)
_TARGET = _columns(
    *("name T!", "active I!", "ra R", "dec R", "epochcode I!", "rotation R", "roi R", "projectid I"),
    *("unusedOEO T", "guid T"),
)
_PLAN = _columns(
    *("profileId T!", "exposure R!", "desired I", "acquired I", "accepted I", "targetid I"),
    *("exposureTemplateId I", "enabled I 1", "guid T"),
)
_TEMPLATE = _columns(
    *("profileId T!", "name T!", "filtername T!", "gain I", "offset I", "bin I", "readoutmode I", "twilightlevel I"),
    *("moonavoidanceenabled I", "moonavoidanceseparation R", "moonavoidancewidth I", "maximumhumidity R"),
    *("defaultexposure R 60", "moonrelaxscale R 0", "moonrelaxmaxaltitude R 5", "moonrelaxminaltitude R -15"),
    *("moondownenabled I 0", "ditherevery I -1", "minutesOffset I 0", "guid T"),
)
_IMAGE = _columns(
    *("projectId I!", "targetId I!", "acquireddate I", "filtername T!", "gradingStatus I!", "metadata T!"),
    *("rejectreason T", "profileId T", "exposureId I 0", "guid T"),
)
_FLATS = _columns(
    *("targetId I", "lightSessionDate I", "flatsTakenDate I", "profileId T!", "flatsType T", "filterName T"),
    *("gain I", "offset I", "bin I", "readoutmode I", "rotation R", "roi R", "lightSessionId I! 0"),
)
_PREFERENCE = _columns(
    *("profileId T!", "enableGradeRMS I", "enableGradeStars I", "enableGradeHFR I", "maxGradingSampleSize I"),
    *("rmsPixelThreshold R", "detectedStarsSigmaFactor R", "hfrSigmaFactor R", "acceptimprovement I 1"),
    *("exposurethrottle R 125", "parkonwait I 0", "enableSmartPlanWindow I 1", "enableSynchronization I 0"),
    *("syncWaitTimeout I 300", "syncActionTimeout I 300", "syncSolveRotateTimeout I 300", "enableMoveRejected I 0"),
    *("enableGradeFWHM I 0", "enableGradeEccentricity I 0", "fwhmSigmaFactor I 4", "eccentricitySigmaFactor I 4"),
    *("enableDeleteAcquiredImagesWithTarget I 1", "syncEventContainerTimeout I 300", "delayGrading R 80"),
    *("autoAcceptLevelHFR R 0", "autoAcceptLevelFWHM R 0", "autoAcceptLevelEccentricity R 0"),
    *("enableSimulatedRun I 0", "skipSimulatedWaits I 1", "skipSimulatedUpdates I 0", "enableSlewCenter I 1"),
    *("logLevel I 3", "enableStopOnHumidity I 1", "guid T", "enableProfileTargetCompletionReset I 0"),
    *("enableAPI I 0", "apiPort I 8188", "apiPrettyPrint I 0"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("project", _PROJECT),
        Table("ruleweight", _columns("name T!", "weight R!", "projectid I"), (("projectid", "project"),)),
        Table("target", _TARGET, (("projectid", "project"),)),
        Table("exposuretemplate", _TEMPLATE),
        Table("exposureplan", _PLAN, (("targetid", "target"), ("exposureTemplateId", "exposuretemplate"))),
        Table("acquiredimage", _IMAGE),
        Table(
            "imagedata",
            _columns("tag T", "imagedata B", "acquiredimageid I", "width I 0", "height I 0"),
            (("acquiredimageid", "acquiredimage"),),
        ),
        Table("profilepreference", _PREFERENCE, since=2),
        Table("flathistory", _FLATS, since=11),
        Table(
            "overrideexposureorderitem",
            _columns("targetid I!", "order I!", "action I!", "referenceIdx I"),
            since=VERSION_5,
        ),
        Table(
            "filtercadenceitem",
            _columns("targetid I!", "order I!", "next I", "action I!", "referenceIdx I"),
            since=VERSION_5,
        ),
    )
}
"""Every table by its name, in an order in which references lead to what is there already."""
