"""Each chapter is a pair: the text that the book builds, and its executed notebook."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
HEADER = "formats: md:myst,ipynb"
PAIRED = sorted(p for p in BOOK.rglob("*.md") if HEADER in p.read_text("utf8")[:600])
REFRESH = "run: python3 tasks.py pairs"

each_chapter = pytest.mark.parametrize("text", PAIRED, ids=lambda p: p.stem)


def files_in_contents(node: Any) -> Iterator[str]:
    """All file names in _toc.yml, at any depth."""
    if isinstance(node, dict):
        yield from (str(node[key]) for key in ("root", "file") if key in node)
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from files_in_contents(child)


def contents() -> list[Path]:
    """The pages of the book."""
    table = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    return [ROOT / f"{name}.md" for name in files_in_contents(table)]


def comparable(cell: Any) -> tuple[Any, ...]:
    """What both halves of a pair must agree on."""
    noise = {"execution", "lines_to_next_cell"}
    metadata = {key: value for key, value in cell.metadata.items() if key not in noise}
    return cell.cell_type, cell.source.strip(), metadata


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def draws(cell: Any) -> bool:
    """Whether a picture came out of the cell."""
    data = [output.get("data", {}) for output in cell.outputs]
    return any(kind.startswith("image/") for outputs in data for kind in outputs)


def pair_problems(text: Any, notebook: Any) -> list[str]:
    """All that is wrong with a pair, in words."""
    problems = []
    ours, theirs = map(comparable, text.cells), map(comparable, notebook.cells)
    if list(ours) != list(theirs):
        problems.append("the notebook is not in step with the text")
    if notebook.metadata.get("kernelspec") != text.metadata.get("kernelspec"):
        problems.append("the kernels differ")
    code = code_cells(notebook)
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        problems.append("it was not executed once from top to bottom")
    for number, cell in enumerate(code, 1):
        for output in cell.outputs:
            expected = "raises-exception" in cell.metadata.get("tags", [])
            if output.output_type == "error" and not expected:
                problems.append(f"code cell {number} raised {output.get('ename')}")
            if output.get("name") == "stderr":
                problems.append(f"code cell {number} wrote to stderr")
    return problems


def style_problems(notebook: Any) -> list[str]:
    """Cells that escape comparison, and figures without a description."""
    problems = []
    for number, cell in enumerate(code_cells(notebook), 1):
        marks = {"nbval-ignore-output", "nbval-skip"} & set(cell.metadata.get("tags", []))
        if marks or "NBVAL_IGNORE" in cell.source or "NBVAL_SKIP" in cell.source:
            problems.append(f"code cell {number} escapes comparison")
        options = cell.metadata.get("mystnb", {})
        alt = options.get("image", {}).get("alt", "").strip()
        name = options.get("figure", {}).get("name", "")
        if draws(cell) and (len(alt) <= 20 or alt == name):
            problems.append(f"code cell {number} draws and has no alt text: {alt!r}")
    return problems


@each_chapter
def test_notebook_is_the_executed_text(text: Path) -> None:
    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    problems = pair_problems(jupytext.read(text), notebook)
    assert not problems, f"{text.stem}: {'; '.join(problems)}; {REFRESH} {text.stem}"


@each_chapter
def test_every_output_is_compared_and_every_figure_described(text: Path) -> None:
    problems = style_problems(nbformat.read(text.with_suffix(".ipynb"), as_version=4))
    assert not problems, f"{text.stem}: {'; '.join(problems)}"


def normal(text: str) -> str:
    """The text with the options of code cells in one spelling, their order kept."""

    def respell(block: re.Match[str]) -> str:
        return block[1] + yaml.safe_dump(yaml.safe_load(block[2]), sort_keys=False) + block[3]

    text = re.sub(r"\n    (format|jupytext)_version: .*", "", text)  # see pyproject.toml
    return re.sub(r"(```\{code-cell\}.*\n---\n)([\s\S]*?)(---\n)", respell, text)


@each_chapter
def test_text_is_in_the_normal_form_of_jupytext(text: Path) -> None:
    # else JupyterLab would change lines that nobody edited
    source = text.read_text("utf8")
    assert normal(jupytext.writes(jupytext.read(text), "md:myst")) == normal(source)


def test_there_are_chapters() -> None:
    assert PAIRED


def test_every_notebook_has_its_text() -> None:
    found = {p for p in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts}
    assert found == {p.with_suffix(".ipynb") for p in PAIRED}


def test_every_page_of_the_book_that_computes_is_paired() -> None:
    pages = contents()
    assert not [p for p in pages if not p.is_file()]
    computing = {p for p in pages if "{code-cell}" in p.read_text("utf8")}
    assert computing <= set(PAIRED)
    assert set(PAIRED) <= set(pages), "a chapter is missing in _toc.yml"


# ---------------------------------------------------------------- the checks can fail


def executed() -> Any:
    """A small executed notebook without a fault."""
    code = nbformat.v4.new_code_cell("1 + 1", execution_count=1)
    code.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"})]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Text"), code])


def edit(nb: Any) -> None:
    nb.cells[1].source = "1 + 2"


def skip_execution(nb: Any) -> None:
    nb.cells[1].execution_count = None


def warn(nb: Any) -> None:
    nb.cells[1].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="oh"))


def fail(nb: Any) -> None:
    nb.cells[1].outputs = [nbformat.v4.new_output("error", ename="ValueError", evalue="oh")]


def change_kernel(nb: Any) -> None:
    nb.metadata["kernelspec"] = {"name": "another"}


@pytest.mark.parametrize(
    "spoil, words",
    [
        (edit, "not in step"),
        (skip_execution, "not executed"),
        (warn, "stderr"),
        (fail, "raised ValueError"),
        (change_kernel, "kernels differ"),
    ],
)
def test_a_spoilt_pair_is_noticed(spoil: Any, words: str) -> None:
    text, notebook = executed(), executed()
    assert not pair_problems(text, notebook)
    spoil(notebook)
    assert words in "; ".join(pair_problems(text, notebook))


def test_a_bare_figure_and_an_ignored_output_are_noticed() -> None:
    notebook = executed()
    assert not style_problems(notebook)
    notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", {"image/png": "x"})]
    assert "no alt text" in style_problems(notebook)[0]
    notebook.cells[1].metadata["mystnb"] = {"image": {"alt": "A line that rises from zero to one."}}
    assert not style_problems(notebook)
    notebook.cells[1].metadata["tags"] = ["nbval-ignore-output"]
    assert "escapes" in style_problems(notebook)[0]


# ---------------------------------------------------------------- what nbval does not compare


def masked(output: str) -> str:
    """Apply the sanitiser of nbval as nbval does."""
    rules = configparser.RawConfigParser()
    rules.read(ROOT / "tests" / "nbval_sanitize.cfg")
    for section in rules.sections():
        rule = rules[section]
        output = re.sub(rule["regex"], rule["replace"], output)
    return output


def test_only_the_size_of_the_error_may_differ_in_an_evidence_line() -> None:
    line = "GRH08-IIA-2 · verified · 200 values, largest relative error {} (allowed {})"
    assert masked(line.format("3.1e-10", "1e-07")) == masked(line.format("0", "1e-07"))
    assert masked(line.format("0", "1e-07")) != masked(line.format("0", "1e-05"))
    for output in ("0.473", "200 values", "the error 3.1e-10", "beta = 1.3", "np.float64(1.5)"):
        assert masked(output) == output
