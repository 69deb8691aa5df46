"""The ledger of evidence: its rows, the lines that executed cells print, and what follows.

``ledger.yml`` says what the papers claim and which kinds of evidence would close each row.
Executed chapters print one line for each piece of evidence::

    GRH08-fn14 · proved · the difference is exactly zero

The status of a row is derived from the two and never typed. Nothing here knows Sphinx: the book
(``ledger.py``) and the tests use the same rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

EVIDENCE_KINDS = ("proved", "verified", "reproduced")
ROW_KINDS = ("equation", "footnote", "proposition", "derivation", "figure", "extension")
VERDICTS = ("error", "condition", "slip")
STATUSES = ("closed", "corrected", "discussion", "partly", "open")

_REQUIRED = ("id", "kind", "where", "statement", "chapter")
_ROW_KEYS = (*_REQUIRED, "needs", "discussion", "correction")
_CORRECTION_KEYS = ("verdict", "printed", "correct", "why")
# Tags that keep a cell's output off the page; evidence there would be evidence nobody can see.
_UNSEEN_TAGS = {f"remove{sep}{part}" for part in ("cell", "output", "stdout") for sep in ("-", "_")}

_ID = re.compile(r"[A-Z]{2,5}\d*(-[A-Za-z0-9.]+)+")
_LINE = re.compile(rf"(\S+) · ({'|'.join(EVIDENCE_KINDS)}) · (\S.*)")
# What was probably meant as evidence: an id at the start, then a dot or one of the three words.
_NEARLY = re.compile(rf"{_ID.pattern}\s*(?:[·•∙⋅]|\W*\s(?:{'|'.join(EVIDENCE_KINDS)})\b)")


class LedgerError(ValueError):
    """``ledger.yml`` breaks its own rules. The message lists every breach."""


@dataclass(frozen=True)
class Correction:
    """What the paper prints, what is right, and why."""

    verdict: str
    printed: str
    correct: str
    why: str


@dataclass(frozen=True)
class Row:
    """One claim of a paper, and the kinds of evidence that close it."""

    id: str
    kind: str
    where: str
    statement: str
    chapter: str
    needs: tuple[str, ...] = ()
    discussion: str | None = None
    correction: Correction | None = None

    @property
    def paper(self) -> str:
        """The paper's short name: ``GRH08`` for ``GRH08-IIA-2``."""
        return self.id.split("-", 1)[0]

    def missing(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """The needed kinds of evidence that are not among ``kinds``."""
        given = set(kinds)
        return tuple(kind for kind in self.needs if kind not in given)

    def status(self, kinds: Iterable[str]) -> str:
        """The status, given the kinds of evidence that the book prints for this row."""
        if self.discussion is not None:
            return "discussion"
        missing = self.missing(kinds)
        if not missing:
            return "corrected" if self.correction else "closed"
        return "open" if len(missing) == len(self.needs) else "partly"


@dataclass(frozen=True)
class Ledger:
    """All rows by id, and the chapters (file stem: working title) in the order of the book."""

    chapters: Mapping[str, str]
    rows: Mapping[str, Row]

    def select(self, paper: str | None = None, chapter: str | None = None) -> list[Row]:
        """The rows of a paper and of a chapter, in the order of the file."""
        return [
            row
            for row in self.rows.values()
            if paper in (None, row.paper) and chapter in (None, row.chapter)
        ]


@dataclass(frozen=True)
class Evidence:
    """One line that a cell printed when its check held."""

    id: str
    kind: str
    words: str


@dataclass(frozen=True)
class Parsed:
    """The evidence in a text, and the lines that look like evidence but are not."""

    evidence: tuple[Evidence, ...] = ()
    malformed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Ledger and chapters disagree: in which chapter, in words, and in which of its cells."""

    chapter: str
    words: str
    cell: int | None = None


# ------------------------------------------------------------------ what the chapters print


def parse(text: str) -> Parsed:
    """Find the lines of evidence in what a cell printed.

    >>> parse("GRH08-1 · verified · 200 values").evidence
    (Evidence(id='GRH08-1', kind='verified', words='200 values'),)
    >>> parse("GRH08-1 · checked · 200 values").malformed
    ('GRH08-1 · checked · 200 values',)
    """
    evidence, malformed = [], []
    for line in text.splitlines():
        if match := _LINE.fullmatch(line.rstrip()):
            evidence.append(Evidence(*match.groups()))
        elif _NEARLY.match(line.strip()):
            malformed.append(line.strip())
    return Parsed(tuple(evidence), tuple(malformed))


def parse_notebook(path: Path) -> list[Parsed]:
    """What each code cell of an executed notebook prints and the page shows, cell by cell."""
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    return [parse(_stdout(cell)) for cell in cells if cell["cell_type"] == "code"]


def _stdout(cell: Mapping[str, Any]) -> str:
    """The text a cell printed. Pieces are joined first: a line may be split between two."""
    if _UNSEEN_TAGS.intersection(cell.get("metadata", {}).get("tags", ())):
        return ""
    texts = (o["text"] for o in cell.get("outputs", ()) if o.get("name") == "stdout")
    return "".join("".join(text) for text in texts)  # stored as one string or as a list of lines


# ------------------------------------------------------------------ do both sides agree?


def disagreements(ledger: Ledger, printed: Mapping[str, Sequence[Parsed]]) -> list[Problem]:
    """Where the ledger and the chapters of the book disagree, in both directions.

    ``printed`` holds what the cells of each chapter in the book print. A row whose chapter is in
    the book must have all the evidence it needs, from any chapter; evidence must have a row.
    """
    problems = [
        Problem(chapter, words, number)
        for chapter, cells in printed.items()
        for number, parsed in enumerate(cells)
        for words in _unfounded(ledger, parsed)
    ]
    kinds = kinds_by_id(item for cells in printed.values() for p in cells for item in p.evidence)
    for row in ledger.rows.values():
        missing = row.missing(kinds.get(row.id, ()))
        if missing and row.chapter in printed:
            needed = " and ".join(missing)
            words = f"{row.id}: needs evidence of kind {needed}, but no cell of the book prints it"
            problems.append(Problem(row.chapter, words))
    return problems


def _unfounded(ledger: Ledger, parsed: Parsed) -> Iterable[str]:
    """Evidence without a row, and lines that only look like evidence, in words."""
    for item in parsed.evidence:
        row = ledger.rows.get(item.id)
        if row is None:
            yield f"{item.id}: evidence ({item.kind}), but ledger.yml has no row with this id"
        elif row.discussion is not None:
            yield f"{item.id}: evidence ({item.kind}), but ledger.yml calls the row discussion"
    form = f"<id> · <{'|'.join(EVIDENCE_KINDS)}> · <words>"
    for line in parsed.malformed:
        yield f"looks like evidence but is not of the form '{form}': {line}"


def kinds_by_id(evidence: Iterable[Evidence]) -> dict[str, set[str]]:
    """The kinds of evidence given for each id."""
    kinds: dict[str, set[str]] = {}
    for item in evidence:
        kinds.setdefault(item.id, set()).add(item.kind)
    return kinds


# ------------------------------------------------------------------ reading ledger.yml


def load(path: Path) -> Ledger:
    """Read and check ``ledger.yml``; ``LedgerError`` lists everything that is wrong with it."""
    try:
        data = yaml.load(path.read_text(encoding="utf8"), Loader=_UniqueKeys)
    except OSError as error:
        raise LedgerError(f"{path.name} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise LedgerError(f"{path.name} is not valid YAML: {error}") from None
    problems = _problems(data)
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise LedgerError("\n  - ".join([f"{path.name} has {count}:", *problems]))
    rows = [_row(entry) for entry in data["rows"]]
    return Ledger(chapters=data["chapters"], rows={row.id: row for row in rows})


class _UniqueKeys(yaml.SafeLoader):
    """YAML lets a second key of the same name win in silence; here it is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        for name in sorted({name for name in names if names.count(name) > 1}):
            problem = f"the key '{name}' stands twice in one entry"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


def _row(entry: Mapping[str, Any]) -> Row:
    values = dict(entry, needs=tuple(entry.get("needs", ())))
    if "correction" in entry:
        values["correction"] = Correction(**entry["correction"])
    return Row(**values)


def _problems(data: object) -> list[str]:
    """Everything that is wrong with the contents of ``ledger.yml``, in words."""
    if not isinstance(data, dict) or set(data) != {"chapters", "rows"}:
        return ["the file must hold exactly two keys, 'chapters' and 'rows'"]
    chapters, rows = data["chapters"], data["rows"]
    if not isinstance(chapters, dict) or not all(map(_is_text, [*chapters, *chapters.values()])):
        return ["'chapters' must map the stem of each chapter's file to its working title"]
    if not isinstance(rows, list) or not all(isinstance(entry, dict) for entry in rows):
        return ["'rows' must be a list of entries with keys"]
    problems = []
    for number, entry in enumerate(rows, start=1):
        name = entry["id"] if _is_text(entry.get("id")) else f"row {number}"
        problems += [f"{name}: {words}" for words in _row_problems(entry, chapters)]
    ids = [entry["id"] for entry in rows if _is_text(entry.get("id"))]
    problems += [
        f"{name}: {ids.count(name)} rows have this id"
        for name in dict.fromkeys(ids)
        if ids.count(name) > 1
    ]
    return problems


def _row_problems(entry: Mapping[str, Any], chapters: Mapping[str, str]) -> Iterable[str]:
    yield from _key_problems(entry, _REQUIRED, _ROW_KEYS)
    if _is_text(entry.get("id")) and not _ID.fullmatch(entry["id"]):
        yield f"the id {entry['id']!r} must be a paper, a hyphen and a place, as in GRH08-IIA-2"
    yield from _choice_problems(entry, "kind", ROW_KINDS)
    yield from _choice_problems(entry, "chapter", tuple(chapters))
    if ("needs" in entry) == ("discussion" in entry):
        both = "both" if "needs" in entry else "neither"
        yield f"give either 'needs' or 'discussion'; it has {both}"
    if "needs" in entry:
        yield from _needs_problems(entry["needs"])
    if "correction" in entry:
        yield from (f"correction: {words}" for words in _correction_problems(entry))


def _needs_problems(needs: object) -> Iterable[str]:
    allowed = ", ".join(EVIDENCE_KINDS)
    if not isinstance(needs, list) or not needs:
        yield f"needs = {needs!r} must be a list of one or more of {allowed}"
        return
    for kind in needs:
        if kind not in EVIDENCE_KINDS:
            yield f"needs names {kind!r}; allowed are {allowed}"
    if len(set(map(str, needs))) < len(needs):
        yield f"needs = {needs!r} names a kind twice"


def _correction_problems(entry: Mapping[str, Any]) -> Iterable[str]:
    correction = entry["correction"]
    if not isinstance(correction, dict):
        yield f"must have the keys {', '.join(_CORRECTION_KEYS)}"
        return
    yield from _key_problems(correction, _CORRECTION_KEYS, _CORRECTION_KEYS)
    yield from _choice_problems(correction, "verdict", VERDICTS)
    if "needs" not in entry:
        yield "a row that is only discussion cannot be shown to be wrong; give 'needs'"


def _key_problems(
    entry: Mapping[str, Any], required: Sequence[str], allowed: Sequence[str]
) -> Iterable[str]:
    """Missing and unknown keys, empty texts, and formulas that are opened but not closed."""
    for key in entry:
        if key not in allowed:
            yield f"unknown key {key!r} (allowed: {', '.join(allowed)})"
    for key in required:
        if key not in entry:
            yield f"'{key}' is missing"
    for key in allowed:
        if key not in entry or key in ("needs", "correction"):
            continue
        if not _is_text(entry[key]):
            yield f"{key} = {entry[key]!r} must be a text that is not empty"
        elif entry[key].count("$") % 2:
            yield f"'{key}' has an odd number of $ signs"


def _choice_problems(entry: Mapping[str, Any], key: str, allowed: Sequence[str]) -> Iterable[str]:
    if _is_text(entry.get(key)) and entry[key] not in allowed:
        yield f"{key} = {entry[key]!r} must be one of {', '.join(allowed)}"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
