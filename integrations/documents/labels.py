"""Every "label: value" of a document, and under which labels the field's facts are written in many languages."""

import re
from dataclasses import dataclass

from .blocks import Block
from .meanings import plain
from .regions import Walk
from .stamps import ends_with_stamp


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Keys as `slug` makes them: small letters, no blanks.
START_KEYS = _words(
    """
    startofimpact startofincident startofoutage impactstarttime firstimpact firstuserimpact
    start started starttime startedat startdate incidentstart incidentstarted incidentstarttime outagestart
    outagestarted began beganat beginning begin from faultoccurs faultoccurred onset impactstart
    impactstarted impactbegan timeofincident incidentbegan occurred occurredat timestarted starttimeutc 開始
    発生 発生日時 開始日時 発生時刻 開始時刻 beginn beginndesvorfalls störungsbeginn début debut
    débutdelincident inicio iniciodelincidente início inizio начало 开始时间 开始 시작 발생시각 aanvang
"""
)
END_KEYS = _words(
    """
    end ended endtime endedat enddate incidentend incidentended incidentendtime outageend outageended
    resolved resolvedat resolvedwhen resolvedon resolutiontime resolvetime incidentresolved impactend
    impactended until to finished finish restored restoredat servicerestored timeresolved closed closedat
    incidentclosed fixed fixedat endtimeutc 終了 復旧 復旧日時 終了日時 解決 解消 ende behoben gelöst störungsende fin
    findelincident résolu résolution fine findelincidente resuelto fim resolvido risolto окончание 结束时间
    结束 恢复 종료 해결 einde opgelost
"""
)
# The start where no other is named; beside one, it is the moment from which users felt it.
FELT_KEYS = _words("startofimpact impactstarttime firstimpact firstuserimpact impactstart impactstarted impactbegan")
# The end where no other is named; beside one, it is the moment from which users felt it no longer.
RESTORED_KEYS = _words("restored restoredat servicerestored impactend impactended")
# The end where no other is named: an incident is closed when the work on it is over.
CLOSED_KEYS = _words("closed closedat incidentclosed")
DETECTED_KEYS = _words(
    """
    firstdetected detected detectedat detectiontime detection timedetected firstreported reportedat 検知
    検知時刻 検知日時 erkannt détecté incidentdetected issuedetected faultdetected outagedetected datetimedetected
    timeofdetection detectedon
"""
)
DATE_KEYS = _words(
    """
    date incidentdate dateofincident day datetime dateandtime incidentdateandtime datetimeutc when dates
    eventdate 発生日 日付 日時 datum vorfallsdatum fecha fechadelincidente data дата 日期 날짜 période
    dateheure timeframe incidentwindow window period time outagewindow outage duration 影響期間 期間 zeitraum
    periodo período
"""
)
# The day of the incident itself, where "date" may be that of the document.
INCIDENT_DATE_KEYS = _words(
    "incidentdate dateofincident fechadelincidente datadoincidente dataincidente vorfallsdatum datedelincident 発生日"
)
SEVERITY_KEYS = _words(
    """
    severity sev severitylevel incidentseverity impactlevel prioritylevel incidentpriority level 重大度
    深刻度 重要度 schweregrad sévérité severite gravité gravedad severidad severidade gravità серьезность
    严重程度 严重级别 심각도 ernst alvorlighet
"""
)
WINDOW_KEYS = _words(
    "duration outageduration incidentduration incidentwindow window outagewindow timeframe period outage downtime"
)


@dataclass(frozen=True)
class Pair:
    key: str
    value: str


_SLUG = re.compile(r"[^\w\u3040-\u9fff\uac00-\ud7af]+|_+")


def slug(key: str) -> str:
    return _SLUG.sub("", plain(re.sub(r"\([^)]*\)", "", key)).lower())


_PAIR = re.compile(
    r"^\s*(?:[-*+•|]\s+)?(?:\*\*|__|\*|_|`)?(?P<key>[^\W\d][^:：|\n]{1,40}?)(?:\*\*|__|\*|_|`)?\s*[:：](?:\*\*|__|\*|_|`)?\s+(?P<value>\S[^\n]{0,300})$"
)
_PAIR_TIGHT = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?:\*\*|__)(?P<key>[^*_:：\n]{2,40})(?:[:：]?(?:\*\*|__)\s*[:：-]?|[:：])\s*(?P<value>\S[^\n]{0,300})$"
)


def labelled(line: str) -> Pair | None:
    """The pair that a line states: "**Severity**: high"."""
    match = _PAIR_TIGHT.match(line) or _PAIR.match(line)
    return Pair(slug(match["key"]), match["value"].strip()) if match else None


def pairs_of(walk: Walk, front: list[tuple[str, str]]) -> list[Pair]:
    """Every "key: value" of the document: front matter, labelled lines, tables of two columns."""
    found = [Pair(slug(key), value) for key, value in front]
    for unit in walk.units:
        if unit.kind in {"line", "item"}:
            for line in unit.lead.split("\n")[:40]:
                if pair := labelled(line):
                    found.append(pair)
                elif timed := ends_with_stamp(line.strip()):
                    found.append(Pair(slug(timed[0]), timed[1].written))
        elif unit.kind == "title" and (pair := labelled(unit.lead.split("\n", 1)[0])):
            found.append(pair)
        elif unit.kind == "table" and unit.block:
            found += _table_pairs(unit.block)
    return found


def _table_pairs(table: Block) -> list[Pair]:
    rows = [row.cells for row in table.children]
    found = [Pair(slug(cells[0]), cells[1]) for cells in rows if len(cells) == 2 and all(cells)]
    if len(rows) == 2:  # a head with one row below: Date | Severity | Author
        found += [Pair(slug(key), value) for key, value in zip(rows[0], rows[1], strict=False) if key and value]
    return found
