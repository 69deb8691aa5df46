"""The ledger: its rules, the lines of evidence, the status of a row, and the pages made from it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import evidence_ledger as rules
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

BOOK = Path(__file__).resolve().parents[1] / "book"
TOOLKIT, WAGES = "toolkit", "wages"


def row(name="TOY1-1", **changes):
    """A row that keeps every rule; a change of None takes a key away."""
    entry = {
        "id": name,
        "kind": "equation",
        "where": "equation (1)",
        "statement": "One is one: $1=1$.",
        "chapter": TOOLKIT,
        "needs": ["verified"],
    }
    return {key: value for key, value in (entry | changes).items() if value is not None}


CORRECTION = {
    "verdict": "error",
    "printed": "Two is $1$.",
    "correct": "Two is $2$.",
    "why": "Count.",
}


def write_ledger(folder, *rows):
    path = folder / "ledger.yml"
    data = {"chapters": {TOOLKIT: "The toolkit", WAGES: "Wages"}, "rows": list(rows)}
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf8")
    return path


def make_ledger(folder, *rows):
    return rules.load(write_ledger(folder, *rows))


# ------------------------------------------------------------------ the rules of ledger.yml


def test_a_good_ledger_is_read_in_full(tmp_path):
    ledger = make_ledger(
        tmp_path,
        row(correction=CORRECTION),
        row("TOY1-fn2", needs=None, discussion="A remark.", chapter=WAGES),
    )
    assert list(ledger.rows) == ["TOY1-1", "TOY1-fn2"]
    assert ledger.rows["TOY1-1"].correction == rules.Correction(**CORRECTION)
    assert ledger.rows["TOY1-1"].needs == ("verified",)
    assert [r.id for r in ledger.select(paper="TOY1", chapter=WAGES)] == ["TOY1-fn2"]
    assert ledger.select(paper="TOY2") == []


BAD_ROWS = [
    (row(colour="red"), r"TOY1-1: unknown key 'colour' \(allowed: id, kind, where"),
    (row(status="closed"), "TOY1-1: unknown key 'status'"),
    (row(statement=None), "TOY1-1: 'statement' is missing"),
    (row(where=None), "TOY1-1: 'where' is missing"),
    (row(chapter=None), "TOY1-1: 'chapter' is missing"),
    (row(kind=None), "TOY1-1: 'kind' is missing"),
    (row(name=None), "row 1: 'id' is missing"),
    (row(name=12), "row 1: id = 12 must be a text that is not empty"),
    (row(name="fn14"), "the id 'fn14' must be a paper, a hyphen and a place"),
    (row(name="TOY1-1 x"), "the id 'TOY1-1 x' must be a paper"),
    (row(statement="  "), "TOY1-1: statement = '  ' must be a text that is not empty"),
    (row(statement="open $x"), "TOY1-1: 'statement' has an odd number of \\$ signs"),
    (row(kind="lemma"), "TOY1-1: kind = 'lemma' must be one of equation, footnote"),
    (row(chapter="nowhere"), "TOY1-1: chapter = 'nowhere' must be one of toolkit, wages"),
    (row(needs=None), "TOY1-1: give either 'needs' or 'discussion'; it has neither"),
    (row(discussion="Why."), "TOY1-1: give either 'needs' or 'discussion'; it has both"),
    (row(needs=None, discussion=""), "TOY1-1: discussion = '' must be a text"),
    (row(needs=[]), r"TOY1-1: needs = \[\] must be a list of one or more of proved, verified"),
    (row(needs="proved"), "TOY1-1: needs = 'proved' must be a list"),
    (row(needs=["seen"]), "TOY1-1: needs names 'seen'; allowed are proved, verified, reproduced"),
    (row(needs=["proved", "proved"]), "TOY1-1: needs = .* names a kind twice"),
    (row(correction="it is wrong"), "TOY1-1: correction: must have the keys verdict, printed"),
    (row(correction=CORRECTION | {"verdict": "bad"}), "correction: verdict = 'bad' must be one of"),
    (row(correction=CORRECTION | {"page": "3"}), "TOY1-1: correction: unknown key 'page'"),
    (row(correction=CORRECTION | {"why": ""}), "TOY1-1: correction: why = '' must be a text"),
    (row(correction={"verdict": "error"}), "TOY1-1: correction: 'printed' is missing"),
    (
        row(correction=CORRECTION, needs=None, discussion="Why."),
        "TOY1-1: correction: a row that is only discussion cannot be shown to be wrong",
    ),
]


@pytest.mark.parametrize("bad, words", BAD_ROWS, ids=[words for _, words in BAD_ROWS])
def test_a_row_that_breaks_a_rule_is_refused_in_words(tmp_path, bad, words):
    with pytest.raises(rules.LedgerError, match=words) as caught:
        make_ledger(tmp_path, bad)
    assert str(caught.value).startswith("ledger.yml has ")


def test_one_message_lists_every_problem(tmp_path):
    with pytest.raises(rules.LedgerError) as caught:
        make_ledger(tmp_path, row(kind="lemma", where=None), row(), row("TOY1-2", needs=["seen"]))
    lines = str(caught.value).splitlines()
    assert lines[0] == "ledger.yml has 4 problems:"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "  - TOY1-1",
        "  - TOY1-1",
        "  - TOY1-2",
        "  - TOY1-1",
    ]
    assert lines[-1] == "  - TOY1-1: 2 rows have this id"


BAD_FILES = [
    ("rows: [", "ledger.yml is not valid YAML"),
    ("rows: []", "the file must hold exactly two keys, 'chapters' and 'rows'"),
    ("- 1", "the file must hold exactly two keys"),
    ("chapters: [a]\nrows: []", "'chapters' must map the stem of each chapter's file"),
    ("chapters: {a: 3}\nrows: []", "'chapters' must map the stem of each chapter's file"),
    ("chapters: {a: A}\nrows: [b]", "'rows' must be a list of entries with keys"),
    ("chapters: {a: A}\nrows:\n- id: X1-1\n  id: X1-2", "the key 'id' stands twice in one entry"),
]


@pytest.mark.parametrize("text, words", BAD_FILES, ids=[words for _, words in BAD_FILES])
def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path, text, words):
    path = tmp_path / "ledger.yml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(rules.LedgerError, match=words):
        rules.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(rules.LedgerError, match=r"ledger\.yml cannot be read: No such file"):
        rules.load(tmp_path / "ledger.yml")


# ------------------------------------------------------------------ lines of evidence


def test_evidence_is_found_among_other_output():
    text = (
        "0.4731\nGRH08-fn14 · proved · the difference is exactly zero\r\n"
        "GRH08-IIA-2 · verified · 200 values, largest relative error 3.1e-10 (allowed 1e-07)\n"
        "about GRH08-1\nGRH08-F1 · reproduced · a · b"
    )
    assert rules.parse(text) == rules.Parsed(
        (
            rules.Evidence("GRH08-fn14", "proved", "the difference is exactly zero"),
            rules.Evidence(
                "GRH08-IIA-2",
                "verified",
                "200 values, largest relative error 3.1e-10 (allowed 1e-07)",
            ),
            rules.Evidence("GRH08-F1", "reproduced", "a · b"),
        )
    )


@pytest.mark.parametrize(
    "line",
    [
        "GRH08-1 · checked · nearly",
        "GRH08-1 · Proved · nearly",
        "GRH08-1 · proved ·",
        "GRH08-1 · proved",
        "GRH08-1· proved · no blank",
        "GRH08-1 • proved • another dot",
        "GRH08-1 - proved - hyphens",
        "GRH08-IIA-2: verified on a grid",
        "  GRH08-1 · proved · indented",
    ],
)
def test_a_line_that_is_almost_evidence_is_reported(line):
    assert rules.parse(f"x\n{line}\n") == rules.Parsed((), (line.strip(),))


@pytest.mark.parametrize(
    "line", ["", "GRH08-1 holds", "The result is proved", "I = 0.473", "proved · GRH08-1 · x"]
)
def test_other_output_is_left_alone(line):
    assert rules.parse(line) == rules.Parsed()


def notebook(*cells):
    """An executed notebook; each cell is what it printed, or its pieces, or (pieces, tags)."""
    nb = nbformat.v4.new_notebook()
    nb.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
    for number, cell in enumerate(cells, start=1):
        pieces, tags = cell if isinstance(cell, tuple) else (cell, [])
        pieces = [pieces] if isinstance(pieces, str) else pieces
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in pieces]
        metadata = {"tags": tags} if tags else {}
        nb.cells.append(
            nbformat.v4.new_code_cell(
                "1", outputs=outputs, execution_count=number, metadata=metadata, id=f"cell-{number}"
            )
        )
    return nb


def test_a_notebook_gives_the_evidence_that_its_page_shows(tmp_path):
    nb = notebook(
        "TOY1-1 · proved · zero\n",
        ["TOY1-2 · veri", "fied · split between two outputs\n"],
        ("TOY1-3 · proved · out of sight\n", ["remove-output"]),
        ("TOY1-4 · proved · folded\n", ["hide-input"]),
    )
    nb.cells[0].outputs.append(
        nbformat.v4.new_output("stream", name="stderr", text="TOY1-9 · proved · on stderr\n")
    )
    nb.cells.append(nbformat.v4.new_markdown_cell("TOY1-8 · proved · in prose"))
    nbformat.write(nb, tmp_path / "toolkit.ipynb")
    cells = rules.parse_notebook(tmp_path / "toolkit.ipynb")
    assert [[item.id for item in cell.evidence] for cell in cells] == [
        ["TOY1-1"],
        ["TOY1-2"],
        [],
        ["TOY1-4"],
    ]
    assert cells[1].evidence[0].kind == "verified"


# ------------------------------------------------------------------ the status of a row


@pytest.mark.parametrize(
    "changes, kinds, status",
    [
        ({}, [], "open"),
        ({}, ["proved"], "open"),
        ({}, ["verified"], "closed"),
        ({"needs": ["proved", "verified"]}, ["verified"], "partly"),
        ({"needs": ["proved", "verified"]}, ["verified", "proved"], "closed"),
        ({"needs": ["proved"]}, ["verified", "proved", "reproduced"], "closed"),
        ({"correction": CORRECTION}, [], "open"),
        ({"correction": CORRECTION}, ["verified"], "corrected"),
        (
            {"correction": CORRECTION, "needs": ["proved", "verified"]},
            ["verified"],
            "partly",
        ),
        ({"needs": None, "discussion": "A remark."}, [], "discussion"),
    ],
)
def test_the_status_follows_from_the_evidence(tmp_path, changes, kinds, status):
    ledger = make_ledger(tmp_path, row(**changes))
    assert ledger.rows["TOY1-1"].status(kinds) == status
    assert status in rules.STATUSES


# ------------------------------------------------------------------ ledger and chapters agree


def problems(tmp_path, entries, **printed):
    ledger = make_ledger(tmp_path, *entries)
    cells = {chapter: [rules.parse(text) for text in texts] for chapter, texts in printed.items()}
    return [(p.chapter, p.words) for p in rules.disagreements(ledger, cells)]


def test_a_chapter_with_all_its_evidence_has_no_problem(tmp_path):
    assert problems(tmp_path, [row()], toolkit=["TOY1-1 · verified · yes"]) == []


def test_evidence_may_come_from_another_chapter(tmp_path):
    assert problems(tmp_path, [row()], toolkit=[], wages=["TOY1-1 · verified · yes"]) == []


def test_a_row_of_a_chapter_that_is_not_in_the_book_may_be_open(tmp_path):
    assert problems(tmp_path, [row(chapter=WAGES)], toolkit=[]) == []


@pytest.mark.parametrize(
    "printed, words",
    [
        ("", "TOY1-1: needs evidence of kind verified, but no cell of the book prints it"),
        ("TOY1-1 · proved · x", "TOY1-1: needs evidence of kind verified, but no cell"),
        ("TOY1-1 · verified · x\nTOY1-7 · proved · x", "TOY1-7: evidence .* no row with this id"),
        ("TOY1-1 · verified · x\nTOY1-1 · seen · x", "looks like evidence but .*: TOY1-1 · seen"),
        (
            "TOY1-1 · verified · x\nTOY1-fn2 · verified · x",
            "TOY1-fn2: evidence .* calls the row discussion",
        ),
    ],
)
def test_each_disagreement_is_named_with_its_chapter(tmp_path, printed, words):
    entries = [row(), row("TOY1-fn2", needs=None, discussion="A remark.")]
    ((chapter, said),) = problems(tmp_path, entries, toolkit=[printed])
    assert chapter == TOOLKIT
    assert re.search(words, said)


# ------------------------------------------------------------------ the book's own ledger


@pytest.fixture(scope="module")
def book():
    return rules.load(BOOK / "ledger.yml")


def test_the_ledger_has_every_numbered_equation_and_figure(book):
    equations = [f"GRH08-{k}" for k in range(1, 21)]
    numbers = (1, 2, "3a", "3b", 4, 5, 6, 7, "8a", "8b", 9, 10, 11)
    figures = [f"GRH08-F{k}" for k in numbers]
    equations += [f"GRH12-{k}" for k in range(1, 15)]
    printed = [f"GRH12-Fig{k}" for k in range(1, 10)]
    equations += [f"BRN-{k}" for k in range(1, 34)]
    printed += ["BRN-Fig1"]
    equations += [f"JM-{k}" for k in range(1, 37)]
    printed += [f"JM-Fig{k}" for k in range(1, 5)]
    ours = ["GRH12-map", "GRH12-hysteresis", "GRH12-basins"]
    ours += [f"BRN-F{k}" for k in (2, 3, 4, "4b", 5, 6, 7, 8)]
    ours += [f"JM-Fig{k}" for k in range(5, 11)]
    assert not set(equations + figures) - set(book.rows)
    assert all(book.rows[name].kind == "equation" for name in equations)
    drawn = {r.id for r in book.rows.values() if r.kind == "figure"}
    assert drawn - set(ours) == set(figures + printed)


def test_every_id_is_unique_and_every_needed_kind_known(book):
    entries = yaml.safe_load((BOOK / "ledger.yml").read_text(encoding="utf8"))["rows"]
    ids = [entry["id"] for entry in entries]
    assert len(ids) == len(set(ids)) == len(book.rows)
    assert {kind for r in book.rows.values() for kind in r.needs} <= set(rules.EVIDENCE_KINDS)
    drawn = [r for r in book.rows.values() if r.kind == "figure" and not r.discussion]
    assert all("reproduced" in r.needs for r in drawn)


def test_stored_outputs_and_ledger_agree_both_ways(book):
    printed = {path.stem: rules.parse_notebook(path) for path in sorted(BOOK.glob("*.ipynb"))}
    assert printed, "no executed chapter beside ledger.yml"
    found = [f"{p.chapter}: {p.words}" for p in rules.disagreements(book, printed)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("paper", "least"), [("GRH08", 80), ("BRN", 110), ("GRH12", 70), ("JM", 90)]
)
def test_no_row_of_a_paper_is_open(book, paper, least):
    """Each is closed, corrected, or discussion with a reason, by what the chapters print."""
    cells = [cell for path in BOOK.glob("*.ipynb") for cell in rules.parse_notebook(path)]
    kinds = rules.kinds_by_id(e for cell in cells for e in cell.evidence)
    status = {r.id: r.status(kinds.get(r.id, set())) for r in book.select(paper)}
    assert len(status) > least
    assert set(status.values()) == {"closed", "corrected", "discussion"}, status


# ------------------------------------------------------------------ the pages

PAGES = {
    "index": "# Toy\n\n```{toctree}\n:glob:\n*\n```\n",
    "ledger": "# Ledger\n\n```{ledger-table}\n:paper: TOY1\n```\n",
    "errata": "# Errata\n\n```{errata}\n```\n",
    "run": "# Run\n\n```{run-report}\n```\n",
}
ROWS = [
    row(),
    row("TOY1-2", needs=["proved"], statement="Two."),
    row("TOY1-fn3", needs=None, discussion="Only a $r$emark."),
    row("TOY1-4", chapter=WAGES, correction=CORRECTION),
]
GOOD_CELLS = [
    "hello\n",
    "TOY1-1 · verified · first\n",
    "TOY1-2 · proved · both\nTOY1-1 · verified · error 3.1e-10\n",
]


class Toy:
    """A small Sphinx project with the extension, built by the real program."""

    def __init__(self, folder):
        self.folder = folder
        self.out = folder.parent / "out" / "html"
        for name, text in PAGES.items():
            (folder / f"{name}.md").write_text(text, encoding="utf8")
        self.configure()
        write_ledger(folder, *ROWS)
        self.chapter(TOOLKIT, *GOOD_CELLS, equation="TOY1-1")

    def configure(self, **settings):
        defaults = {
            "extensions": ["myst_nb", "ledger"],
            "myst_enable_extensions": ["dollarmath"],
            "nb_execution_mode": "off",
            "ledger_file": "ledger.yml",
        }
        lines = [f"{key} = {value!r}" for key, value in (defaults | settings).items()]
        (self.folder / "conf.py").write_text("\n".join(lines), encoding="utf8")

    def chapter(self, name, *cells, title="A chapter", equation=None):
        nb = notebook(*cells)
        text = f"# {title}\n" + (f"\n$$\n1 = 1\n$$ ({equation})\n" if equation else "")
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="title"))
        nbformat.write(nb, self.folder / f"{name}.ipynb")

    def build(self, *flags, strict=True, **environment):
        """Build; return the exit code and everything said."""
        path = os.pathsep.join([str(BOOK / "_ext"), os.environ.get("PYTHONPATH", "")])
        gate = ["-W", "--keep-going", "-n"] if strict else []
        run = subprocess.run(
            [sys.executable, "-m", "sphinx", *gate, *flags, "-b", "html", self.folder, self.out],
            env=os.environ | {"PYTHONPATH": path, "NO_COLOR": "1"} | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return run.returncode, run.stdout + run.stderr

    def build_green(self, *flags, **environment):
        code, said = self.build(*flags, **environment)
        assert code == 0, said
        return said

    def page(self, name):
        return BeautifulSoup((self.out / f"{name}.html").read_text(encoding="utf8"), "html.parser")

    def row(self, name):
        return self.page("ledger").find("tr", id=f"row-{name}")


@pytest.fixture
def toy(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    return Toy(folder)


def words(node):
    return " ".join(node.get_text().split())


def test_each_row_links_to_the_very_cell_that_printed_it(toy):
    toy.build_green()
    links = toy.row("TOY1-1").select("td:last-child a")
    assert [a["href"] for a in links] == [
        "toolkit.html#evidence-TOY1-1-1",
        "toolkit.html#evidence-TOY1-1-2",
    ]
    chapter = toy.page(TOOLKIT)
    for link, printed in zip(links, GOOD_CELLS[1:], strict=True):
        target = chapter.find(id=link["href"].split("#")[1])
        cell = next(node for node in [target, *target.parents] if "cell" in node.get("class", ()))
        assert cell.select_one(".cell_output pre").get_text().strip() == printed.strip()
        assert link.get_text() == "verified"


def test_the_ledger_page_shows_status_equation_reason_and_counts(toy):
    toy.build_green()
    equation = toy.row("TOY1-1").find("td").find("a")
    assert equation.get_text() == "(TOY1-1)"
    assert toy.page(TOOLKIT).find(id=equation["href"].split("#")[1]) is not None
    statuses = {n: words(toy.row(n).find(class_="ledger-status")) for n in map(_id, ROWS)}
    assert statuses == {
        "TOY1-1": "closed",
        "TOY1-2": "closed",
        "TOY1-fn3": "discussion",
        "TOY1-4": "open",
    }
    assert "Only a" in words(toy.row("TOY1-fn3"))
    assert toy.row("TOY1-fn3").select("td:last-child .math")
    open_row = words(toy.row("TOY1-4"))
    assert "Still to be verified, in Wages." in open_row
    assert "Announced correction (wrong as printed): see the errata." in open_row
    summary = "4 rows: 2 closed, 0 corrected, 1 discussion, 1 open."
    assert summary in words(toy.page("ledger"))


def _id(entry):
    return entry["id"]


def test_evidence_without_a_row_turns_the_build_red_and_names_the_cell(toy):
    toy.chapter(
        TOOLKIT, *GOOD_CELLS, "TOY1-7 · proved · x", "TOY1-1 · seen · x", "TOY1-fn3 · proved · x"
    )
    code, said = toy.build()
    assert code != 0
    for line, message in (
        (50002, r"TOY1-7: evidence \(proved\), but ledger.yml has no row with this id"),
        (60002, r"looks like evidence but is not of the form .*: TOY1-1 · seen · x"),
        (70002, r"TOY1-fn3: evidence \(proved\), but ledger.yml calls the row discussion"),
    ):  # myst-nb counts the lines of cell n of an .ipynb from n0001
        assert re.search(rf"toolkit\.ipynb:{line}: WARNING: {message}", said), said


def test_a_need_that_is_not_met_turns_every_build_red(toy):
    toy.chapter(TOOLKIT, *GOOD_CELLS[:2])
    for build in ("first", "nothing changed"):
        code, said = toy.build()
        assert code != 0, build
        assert re.search(r"toolkit\.ipynb.*TOY1-2: needs evidence of kind proved", said), said


def test_evidence_that_the_page_does_not_show_does_not_count(toy):
    toy.chapter(TOOLKIT, GOOD_CELLS[1], (GOOD_CELLS[2], ["remove-output"]))
    code, said = toy.build()
    assert code != 0
    assert "TOY1-2: needs evidence of kind proved" in said


def test_a_ledger_that_breaks_its_rules_stops_the_build(toy):
    write_ledger(toy.folder, row(kind="lemma"))
    code, said = toy.build()
    assert code != 0
    assert "ledger.yml has 1 problem:\n  - TOY1-1: kind = 'lemma' must be one of" in said


def test_a_directive_for_an_unknown_paper_says_which_there_are(toy):
    (toy.folder / "ledger.md").write_text(PAGES["ledger"].replace("TOY1", "TOY9"))
    code, said = toy.build()
    assert code != 0
    assert "no row for paper = TOY9, chapter = None; papers are TOY1" in said


def test_one_chapter_can_be_shown_alone(toy):
    (toy.folder / "ledger.md").write_text("# L\n\n```{ledger-table}\n:chapter: wages\n```\n")
    toy.build_green()
    assert [tr["id"] for tr in toy.page("ledger").select("tbody tr")] == ["row-TOY1-4"]


def test_changing_a_chapter_refreshes_the_ledger_pages_and_only_then(toy):
    toy.build_green()
    pages = [toy.out / f"{name}.html" for name in ("ledger", "errata", "run")]
    before = [page.stat().st_mtime_ns for page in pages]
    toy.build_green()
    assert [page.stat().st_mtime_ns for page in pages] == before, "nothing changed"

    toy.chapter(TOOLKIT, *GOOD_CELLS, "TOY1-4 · verified · from here\n", title="New name")
    toy.build_green()
    assert all(new.stat().st_mtime_ns > old for new, old in zip(pages, before, strict=True))
    assert words(toy.row("TOY1-4").find(class_="ledger-status")) == "corrected"
    assert "verified: from here, in New name" in words(toy.row("TOY1-4"))

    (toy.folder / f"{TOOLKIT}.ipynb").unlink()
    toy.build_green()
    assert words(toy.row("TOY1-1").find(class_="ledger-status")) == "open"
    assert words(toy.row("TOY1-4").find(class_="ledger-status")) == "open"


def test_changing_the_ledger_refreshes_the_page(toy):
    toy.build_green()
    write_ledger(toy.folder, *ROWS[:3], row("TOY1-5", chapter=WAGES, statement="A new row."))
    toy.build_green()
    assert "A new row." in words(toy.row("TOY1-5"))
    assert toy.row("TOY1-4") is None


def test_a_correction_moves_up_once_a_cell_shows_it(toy):
    toy.build_green()
    shown, announced = (f"errata-{name}" for name in ("shown", "announced"))
    page = toy.page("errata")
    assert not page.find(id=shown).find(id="erratum-TOY1-4")
    assert "Still to be verified" in words(page.find(id=announced).find(id="erratum-TOY1-4"))

    toy.chapter(WAGES, "TOY1-4 · verified · counted\n")
    toy.build_green()
    page = toy.page("errata")
    entry = page.find(id=shown).find(id="erratum-TOY1-4")
    assert "wrong as printed" in words(entry)
    assert [words(dt) for dt in entry.find_all("dt")] == ["Printed", "Correct", "Why", "Evidence"]
    assert entry.find("dd").find(class_="math")
    assert entry.find("a", href="wages.html#evidence-TOY1-4-1")
    assert not page.find(id=announced).find(id="erratum-TOY1-4")
    assert toy.row("TOY1-4").find("a", href="errata.html#erratum-TOY1-4")


def test_parallel_reading_loses_nothing(toy):
    for k in range(8):
        (toy.folder / f"page{k}.md").write_text(f"# Page {k}\n")
    toy.build_green("-j", "2")
    assert "4 rows: 2 closed" in words(toy.page("ledger"))
    assert toy.row("TOY1-2").find("a", href="toolkit.html#evidence-TOY1-2-1")


SOURCE = """---
jupytext:
  formats: md:myst,ipynb
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A chapter that runs

Words.

```{code-cell} ipython3
print("TOY1-1 · verified · fresh")
print("TOY1-2 · proved · fresh")
print("TOY1-2 · proved · again")
```
"""


def test_the_run_page_tells_runs_from_the_cache(toy):
    """Built first in one time zone, then in another: the cache's own times carry no zone."""
    toy.configure(nb_execution_mode="cache", ledger_slow_seconds=0)
    (toy.folder / f"{TOOLKIT}.ipynb").unlink()
    source = toy.folder / f"{TOOLKIT}.md"
    source.write_text(SOURCE, encoding="utf8")

    toy.build_green(TZ="UTC")
    fresh = toy.page("run").select("table")[1].select("tbody tr")
    chapter, slow, total = (words(tr) for tr in fresh)
    assert re.search(r"A chapter that runs \d+\.\d s .* UTC 1 proved, 1 verified, 0 repr", chapter)
    assert re.fullmatch(r"Warning: A chapter that runs took \d+\.\d s, more than 0 s\.", slow)
    assert re.search(r"All chapters \d+\.\d s 1 proved, 1 verified, 0 reproduced", total)
    assert "cache" not in chapter
    versions = words(toy.page("run").select("table")[0])
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in versions
    assert str(toy.folder) not in versions

    source.write_text(SOURCE.replace("Words.", "Other words."), encoding="utf8")
    toy.build_green(TZ="Etc/GMT+9")
    cached = words(toy.page("run").select("table")[1].select("tbody tr")[0])
    assert "this build took the outputs from the cache of that run" in cached
    first, second = (_when(text) for text in (chapter, cached))
    assert abs(second - first) <= timedelta(minutes=1)
    assert abs(datetime.now(UTC) - second) <= timedelta(minutes=5)


def _when(text):
    stamp = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC", text)[1]
    return datetime.strptime(f"{stamp} +0000", "%Y-%m-%d %H:%M %z")
