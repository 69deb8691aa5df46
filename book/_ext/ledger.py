"""Sphinx extension: the ledger, errata and run pages, made from what the chapters really printed.

While Sphinx reads a chapter, myst-nb puts the outputs of its cells into the document. This
extension finds the lines of evidence there, gives each such cell an anchor, and remembers both
(``ledger_store``). Three directives, ``ledger-table``, ``errata`` and ``run-report``, leave a
placeholder; it is filled when the page is written, after every chapter has been read
(``ledger_view``). What a row and a line of evidence are is in ``evidence_ledger``.

Ledger and chapters that disagree make Sphinx warnings, so ``-W`` fails the build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import evidence_ledger as rules
from docutils import nodes
from docutils.parsers.rst import directives
from ledger_store import Cell, Chapter, Run, cells_of, chapters_of, documents_of, pages_of
from ledger_view import FillPlaceholders, Placeholder
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)


# ------------------------------------------------------------------ while a chapter is read


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
        chapters_of(env)[env.docname] = Chapter(tuple(cells), run)


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


# ------------------------------------------------------------------ when chapters change


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a document that is removed or about to be read again."""
    chapters_of(env).pop(docname, None)
    pages_of(env).pop(docname, None)
    env.ledger_stale = True


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over what a parallel reader found."""
    for docname in docnames:
        for ours, theirs in (
            (chapters_of(env), chapters_of(other)),
            (pages_of(env), pages_of(other)),
        ):
            if docname in theirs:
                ours[docname] = theirs[docname]


def check_and_refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Warn where ledger and chapters disagree; return the pages to be written again.

    Sphinx calls this in every build, also when nothing changed, so a disagreement does not turn
    into a green build by building twice.
    """
    documents = documents_of(env)
    printed = {
        chapter: [cell.parsed for cell in cells_of(env, docname)]
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
    return sorted(pages_of(env)) if stale else []


def _location(
    env: BuildEnvironment, docname: str, problem: rules.Problem
) -> tuple[str, int | None]:
    """The line of the cell that a problem is about, if it is about one."""
    return docname, None if problem.cell is None else cells_of(env, docname)[problem.cell].line


# ------------------------------------------------------------------ directives


class LedgerDirective(SphinxDirective):
    """What the three directives share."""

    def note_page(self) -> None:
        """Have this page read again when ledger.yml changes, and written again with any chapter."""
        self.env.note_dependency(str(_ledger_path(self.env.app)))
        pages_of(self.env).setdefault(self.env.docname, set()).add(self.name)

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
