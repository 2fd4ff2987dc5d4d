"""The actions of a document: rows, bullets, headings or sentences below a title that announces them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from statistics import mean

from .blocks import Block
from .clock import Context, day_of
from .meanings import Meaning, are_surely_actions, plain
from .reading import ReadAction
from .regions import Region, Unit, Walk, label_of
from .stamps import read_stamp
from .timeline import dedented, joined


@dataclass
class Found:
    """An action and the lines it was read from."""

    action: ReadAction
    start: int
    end: int


_BOX = re.compile(r"^\s*(?:\[(?P<mark>[ xX✓✔~/-]?)\]|(?P<empty>☐|⬜|🔲)|(?P<full>☑|✅|✔️?|🗹))\s*")
_DONE_WORDS = (
    r"done|accomplished|completed?|finished|closed|fixed|shipped|deployed|merged|resolved|implemented|yes|released|solved|✅|✔|☑|:white_check_mark:|"
    r":heavy_check_mark:|完了|済み?|対応済み?|解決済み?|erledigt|abgeschlossen|fertig|terminée?|faite?|fini|achevée?|résolue?|hecho|completad[oa]|"
    r"terminad[oa]|cerrad[oa]|feito|concluíd[oa]|fatto|completat[oa]|klaar|gereed|afgerond|klar|valmis|gotowe|готово|сделано|выполнено|已完成|完成|완료"
)
_DONE_CELL = re.compile(r"^\W*(?:" + _DONE_WORDS + r")\b", re.I)
_DONE_CELL_CJK = re.compile(r"^\W*(?:完了|済|対応済|解決済|已完成|完成|완료|✅|✔|☑)")
_NOT_DONE = re.compile(
    r"\b(?:not|in|partly|partially|to be|will be|0%|un)[ -]?(?:yet )?(?:done|complete|started|progress|deployed|"
    r"fixed|merged)|未|pending|open\b|todo",
    re.I,
)
_DONE_LEAD = re.compile(
    r"^\W*(?:\*\*|__)?\s*\[?\(?(?:done|completed|finished|fixed|erledigt|完了|hecho|fait|shipped|✅|✔️?|"
    r"☑)\]?\)?(?:\*\*|__)?\s*[:：\-–—\]) ]|^\s*(?:✅|✔|☑)",
    re.I,
)
_DONE_TAIL = re.compile(
    r"[\[(*_✅ ](?:done|accomplished|completed|finished|fixed|deployed|shipped|merged|erledigt|完了|済|hecho|fait)[!.\])*_ ]*$|"
    r"\b(?:has|have|was|were) (?:already |now |since )?(?:already )?been (?:done|completed|fixed|implemented|"
    r"deployed|rolled out|merged)\b|"
    r"\balready (?:done|completed|fixed|implemented|deployed|in place|merged)\b|(?:✅|✔️?|:white_check_mark:)\W*$",
    re.I,
)
_DONE_GROUP = re.compile(
    r"\b(?:completed|done|finished|already (?:taken|done|implemented)|implemented|(?:actions|steps|measures) "
    r"taken|erledigt|umgesetzt|ergriffen|fait|hecho|(?:tomad|realizad|aplicad|completad|hech|feit|concluíd)[ao]s)\b|"
    r"完了|済み",
    re.I,
)
_PAST = re.compile(
    r"^\W*(?:(?:we|i|the team)(?:['’]ve| have)? (?:also |already |now |since |significantly )*)?"
    r"(?:(?!(?:need|embed|feed|speed|proceed|exceed|shed|seed|bed|red|succeed|breed|weed|heed|need)\b)(?:re-?)?[a-z]{2,}(?:[^aeiou\W]ed|[iuo]ed|led|eed|shed)|"
    r"made|wrote|built|began|ran|sent|got|took|gave|found|went|held|taught|brought|fixed)\b",
    re.I,
)
_PAST_END = re.compile(
    r"\b(?:scheduled|configured|documented|completed|deployed|created|added|removed|fixed|updated|implemented|enabled|disabled)\W*(?:`?@\S+`?)?\W*$",
    re.I,
)
_EMPTY = re.compile(
    r"^[\W_]*(?:none|n/?a|nothing|tbd|tbc|todo|not applicable|nil|no action items?|keine|aucune?|ninguna|なし|无|"
    r"없음|to be (?:determined|defined|added)|"
    r"action(?: item)? ?(?:\d|#|[a-e])?|item ?\d?|\.\.\.|…|your action here|\{\{.{0,80}\}\}.{0,60}|<[^>]{1,60}>|"
    r"\[link to .{0,40}\]|placeholder|lorem ipsum.*)?[\W_]*$",
    re.I,
)
_ABOUT_THE_DOCUMENT = re.compile(
    r"\b(?:sections? (?:above|below)|filled (?:out|in)|after-action report|incident (?:has been|title|is over)|"
    r"this (?:report|document|post-?mortem|issue)|"
    r"action(?:able)? items? (?:above|have|below|are)|post-?mortem (?:is|has been|meeting|review)|report (?:is|"
    r"has been)|publish(?:ed)? (?:this|the) (?:report|post-?mortem)|"
    r"timeline (?:is|has been)|template|linked github issues)\b",
    re.I,
)
_IMPERATIVE = re.compile(
    r"^(?:add|adjust|alert|allow|analy[sz]e|apply|ask|assess|assign|audit|automate|avoid|build|bump|change|check|clarify|clean|conduct|configure|consider|"
    r"continue|convert|coordinate|create|cut|define|deploy|deprecate|design|develop|disable|discuss|document|drop|educate|enable|enforce|enhance|ensure|"
    r"establish|evaluate|expand|explore|extend|file|find|fix|get|harden|have|identify|implement|improve|include|increase|instrument|introduce|"
    r"install|integrate|investigate|isolate|keep|limit|look|lower|maintain|make|migrate|monitor|move|notify|open|optimi[sz]e|patch|perform|pin|plan|prepare|prevent|provide|put|raise|re-?\w+|"
    r"reduce|refactor|remove|rename|replace|require|restrict|revert|review|revise|revisit|rotate|run|scale|schedule|see|send|set|share|simplify|"
    r"spike|split|start|stop|streamline|switch|talk|teach|test|track|train|try|tune|turn|understand|update|upgrade|use|validate|verify|work|write)\b",
    re.I,
)
_LABELLED = re.compile(r"^\W*(?:action(?: item)?(?: \d+)?|ai)\s*[:：]\s*(?=\S)", re.I)
_LINK = re.compile(r"https?://[^\s<>)\]\"'|]+")
_OWNER = re.compile(
    r"(?:\b(?:owner|assignee|assigned to|responsible|dri|lead|who|verantwortlich|zuständig|responsable|担当者?|负责人|"
    r"담당자?)\**\s*[:：=]\s*\**\s*)"
    r"(?P<name>@?[^\s,;.()\[\]|*][^,;()\[\]|*\n]{0,40}?)(?=\s*(?:[,;()\[\]|*。]|\.\s|\.$|$|\s(?:due|by|eta|status|priority|ticket|deadline)\b))",
    re.I,
)
_HANDLE = re.compile(r"(?<![\w/@`.])`?@(?P<name>[A-Za-z0-9][\w.-]{1,38}[A-Za-z0-9])`?(?![/\w]|@)")
_PASSIVE = re.compile(
    r"^\W*(?:the|a|an|all|both|our|this|these|every)\b[^.!?\n]{2,140}? (?:has|have) (?:already |now |since |also )*been "
    r"(?!asked|planned|scheduled|proposed|requested|assigned|discussed|considered|filed|opened|agreed)"
    r"(?:\w+ed|rebuilt|rewritten|made|set|put|shut|built|written)\b|^\W*already \w+",
    re.I,
)
_BOLD_LABEL = re.compile(r"^\W*(?:\*\*|__)[^*_\n]{3,80}(?:\*\*|__)\s*[:：–—-]?\s+(?=\S+ \S+ \S)")
_STATE = re.compile(r"^\W*(?:done|to ?do|wip|in progress|pending|open|closed|not started|complete[d]?)\W*$", re.I)
_TAIL_NAME = re.compile(
    r"\[(?!TODO|Done|WIP|Low|High|Medium|Open|Closed|Critical|Optional|Link)(?P<one>[A-Z][a-zà-ÿ]+)\]\W*$|"
    r"[\[(](?P<name>[A-Z][a-z]+ [A-Z][a-z]+)[\])]\W*$|\s[-–—]{1,2}\s(?P<dash>[A-Z][a-z]+ [A-Z][a-z]+)\W*$"
)
_DUE = re.compile(
    r"\b(?:due|deadline|by|until|before|eta|target|bis|frist|fällig|échéance|avant le|para el|期限)\**\s*(?:date|"
    r"on|am)?\s*[:：]?\s*\**\s*(?=[\dA-Z])",
    re.I,
)

_HEADS = {
    "title": r"action|task|what\b|item|description|measure|follow|to-?do|maßnahme|massnahme|aufgabe|beschreibung|"
    r"mesure|tâche|"
    r"acci[oó]n|tarea|ação|azione|actie|"
    r"アクション|対策|内容|項目|施策|タスク|措施|行动|任务|사항|조치|действие|задача|step|improvement|recommendation|summary|deliverable",
    "owner": (
    r"owner|assign|who\b|responsib|dri\b|lead\b|person|team\b|poc\b|contact|"
    r"verantwort|zuständig|wer\b|responsable|propri[eé]t|encargad|担当|オーナー|"
    r"负责|담당|ответственн|eigenaar|ansvarlig"
    ),
    "status": (
    r"status|state|done|progress|complete|stand\b|zustand|statut|état|"
    r"estado|situação|stato|状態|状況|ステータス|进度|状态|상태|статус"
    ),
    "due": (
    r"due|deadline|target|eta\b|when|by\b|date|frist|fällig|termin|bis\b|"
    r"échéance|fecha|plazo|prazo|scadenza|期限|期日|納期|截止|기한|срок"
    ),
    "link": r"ticket|issue|bug|link|jira|pr\b|reference|tracking|url|チケット",
    "other": r"type|priority|prio|category|kind|#|no\.?$|id$|nr\.?$|severity|effort|impact|優先|種別|分類",
}  # fmt: skip
_HEAD = {name: re.compile(r"(?:\b|^)(?:" + words + r")", re.I) for name, words in _HEADS.items()}


def find_actions(walk: Walk, context: Context, taken: set[int]) -> list[Found]:
    """Every action, in the order of the document. `taken` are lines that the timeline has."""
    units = [unit for unit in walk.units if unit.start not in taken]
    regions = _regions(unit for unit in units if unit.region.purpose is Meaning.ACTIONS)
    per_region = [(root, _in_region(root, members, walk, context)) for root, members in regions]
    found = [one for root, several in _without_advice(per_region, walk) for one in several]
    found += _tables_elsewhere(units, context)
    if not found:
        found = (
            _promised(units, walk, context) or _labelled(units, walk, context) or _boxes_elsewhere(units, walk, context)
        )
    return sorted(_once(found), key=lambda one: one.start)


_TICK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s")


def _without_advice(regions: list[tuple[Region, list[Found]]], walk: Walk) -> list[tuple[Region, list[Found]]]:
    """Beside a list of actions with boxes, a section on "prevention" tells how one should work, not what will be done."""

    def has_box(several: list[Found]) -> bool:
        return any(_TICK.match(walk.lines[one.start]) for one in several)

    if not any(are_surely_actions(root.title) and len(several) > 2 and has_box(several) for root, several in regions):
        return regions
    return [(root, several) for root, several in regions if are_surely_actions(root.title) or has_box(several)]


def _regions(units: Iterable[Unit]) -> list[tuple[Region, list[Unit]]]:
    groups: dict[int, tuple[Region, list[Unit]]] = {}
    for unit in units:
        root = unit.region.root
        groups.setdefault(id(root), (root, []))[1].append(unit)
    return list(groups.values())


def _in_region(root: Region, units: list[Unit], walk: Walk, context: Context) -> list[Found]:
    found: list[Found] = []
    for unit in units:
        if unit.kind == "table":
            found += _rows(unit, context, is_announced=True)
    items = [unit for unit in _without_groups(units) if unit.kind == "item" and _is_action(unit)]
    items = _without_legend(items, units) if found else items
    items = _of_one_kind(items)
    for _, members in _groups(_unless_about_document(items)):
        found += _past_in_company([_from_item(unit, walk, context) for unit in members])
    found += [one for unit in units if unit.kind == "line" for one in _from_sentence(unit, walk, context, items)]
    if not found:
        found = _headings(root, units, walk, context)
    return found


def _without_legend(items: list[Unit], units: list[Unit]) -> list[Unit]:
    """Below a table, bullets may say what the words of one of its columns mean: "**Prevent:** stops it from …"."""
    tables = [unit.block for unit in units if unit.kind == "table" and unit.block]
    values = {plain(cell).lower() for table in tables for row in table.children[1:] for cell in row.cells if cell}
    explained = [unit for unit in items if plain(label_of(unit.lead)[0]).lower() in values]
    if len(explained) < 2:
        return items
    bold = [unit for unit in items if label_of(unit.lead)[0]]
    legend = bold if len(explained) * 2 >= len(bold) else explained
    return [unit for unit in items if unit not in legend]


def _is_action(unit: Unit) -> bool:
    text = _without_box(unit.lead)[0]
    if _EMPTY.match(text) or _is_definition_of_done(text):
        return False
    if _LINK.search(text) or _BOX.match(unit.lead):
        return True
    words = re.findall(r"\w+", plain(text))
    return (len(words) >= 2 and " " in text.strip()) or bool(re.search(r"[\u3040-\u9fff\uac00-\ud7af]{4,}", text))


def _without_groups(units: list[Unit]) -> list[Unit]:
    """A bullet that only names a group gives way to the bullets below it."""
    flat: list[Unit] = []
    for unit in units:
        lists = [block for block in unit.below if block.kind == "list"]
        if unit.kind == "item" and lists and _names_group(unit.lead):
            nested = [
                Unit("item", unit.region, item.start, item.end, item.lead, unit.depth + 1, item.below, block=item)
                for block in lists for item in block.children
            ]  # fmt: skip
            flat += _without_groups(nested)
        else:
            flat.append(unit)
    return flat


def _names_group(lead: str) -> bool:
    text = lead.strip()
    if _BOX.match(text):
        return False
    is_bold = bool(re.fullmatch(r"(\*\*|__)[^*_]{2,80}\1:?", text))
    return is_bold or (len(text.split()) <= 4 and text.rstrip("*_").endswith((":", "：")))


def _is_definition_of_done(text: str) -> bool:
    return bool(re.match(r"^\W*(?:owner|due|status|priority|ticket|deadline|assignee|type|eta)\s*[:：]", text, re.I))


def _unless_about_document(items: list[Unit]) -> list[Unit]:
    """A check list of how to finish the document is nobody's action."""
    kept: list[Unit] = []
    for _, members in _groups(items):
        about = sum(bool(_ABOUT_THE_DOCUMENT.search(unit.lead)) for unit in members)
        if about < max(2, 0.5 * len(members)):
            kept += members
    return kept


def _groups(items: list[Unit]) -> list[tuple[int, list[Unit]]]:
    groups: dict[int, list[Unit]] = {}
    for unit in items:
        groups.setdefault(id(unit.region), []).append(unit)
    return list(groups.items())


def _from_item(unit: Unit, walk: Walk, context: Context) -> Found:
    text, is_checked = _without_box(unit.lead)
    below = dedented(walk.lines[unit.below[0].start : unit.end]) if unit.below else ""
    action = _action(joined(text), below, context)
    told = action.done or _is_done_group(unit.region) or _struck(text) or _tells_the_past(text)
    done = told if is_checked is None else is_checked
    return Found(replace(action, done=done), unit.start, unit.end)


def _of_one_kind(items: list[Unit]) -> list[Unit]:
    """Where numbers and bullets take turns under one title, those that come second explain the first."""
    kept: list[Unit] = []
    for _, members in _groups(items):
        kinds = {unit.is_ordered for unit in members if unit.depth == 0}
        kept += [unit for unit in members if len(kinds) < 2 or unit.is_ordered == members[0].is_ordered]
    return kept


_EITHER_TENSE = re.compile(r"^\W*(?:set up|put|cut|split|reset|let)\b", re.I)


def _past_in_company(found: list[Found]) -> list[Found]:
    """What reads as an order and as a report alike ("Set up alerts"): the bullets around it tell which."""
    if sum(_tells_the_past(one.action.title) for one in found) * 2 > len(found) > 2:
        for one in found:
            if _EITHER_TENSE.match(one.action.title):
                one.action = replace(one.action, done=True)
    return found


def _without_box(text: str) -> tuple[str, bool | None]:
    match = _BOX.match(text)
    if match is None:
        return text, None
    if match["mark"] is None:
        return text[match.end() :], match["full"] is not None
    return text[match.end() :], match["mark"] in {"x", "X", "✓", "✔"}


def _struck(text: str) -> bool:
    return bool(re.match(r"^\W*~~.+~~\W*$", text.strip(), re.S))


def _tells_the_past(text: str) -> bool:
    words = re.sub(r"^\W*(?:\*\*|__)?[^:\n]{3,40}:(?:\*\*|__)?\s+(?=(?:We|The|I)\b)", "", text)
    words = _BOLD_LABEL.sub("", words)
    return bool(_PAST.match(words) or _PASSIVE.match(words))


def _is_done_group(region: Region) -> bool:
    while region is not None and region.purpose is Meaning.ACTIONS:
        if _DONE_GROUP.search(region.title) and not re.search(r"(?i)\bnot\b|to be|未", region.title):
            return True
        if region.parent is None:
            break
        region = region.parent
    return False


def _action(title: str, details: str, context: Context, **known: object) -> ReadAction:
    done = bool(_DONE_LEAD.search(title[:40]) or _DONE_TAIL.search(title[-160:])) and not _NOT_DONE.search(title[-60:])
    link = _LINK.search(title) or _LINK.search(details)
    found = ReadAction(
        title, owner=owner_in(title) or owner_in(details), done=done,
        due_on=_due_in(title, context) or _due_in(details, context),
        url=link.group().rstrip(".,;:") if link else None, details=details.strip(),
    )  # fmt: skip
    return replace(found, **known)  # type: ignore[arg-type]


def owner_in(text: str) -> str:
    head = text[:2000]
    if match := _OWNER.search(head):
        return plain(match["name"]).strip("`")
    if match := _HANDLE.search(head):
        return "@" + match["name"]
    if match := _TAIL_NAME.search(head):
        return match["one"] or match["name"] or match["dash"]
    return ""


def _due_in(text: str, context: Context) -> date | None:
    for match in _DUE.finditer(text[:2000]):
        stamp = read_stamp(text[match.end() : match.end() + 40])
        if stamp and stamp.has_date and (day := day_of(stamp, context)):
            return day
    return None


def _from_sentence(unit: Unit, walk: Walk, context: Context, items: list[Unit]) -> list[Found]:
    """A paragraph is an action when it says so itself: marked as done, labelled, or told as an order."""
    text = unit.lead.strip()
    if orders := _orders_in(unit, context):
        return orders if not items_around(unit, items) else []
    starts = _DONE_LEAD.match(text) or _LABELLED.match(text) or _BOX.match(text)
    whole = plain(text)
    if text.endswith((":", "：")) or _EMPTY.match(text):
        return []
    ordered = (
        are_surely_actions(unit.region.root.title)
        and _IMPERATIVE.match(whole)
        and len(whole) < 400
        and not items_around(unit, items)
    )
    if not starts and not ordered and not (_DONE_TAIL.search(text[-12:]) and len(whole) < 400):
        return []
    title, is_checked = _without_box(text)
    action = _action(joined(_LABELLED.sub("", title)), "", context)
    return [
        Found(
            replace(action, done=action.done or bool(is_checked) or _is_done_group(unit.region)), unit.start, unit.end
        )
    ]


_NAMED_ORDER = re.compile(r"^\W*(?:[^:.!?\n]{3,80}[:：]\s+)?(?P<order>\S.*)$")


_TASK = re.compile(r"^\W*(?:task|action)\s*[:：]\s*(?P<order>\S.*)$", re.I)


def _orders_in(unit: Unit, context: Context) -> list[Found]:
    """Lines one below the other, each an order, with or without a name in front: "Training: Teach the new road"."""
    rows = [(number, row.strip()) for number, row in enumerate(unit.lead.split("\n")) if row.strip()]
    orders = [
        (number, row)
        for number, row in rows
        if (match := _NAMED_ORDER.match(row)) and _IMPERATIVE.match(match["order"])
    ]
    tasks = [(number, row) for number, row in rows if (match := _TASK.match(row)) and _IMPERATIVE.match(match["order"])]
    if tasks:
        return [
            Found(
                ReadAction(_TASK.sub(r"\g<order>", row), owner=owner_in(unit.lead), due_on=_due_in(unit.lead, context)),
                unit.start + number, unit.start + number + 1,
            ) for number, row in tasks
        ]  # fmt: skip
    if len(orders) < 2 or len(orders) < 0.8 * len([row for _, row in rows if not row.endswith(":")]):
        return []
    return [
        Found(ReadAction(row, owner=owner_in(row)), unit.start + number, unit.start + number + 1)
        for number, row in orders
    ]


def items_around(unit: Unit, items: list[Unit]) -> bool:
    """Where the region has a list, its paragraphs are the talk around it."""
    return any(other.region is unit.region for other in items)


def _headings(root: Region, units: list[Unit], walk: Walk, context: Context) -> list[Found]:
    """Each action under a heading of its own, told in prose below."""
    titles = [
        unit
        for unit in units
        if unit.kind == "title" and unit.region is not root and unit.region.meaning is Meaning.NONE
    ]
    if not titles:
        return []
    depth = min(unit.depth for unit in titles)
    titles = [unit for unit in titles if unit.depth == depth and len(plain(unit.lead).split()) >= 2]
    if len(titles) < 2 and not any(re.match(r"\s*\d+[.)]", unit.lead) for unit in titles):
        return []
    found = []
    for unit in titles:
        inside = [other for other in units if other.region is unit.region and other is not unit]
        end = max((other.end for other in inside), default=unit.end)
        title = re.sub(r"^\s*\d+[.)]\s*", "", unit.lead)
        action = _action(joined(title), dedented(walk.lines[unit.end : end]), context)
        done = action.done or bool(_PAST_END.search(plain(title)))
        found.append(Found(replace(action, done=done), unit.start, end))
    return found


def _rows(unit: Unit, context: Context, *, is_announced: bool) -> list[Found]:
    head, *body = (unit.block.children if unit.block else []) or [Block("row", 0, 0)]
    columns = _columns(head.cells, body, is_announced=is_announced)
    if "title" not in columns:
        return []
    found = []
    for row in body:
        cells = dict.fromkeys(columns, "") | {
            name: row.cells[number] for name, number in columns.items() if number < len(row.cells)
        }
        if not _EMPTY.match(cells["title"]):
            found.append(Found(_from_row(row, head.cells, cells, columns, unit, context), row.start, row.end))
    if found and len(found) == len(body):
        found[0].start, found[-1].end = unit.start, unit.end
    return found


def _from_row(
    row: Block, head: list[str], cells: dict[str, str], columns: dict[str, int], unit: Unit, context: Context
) -> ReadAction:
    title, is_checked = _without_box(cells["title"])
    placed = {columns[name] for name in ("title", "owner") if name in columns}
    rest = [
        f"{plain(head[number]) if number < len(head) else ''}: {cell}".removeprefix(": ")
        for number, cell in enumerate(row.cells) if cell and number not in placed
    ]  # fmt: skip
    status = cells.get("status", "")
    stamp = read_stamp(cells.get("due", ""))
    link = _LINK.search(" ".join(row.cells))
    done = (
        is_checked
        if is_checked is not None
        else is_done_word(status) or (not status and _is_done_group(unit.region)) or _struck(title)
    )
    owner = plain(cells.get("owner", "")) if not _EMPTY.match(cells.get("owner", "")) else ""
    found = _action(joined(title), "; ".join(rest), context)
    return replace(
        found, done=done or (not status and found.done), owner=owner if "owner" in columns else found.owner,
        due_on=day_of(stamp, context) if stamp else None, url=link.group() if link else None,
    )  # fmt: skip


def is_done_word(status: str) -> bool:
    words = plain(status)
    if _NOT_DONE.search(words):
        return False
    return bool(
        _DONE_CELL.match(words)
        or _DONE_CELL_CJK.match(words)
        or re.match(r"^\W*(?:\[x\]|x|100 ?%)\W*$", status.strip(), re.I)
    )


def _columns(head: list[str], body: list[Block], *, is_announced: bool) -> dict[str, int]:
    """Which column holds what. A table that only looks like one of actions must name who or by when."""
    names: dict[str, int] = {}
    for number, cell in enumerate(head):
        for name, pattern in _HEAD.items():
            if pattern.search(plain(cell)) and name not in names and number not in names.values():
                names[name] = number
                break
    states = _column_of_states(body) if "status" not in names else None
    if states is not None:
        names = {name: other for name, other in names.items() if other != states} | {"status": states}
    manages = {"owner", "status", "due"} & names.keys()
    if not is_announced:
        is_action = "title" in names and re.search(
            r"(?i)action|task|to-?do|follow|measure|maßnahme|mesure|acci[oó]n|アクション|対策", head[names["title"]]
        )
        return names if is_action and manages else {}
    if "title" not in names and (manages or "link" in names):
        free = [number for number in range(len(head)) if number not in names.values()]
        if free:
            names["title"] = max(
                free,
                key=lambda number: mean(
                    len(row.cells[number]) if number < len(row.cells) else 0 for row in body or [Block("row", 0, 0)]
                ),
            )
    return names


def _column_of_states(body: list[Block]) -> int | None:
    """A column that says how far each row is, whatever stands above it."""
    for number in range(max((len(row.cells) for row in body), default=0)):
        full = [row.cells[number] for row in body if number < len(row.cells) and row.cells[number].strip()]
        states = sum(bool(_STATE.match(cell)) for cell in full)
        if states > 1 and states * 2 > len(full):
            return number
    return None


def _tables_elsewhere(units: list[Unit], context: Context) -> list[Found]:
    found: list[Found] = []
    for unit in units:
        if unit.kind == "table" and unit.region.purpose in {Meaning.NONE, Meaning.OTHER}:
            found += _rows(unit, context, is_announced=False)
    return found


def _promised(units: list[Unit], walk: Walk, context: Context) -> list[Found]:
    items = [unit for unit in units if unit.kind == "item" and unit.promised and unit.depth == 0 and _is_action(unit)]
    return [_from_item(unit, walk, context) for unit in items]


def _labelled(units: list[Unit], walk: Walk, context: Context) -> list[Found]:
    found = []
    for unit in units:
        if unit.kind in {"item", "line"} and (match := _LABELLED.match(unit.lead)):
            found.append(Found(_action(joined(unit.lead[match.end() :]), "", context), unit.start, unit.end))
    return found


def _boxes_elsewhere(units: list[Unit], walk: Walk, context: Context) -> list[Found]:
    """Check boxes are work, wherever they stand, unless they are about the document."""
    items = [unit for unit in units if unit.kind == "item" and _BOX.match(unit.lead) and _is_action(unit)]
    return [_from_item(unit, walk, context) for unit in _unless_about_document(items)]


def _once(found: list[Found]) -> list[Found]:
    seen: set[int] = set()
    kept = []
    for one in found:
        if one.start not in seen:
            seen.add(one.start)
            kept.append(one)
    return kept


def plain_action(title: str) -> str:
    """The title of an action without its markup: links by their words, bare addresses kept."""
    text = re.sub(r"!?\[([^\]\n]{1,300})\]\([^)\n]{0,600}\)", r"\1", title[:5000])
    text = re.sub(r"<(https?://[^>\s]{1,600})>", r"\1", text)
    text = re.sub(r"\*\*|__|~~|`", "", text)
    return re.sub(r"\s+", " ", text).strip() or title.strip()
