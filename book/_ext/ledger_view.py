"""The ledger, errata and run pages: tables made from the ledger and the evidence found."""

from __future__ import annotations

import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import evidence_ledger as rules
from docutils import nodes
from ledger_store import Chapter, cells_of, chapters_of, documents_of, pages_of
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

PACKAGES = ("numpy", "scipy", "sympy", "matplotlib", "jupyter-book", "offshoring")
VERDICT_WORDS = {
    "error": "wrong as printed",
    "condition": "needs a condition",
    "slip": "slip of the pen",
}


class Placeholder(nodes.General, nodes.Element):
    """Stands for a part of a ledger page until all chapters have been read.

    Its children are the row texts, already parsed, one ``inline`` each with the key ``text_of``.
    So Sphinx sees their formulas and links like those of any page.
    """


class FillPlaceholders(SphinxPostTransform):
    """Put the tables where the directives left their placeholders."""

    default_priority = 5  # before references are resolved: row texts may hold some

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(Placeholder)):
            view = View(self.app, self.env.docname, node)
            node.replace_self(getattr(view, node["show"])())


class View:
    """Builds what one placeholder stands for."""

    def __init__(self, app: Sphinx, docname: str, node: Placeholder) -> None:
        self.app, self.env, self.docname, self.node = app, app.env, docname, node
        self.ledger: rules.Ledger = app.ledger
        self.rows = [self.ledger.rows[name] for name in node["rows"]]
        self.texts = {
            child["text_of"]: child.children for child in node if isinstance(child, nodes.inline)
        }
        self.documents = documents_of(self.env)
        self.found: dict[str, list[tuple[rules.Evidence, str, str]]] = {}
        for docname in self.documents.values():
            for cell in cells_of(self.env, docname):
                for item, anchor in zip(cell.parsed.evidence, cell.anchors, strict=True):
                    self.found.setdefault(item.id, []).append((item, docname, anchor))

    # -- small pieces

    def kinds(self, row: rules.Row) -> set[str]:
        return {item.kind for item, _, _ in self.found.get(row.id, ())}

    def status(self, row: rules.Row) -> str:
        return row.status(self.kinds(row))

    def text(self, row: rules.Row, key: str) -> list[nodes.Node]:
        return [child.deepcopy() for child in self.texts[row.id, key]]

    def link(self, docname: str, anchor: str, text: str) -> nodes.reference:
        return make_refnode(
            self.app.builder, self.docname, docname, anchor, nodes.inline(text, text)
        )

    def title(self, docname: str) -> str:
        return self.env.titles[docname].astext()

    def row_id(self, row: rules.Row) -> nodes.Node:
        """The id; it links to the numbered equation if a chapter has one of this name."""
        equation = self.env.get_domain("math").equations.get(row.id)
        if equation is None:
            return nodes.strong(row.id, row.id)
        link = self.link(equation[0], nodes.make_id(f"equation-{row.id}"), f"({row.id})")
        return nodes.strong("", "", link)

    def evidence_lines(self, row: rules.Row) -> list[nodes.Node]:
        """One line for each piece of evidence, linked to its cell, then what is missing."""
        lines = []
        for item, docname, anchor in self.found.get(row.id, ()):
            line = _paragraph(self.link(docname, anchor, item.kind), ": ", *_unbroken(item.words))
            if docname != self.documents.get(row.chapter):
                title = self.title(docname)
                line += [nodes.Text(", in "), nodes.emphasis(title, title)]
            lines.append(line)
        missing = row.missing(self.kinds(row))
        if missing:
            title = self.ledger.chapters[row.chapter]
            words = f"Still to be {' and '.join(missing)}, in "
            lines.append(_paragraph(words, nodes.emphasis(title, title), "."))
        return lines

    def erratum_link(self, row: rules.Row) -> list[nodes.Node]:
        pages = [name for name, used in pages_of(self.env).items() if "errata" in used]
        if not (row.correction and pages):
            return []
        noun = "Correction" if self.status(row) == "corrected" else "Announced correction"
        words = f"{noun} ({VERDICT_WORDS[row.correction.verdict]}): see the "
        return [_paragraph(words, self.link(min(pages), f"erratum-{row.id}", "errata"), ".")]

    # -- the ledger page

    def summary(self) -> list[nodes.Node]:
        counts = Counter(self.status(row) for row in self.rows)
        shown = [name for name in rules.STATUSES if counts[name] or name != "partly"]
        parts = [f"{counts[name]} {name}" for name in shown]
        total = _count(len(self.rows), "row")
        return [_paragraph(nodes.strong("", f"{total}: {', '.join(parts)}."))]

    def chapter(self) -> list[nodes.Node]:
        docname = self.documents.get(self.node["chapter"])
        if docname is None:
            return [_paragraph("This chapter is still to be written.")]
        return [_paragraph("Settled in ", self.link(docname, "", self.title(docname)), ".")]

    def table(self) -> list[nodes.Node]:
        return [
            _table(
                "ledger-table",
                ("Row and status", "What it says", "Evidence"),
                [self.table_row(row) for row in self.rows],
            )
        ]

    def table_row(self, row: rules.Row) -> nodes.row:
        where = nodes.inline(row.where, row.where, classes=["ledger-where"])
        status = self.status(row)
        badge = nodes.inline(status, status, classes=["ledger-status", f"ledger-{status}"])
        if row.discussion is None:
            evidence = self.evidence_lines(row) + self.erratum_link(row)
        else:
            evidence = [_paragraph(*self.text(row, "discussion"))]
        statement = [_paragraph(*self.text(row, "statement")), _paragraph(where)]
        node = _table_row([_paragraph(self.row_id(row), " ", badge)], statement, evidence)
        node["ids"].append(f"row-{row.id}")
        node["classes"].append(f"ledger-row-{status}")
        return node

    # -- the errata page

    def errata(self) -> list[nodes.Node]:
        shown = self.node["shown"]
        rows = [row for row in self.rows if (self.status(row) == "corrected") == shown]
        if rows:
            return [self.erratum(row) for row in rows]
        if shown:
            return [_paragraph("None yet: no chapter of this edition reaches a correction.")]
        return [_paragraph("None: every correction has its evidence.")]

    def erratum(self, row: rules.Row) -> nodes.container:
        verdict = VERDICT_WORDS[row.correction.verdict]
        ledger = [name for name, used in pages_of(self.env).items() if "ledger-table" in used]
        name: nodes.Node = nodes.Text(row.id)
        if ledger:
            name = self.link(min(ledger), f"row-{row.id}", row.id)
        heading = _paragraph(nodes.strong("", "", name, nodes.Text(f", {row.where}: {verdict}")))
        entries = [
            ("Printed", [_paragraph(*self.text(row, "printed"))]),
            ("Correct", [_paragraph(*self.text(row, "correct"))]),
            ("Why", [_paragraph(*self.text(row, "why"))]),
            ("Evidence", self.evidence_lines(row)),
        ]
        node = nodes.container("", heading, _definitions(entries), classes=["ledger-erratum"])
        node["ids"].append(f"erratum-{row.id}")
        return node

    # -- the run page

    def build(self) -> list[nodes.Node]:
        rows = [("Built", _time(datetime.now(UTC))), ("Python", platform.python_version())]
        rows += [("Machine", _machine())]
        rows += [(name, _version(name)) for name in PACKAGES]
        cells = [_table_row([_paragraph(a)], [_paragraph(b)]) for a, b in rows]
        return [_table("ledger-build", ("What", "Value"), cells)]

    def runs(self) -> list[nodes.Node]:
        chapters = [
            (docname, chapters_of(self.env)[docname])
            for docname in self.documents.values()
            if docname in chapters_of(self.env)
        ]
        rows = [row for docname, chapter in chapters for row in self.run_rows(docname, chapter)]
        seconds = sum(c.run.seconds or 0 for _, c in chapters if c.run)
        claims = _claims(item for _, chapter in chapters for item in chapter.evidence)
        rows.append(_text_row("All chapters", f"{seconds:.1f} s", "", claims))
        rows[-1]["classes"].append("ledger-total")
        return [_table("ledger-runs", ("Chapter", "Run time", "When it ran", "Claims"), rows)]

    def run_rows(self, docname: str, chapter: Chapter) -> Iterator[nodes.row]:
        """A chapter's row and, if it was slow, the warning below it."""
        title, run = self.title(docname), chapter.run
        seconds = "not recorded" if not run or run.seconds is None else f"{run.seconds:.1f} s"
        when = "not run" if not run else _time(run.when)
        if run and run.cached:
            when += "; this build took the outputs from the cache of that run"
        link = self.link(docname, "", title)
        yield _text_row(link, seconds, when, _claims(chapter.evidence))
        limit = self.app.config.ledger_slow_seconds
        if run and (run.seconds or 0) > limit:
            words = f"Warning: {title} took {seconds}, more than {limit} s."
            warning = _text_row(words)
            warning.children[0]["morecols"] = 3
            warning["classes"].append("ledger-warning")
            yield warning


# ------------------------------------------------------------------ words


def _claims(evidence: Iterable[rules.Evidence]) -> str:
    """How many rows are proved, verified, reproduced; a row checked twice counts once."""
    counts = Counter(kind for _, kind in {(item.id, item.kind) for item in evidence})
    return ", ".join(f"{counts[kind]} {kind}" for kind in rules.EVIDENCE_KINDS)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _time(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _machine() -> str:
    """The platform in general words: no host name, no path."""
    parts = [platform.system() or "unknown system", platform.machine() or "unknown processor"]
    if cores := os.cpu_count():
        parts.append(_count(cores, "core"))
    return ", ".join(parts)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


# ------------------------------------------------------------------ nodes


def _paragraph(*parts: nodes.Node | str) -> nodes.paragraph:
    children = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return nodes.paragraph("", "", *children)


def _unbroken(words: str) -> Iterator[nodes.Node]:
    """The words, with numbers such as 3.1e-10 kept on one line."""
    for k, part in enumerate(re.split(r"(\d[\d.]*e-\d+)", words)):
        yield nodes.inline(part, part, classes=["ledger-number"]) if k % 2 else nodes.Text(part)


def _text_row(*cells: nodes.Node | str) -> nodes.row:
    return _table_row(*([_paragraph(cell)] for cell in cells))


def _table_row(*cells: Sequence[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))


def _table(name: str, header: Sequence[str], rows: Sequence[nodes.row]) -> nodes.table:
    columns = [nodes.colspec(colwidth=1) for _ in header]
    group = nodes.tgroup("", *columns, cols=len(header))
    group += nodes.thead("", _text_row(*header))
    group += nodes.tbody("", *rows)
    return nodes.table("", group, classes=["colwidths-auto", "ledger", name])


def _definitions(entries: Sequence[tuple[str, Sequence[nodes.Node]]]) -> nodes.definition_list:
    items = [
        nodes.definition_list_item("", nodes.term(name, name), nodes.definition("", *content))
        for name, content in entries
    ]
    return nodes.definition_list("", *items)
