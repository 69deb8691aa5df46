"""Sphinx extension: the ledger, errata and run pages, made from what the chapters really printed.

While Sphinx reads a chapter, myst-nb puts the outputs of its cells into the document. This
extension finds the lines of evidence there, gives each such cell an anchor, and remembers both.
Three directives show the result: ``ledger-table``, ``errata`` and ``run-report``. They leave a
placeholder; it is filled when the page is written, after every chapter has been read.

Ledger and chapters that disagree make Sphinx warnings, so ``-W`` fails the build.
"""

from __future__ import annotations

import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import evidence_ledger as rules
from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)

PACKAGES = ("numpy", "scipy", "sympy", "matplotlib", "jupyter-book", "offshoring")
VERDICT_WORDS = {"error": "wrong as printed", "condition": "needs a condition"}


# ------------------------------------------------------------------ while a chapter is read


@dataclass(frozen=True)
class Cell:
    """A cell of a chapter: what it printed, where it stands, the anchor of each evidence line."""

    parsed: rules.Parsed
    line: int | None
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One run of a chapter: how long it took, when, and whether a cache kept its outputs."""

    seconds: float | None
    when: datetime
    cached: bool


@dataclass(frozen=True)
class Chapter:
    """What the ledger remembers of one executed document."""

    cells: tuple[Cell, ...]
    run: Run | None

    @property
    def evidence(self) -> list[rules.Evidence]:
        return [item for cell in self.cells for item in cell.parsed.evidence]


def note_start(app: Sphinx, docname: str, source: list[str]) -> None:
    app.env.temp_data["ledger_start"] = datetime.now(UTC)


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the evidence of one document and give its cells their anchors."""
    env = app.env
    counts: Counter[str] = Counter()
    cells = []
    for container in doctree.findall(_is_cell):
        parsed = rules.parse(_stdout(container))
        if not (parsed.evidence or parsed.malformed):
            continue
        anchors = []
        for item in parsed.evidence:
            counts[item.id] += 1
            anchors.append(f"evidence-{item.id}-{counts[item.id]}")
        container["ids"] += anchors
        cells.append(Cell(parsed, container.line, tuple(anchors)))
    run = _run(env)
    if run or cells:
        _chapters(env)[env.docname] = Chapter(tuple(cells), run)


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _stdout(container: nodes.container) -> str:
    """The text a cell printed. Pieces are joined first: a line may be split between two."""
    blocks = container.findall(nodes.literal_block)
    return "".join(block.astext() for block in blocks if "stream" in block["classes"])


def _run(env: BuildEnvironment) -> Run | None:
    """What myst-nb knows about the run behind the outputs of the document being read."""
    data = NbMetadataCollector.get_exec_data(env, env.docname)
    if not data:
        return None
    when = datetime.fromtimestamp(data["mtime"], UTC)
    cached = not env.temp_data["ledger_start"] <= when <= datetime.now(UTC)
    if cached:  # the cache stores UTC without saying so, and myst-nb reads it as local time
        when = datetime.fromtimestamp(data["mtime"]).replace(tzinfo=UTC)
    return Run(data["runtime"], when, cached)


# ------------------------------------------------------------------ what the environment holds


def _chapters(env: BuildEnvironment) -> dict[str, Chapter]:
    """What was found, by document. Kept between builds with the rest of the environment."""
    if not hasattr(env, "ledger_chapters"):
        env.ledger_chapters = {}
    return env.ledger_chapters


def _pages(env: BuildEnvironment) -> dict[str, set[str]]:
    """The documents that show the ledger, with the names of the directives they use."""
    if not hasattr(env, "ledger_pages"):
        env.ledger_pages = {}
    return env.ledger_pages


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a document that is removed or about to be read again."""
    _chapters(env).pop(docname, None)
    _pages(env).pop(docname, None)
    env.ledger_stale = True


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over what a parallel reader found."""
    for docname in docnames:
        for ours, theirs in ((_chapters(env), _chapters(other)), (_pages(env), _pages(other))):
            if docname in theirs:
                ours[docname] = theirs[docname]


def check_and_refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Warn where ledger and chapters disagree; return the pages to be written again.

    Sphinx calls this in every build, also when nothing changed, so a disagreement does not turn
    into a green build by building twice.
    """
    documents = _documents(env)
    printed = {
        chapter: [cell.parsed for cell in _cells(env, docname)]
        for chapter, docname in documents.items()
    }
    for problem in rules.disagreements(app.ledger, printed):
        logger.warning(
            problem.words,
            location=_location(env, documents[problem.chapter], problem),
            type="ledger",
        )
    stale = getattr(env, "ledger_stale", True)
    env.ledger_stale = False
    return sorted(_pages(env)) if stale else []


def _documents(env: BuildEnvironment) -> dict[str, str]:
    """Chapters that are in the book, then any other document with evidence: name to docname."""
    stems = {PurePosixPath(docname).name: docname for docname in sorted(env.found_docs)}
    known = {stem: stems[stem] for stem in env.app.ledger.chapters if stem in stems}
    others = sorted(set(_chapters(env)) - set(known.values()))
    return known | {docname: docname for docname in others}


def _cells(env: BuildEnvironment, docname: str) -> Sequence[Cell]:
    chapter = _chapters(env).get(docname)
    return chapter.cells if chapter else ()


def _location(
    env: BuildEnvironment, docname: str, problem: rules.Problem
) -> tuple[str, int | None]:
    """The line of the cell that a problem is about, if it is about one."""
    return docname, None if problem.cell is None else _cells(env, docname)[problem.cell].line


# ------------------------------------------------------------------ directives


class Placeholder(nodes.General, nodes.Element):
    """Stands for a part of a ledger page until all chapters have been read.

    Its children are the row texts, already parsed, one ``inline`` each with the key ``text_of``.
    So Sphinx sees their formulas and links like those of any page.
    """


class LedgerDirective(SphinxDirective):
    """What the three directives share."""

    def note_page(self) -> None:
        """Have this page read again when ledger.yml changes, and written again with any chapter."""
        self.env.note_dependency(str(_ledger_path(self.env.app)))
        _pages(self.env).setdefault(self.env.docname, set()).add(self.name)

    def placeholder(self, show: str, rows: Sequence[rules.Row] = (), **more: Any) -> Placeholder:
        """A placeholder that carries the parsed texts of its rows."""
        node = Placeholder(show=show, rows=[row.id for row in rows], **more)
        for row in rows:
            texts = {"statement": row.statement, "discussion": row.discussion}
            if row.correction:
                texts |= {
                    key: getattr(row.correction, key) for key in ("printed", "correct", "why")
                }
            for key, text in texts.items():
                if text:
                    parsed, messages = self.parse_inline(text)
                    node += nodes.inline("", "", *parsed, text_of=(row.id, key))
                    node += messages
        return node

    def section(self, name: str, title: str, *content: nodes.Node) -> nodes.section:
        """A section of its own, so that it appears in the page's table of contents."""
        node = nodes.section("", nodes.title(title, title), *content, ids=[name], names=[name])
        self.set_source_info(node)
        return node


class LedgerTable(LedgerDirective):
    """All rows of a paper, chapter by chapter, with a summary first."""

    option_spec: ClassVar = {
        "paper": directives.unchanged_required,
        "chapter": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        self.note_page()
        ledger, paper = self.env.app.ledger, self.options.get("paper")
        chosen = self.options.get("chapter")
        rows = ledger.select(paper, chosen)
        if not rows:
            papers = ", ".join(sorted({row.paper for row in ledger.rows.values()}))
            raise self.error(
                f"ledger-table: no row for paper = {paper}, chapter = {chosen}; "
                f"papers are {papers}, chapters are {', '.join(ledger.chapters)}"
            )
        summary = self.placeholder("summary")
        summary["rows"] = [row.id for row in rows]
        if chosen:
            return [summary, self.placeholder("table", rows)]
        parts = [(c, ledger.select(paper, c)) for c in ledger.chapters]
        return [
            summary,
            *(
                self.section(
                    f"ledger-{chapter.replace('_', '-')}",
                    ledger.chapters[chapter],
                    self.placeholder("chapter", chapter=chapter),
                    self.placeholder("table", part),
                )
                for chapter, part in parts
                if part
            ),
        ]


class Errata(LedgerDirective):
    """The corrections that have evidence, then those whose evidence is still to come."""

    option_spec: ClassVar = {"paper": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        self.note_page()
        rows = [r for r in self.env.app.ledger.select(self.options.get("paper")) if r.correction]
        return [
            self.section(
                "errata-shown", "Shown in this book", self.placeholder("errata", rows, shown=True)
            ),
            self.section(
                "errata-announced",
                "Announced, evidence still to come",
                self.placeholder("errata", rows, shown=False),
            ),
        ]


class RunReport(LedgerDirective):
    """When the book was built, with which versions, and what each chapter's run gave."""

    def run(self) -> list[nodes.Node]:
        self.note_page()
        return [
            self.section("run-build", "This build", self.placeholder("build")),
            self.section("run-chapters", "The chapters", self.placeholder("runs")),
        ]


# ------------------------------------------------------------------ when a page is written


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
        self.documents = _documents(self.env)
        self.found: dict[str, list[tuple[rules.Evidence, str, str]]] = {}
        for docname in self.documents.values():
            for cell in _cells(self.env, docname):
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
        pages = [name for name, used in _pages(self.env).items() if "errata" in used]
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
        ledger = [name for name, used in _pages(self.env).items() if "ledger-table" in used]
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
            (docname, _chapters(self.env)[docname])
            for docname in self.documents.values()
            if docname in _chapters(self.env)
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


# ------------------------------------------------------------------ setup


def _ledger_path(app: Sphinx) -> Path:
    return Path(app.srcdir) / app.config.ledger_file


def load_ledger(app: Sphinx) -> None:
    try:
        app.ledger = rules.load(_ledger_path(app))
    except rules.LedgerError as error:
        raise ExtensionError(str(error)) from None


def add_style(app: Sphinx, config: Any) -> None:
    config.html_static_path = [*config.html_static_path, str(Path(__file__).with_suffix(".css"))]
    app.add_css_file("ledger.css")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("ledger_file", "book/ledger.yml", "env", [str])
    app.add_config_value("ledger_slow_seconds", 30, "env", [int, float])
    app.add_node(Placeholder)
    app.add_directive("ledger-table", LedgerTable)
    app.add_directive("errata", Errata)
    app.add_directive("run-report", RunReport)
    app.add_post_transform(FillPlaceholders)
    app.connect("config-inited", add_style)
    app.connect("builder-inited", load_ledger)
    app.connect("source-read", note_start)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", check_and_refresh)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
