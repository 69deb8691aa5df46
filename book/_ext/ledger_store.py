"""What the ledger remembers between builds: the evidence of each chapter and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

import evidence_ledger as rules
from sphinx.environment import BuildEnvironment


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


def chapters_of(env: BuildEnvironment) -> dict[str, Chapter]:
    """What was found, by document. Kept between builds with the rest of the environment."""
    if not hasattr(env, "ledger_chapters"):
        env.ledger_chapters = {}
    return env.ledger_chapters


def pages_of(env: BuildEnvironment) -> dict[str, set[str]]:
    """The documents that show the ledger, with the names of the directives they use."""
    if not hasattr(env, "ledger_pages"):
        env.ledger_pages = {}
    return env.ledger_pages


def documents_of(env: BuildEnvironment) -> dict[str, str]:
    """Chapters that are in the book, then any other document with evidence: name to docname."""
    stems = {PurePosixPath(docname).name: docname for docname in sorted(env.found_docs)}
    known = {stem: stems[stem] for stem in env.app.ledger.chapters if stem in stems}
    others = sorted(set(chapters_of(env)) - set(known.values()))
    return known | {docname: docname for docname in others}


def cells_of(env: BuildEnvironment, docname: str) -> Sequence[Cell]:
    chapter = chapters_of(env).get(docname)
    return chapter.cells if chapter else ()
