"""The buttons of a chapter lead to a notebook that is there, and runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import nbclient
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from built import HTML, ROOT

HEADER = "formats: md:myst,ipynb"
CHAPTERS = [
    p.relative_to(ROOT).with_suffix("").as_posix()
    for p in sorted((ROOT / "book").rglob("*.md"))
    if HEADER in p.read_text("utf8")[:600]
]

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


def links(chapter: str) -> list[str]:
    page = BeautifulSoup((HTML / f"{chapter}.html").read_text("utf8"), "html.parser")
    return [str(tag["href"]) for tag in page.find_all("a", href=True)]


def repository() -> str:
    """Address that this build was told about."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    return os.environ.get("BOOK_REPOSITORY") or str(config["repository"]["url"])


def downloaded(chapter: str) -> Any:
    """The notebook behind the download button."""
    (link,) = {link for link in links(chapter) if link.endswith(".ipynb") and "://" not in link}
    path = (HTML / chapter).parent / link
    return nbformat.read(path, as_version=4)


def test_there_are_chapters() -> None:
    assert CHAPTERS


@each_chapter
def test_binder_opens_a_notebook_of_the_repository(chapter: str) -> None:
    (link,) = {link for link in links(chapter) if "mybinder.org" in link}
    owner_and_name = "/".join(repository().rstrip("/").split("/")[-2:])
    assert owner_and_name in unquote(urlsplit(link).path)
    (target,) = parse_qs(urlsplit(link).query)["urlpath"]
    path = ROOT / target.removeprefix("lab/tree/")
    assert path.suffix == ".ipynb"
    assert path.is_file(), f"{target} is not in the repository"
    nbformat.validate(nbformat.read(path, as_version=4))


@each_chapter
def test_repository_button_leads_to_the_repository(chapter: str) -> None:
    assert any(link.startswith(repository()) for link in links(chapter))


@each_chapter
def test_downloaded_notebook_is_whole_and_runs(chapter: str, tmp_path: Path) -> None:
    """In a folder with the book's data, as in the folder ``book`` of a copy of the repository."""
    shutil.copytree(ROOT / "book" / "data", tmp_path / "data")
    notebook = downloaded(chapter)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert any(cell.outputs for cell in code), "it was not executed"
    assert all(cell.execution_count for cell in code)
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    client = nbclient.NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    assert any(cell.outputs for cell in code)


def test_every_page_with_a_download_button_is_a_chapter() -> None:
    pages = sorted((HTML / "book").rglob("*.html"))
    found = set()
    for path in pages:
        page = BeautifulSoup(path.read_text("utf8"), "html.parser")
        if isinstance(page.find("a", href=lambda h: bool(h) and h.endswith(".ipynb")), Tag):
            found.add(path.relative_to(HTML).with_suffix("").as_posix())
    assert found == set(CHAPTERS)
