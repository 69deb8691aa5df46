"""Where the built book is, and which pages it has."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"


def built_pages() -> list[str]:
    """Paths of the book's pages, from its root; without the redirect at the top."""
    found = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html"))
    return [p for p in found if p != "index.html" and not p.startswith(("_static", "reports"))]
