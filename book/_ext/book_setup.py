"""What the pages need beyond the configuration file.

Maths works without a network, one search box is shown, each page has a description, and the
buttons lead to the repository that the build is told about (BOOK_REPOSITORY).
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

MATHJAX = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")
KNOWN_HOSTS = ("github", "gitlab", "bitbucket")
LONGEST_DESCRIPTION = 160  # characters; what a search engine shows


def set_theme_options(app: Sphinx, config: Config) -> None:
    """Set single options here: in the configuration file they would replace all others."""
    options = config.html_theme_options
    options.setdefault("navbar_persistent", [])  # else a second search box
    config.html_context.setdefault("default_mode", "auto")  # else an error in the console
    url = os.environ.get("BOOK_REPOSITORY", "").rstrip("/")
    if not url:
        return
    if not url.startswith(("https://", "http://")) or url.count("/") < 4:
        raise ConfigError(
            f"BOOK_REPOSITORY = {url!r} must be an address of the form https://HOST/OWNER/NAME"
        )
    options["repository_url"] = url
    if not any(host in url.lower() for host in KNOWN_HOSTS):
        options["repository_provider"] = "github"  # the form of the links on an own host


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Copy the 2 MB of MathJax that pages use, of the 24 MB in the Python package."""
    if error or app.builder.format != "html":
        return
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise ConfigError("The package sphinx-mathjax-offline is not installed")
    source = Path(spec.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for name in MATHJAX:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            shutil.copy2(source / name, target / name)


def fill_downloads(app: Sphinx, error: Exception | None) -> None:
    """Put the outputs into the notebooks offered for download.

    A chapter that was not run again, because its outputs were at hand, is offered without them.
    """
    if error or app.builder.format != "html":
        return
    cache = get_cache(str(app.env.mystnb_config.execution_cache_path))  # type: ignore[attr-defined]
    for path in (Path(app.outdir) / "_sources").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        with suppress(KeyError):  # it has no code
            _, filled = cache.merge_match_into_notebook(notebook)
            nbformat.write(filled, path)


def drop_thebe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Leave out scripts that the theme inserts twice and this book does not use."""

    def is_thebe(script: Any) -> bool:
        name = str(getattr(script, "filename", script) or "")
        body = str(getattr(script, "attributes", {}).get("body", ""))
        return "thebe" in name or "THEBE" in body

    context["script_files"] = [s for s in context.get("script_files", []) if not is_thebe(s)]


def mend_list_of_references(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Take away the role of a list: its entries are no items for a screen reader."""
    if "body" in context:
        context["body"] = context["body"].replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page a description: its first sentences, or its title if it has no text."""
    if 'name="description"' in (context.get("metatags") or ""):
        return
    words = first_words(doctree) if doctree is not None else ""
    words = words or f"{context.get('title', pagename)} · {app.config.project}"
    tag = f'<meta name="description" content="{escape(words, quote=True)}" />\n'
    context["metatags"] = (context.get("metatags") or "") + tag


def first_words(doctree: nodes.document) -> str:
    """First paragraphs without formulas, cut at a word."""
    words: list[str] = []
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            formulas = {id(t) for m in paragraph.findall(nodes.math) for t in m.findall(nodes.Text)}
            texts = [t for t in paragraph.findall(nodes.Text) if id(t) not in formulas]
            words += "".join(str(text) for text in texts).split()
        if len(" ".join(words)) > LONGEST_DESCRIPTION:
            break
    while len(" ".join(words)) > LONGEST_DESCRIPTION:
        words.pop()
    return " ".join(words)


def setup(app: Sphinx) -> dict[str, bool]:
    app.config.mathjax_path = "mathjax/tex-chtml.js"  # type: ignore[attr-defined]
    app.connect("config-inited", set_theme_options)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", fill_downloads)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", mend_list_of_references)
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
