"""The built pages as files: links, pictures, and nothing from another host."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from built import HTML, built_pages

LARGEST_PAGE = 1_000_000  # bytes of HTML: a page that a phone still opens at once
LARGEST_BOOK = 60_000_000
# elements that make the browser fetch something by themselves
LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
}
LOADING_LINKS = {"stylesheet", "preload", "modulepreload", "prefetch", "icon", "manifest"}
IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?:https?:)?//""")


@cache
def soup(path: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / path).read_text("utf8"), "html.parser")


@cache
def anchors(path: str) -> frozenset[str]:
    page = soup(path)
    named = [tag.get("id") for tag in page.find_all(id=True)]
    named += [tag.get("name") for tag in page.find_all("a", attrs={"name": True})]
    return frozenset(map(str, named))


def broken_link(path: str, link: str) -> str:
    """What is wrong with a link on a page, if it leads into the book; else nothing."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = unquote(urlsplit(urljoin(path, parts.path)).path) if parts.path else path
    if target.startswith("../") or not (HTML / target).is_file():
        return f"{link}: there is no such file"
    anchor = unquote(parts.fragment)
    if anchor and target.endswith(".html") and anchor not in anchors(target):
        return f"{link}: there is no such anchor"
    return ""


def loaded(page: BeautifulSoup) -> list[str]:
    """Addresses in elements that make a browser fetch something."""
    pairs = ((tag, key) for name, key in LOADING.items() for tag in page.find_all(name))
    return [str(tag[key]) for tag, key in pairs if tag.get(key)]


def foreign_loads(page: BeautifulSoup) -> list[str]:
    """Addresses on other hosts that a browser would fetch by itself."""
    found = [
        str(tag[key])
        for name, key in LOADING.items()
        for tag in page.find_all(name)
        if tag.get(key)
    ]
    found += [
        str(tag["href"])
        for tag in page.find_all("link", href=True)
        if LOADING_LINKS & {word.lower() for word in tag.get("rel") or []}
    ]
    foreign = [link for link in found if urlsplit(link).netloc]
    styles = [tag.get_text() for tag in page.find_all("style")]
    styles += [str(tag["style"]) for tag in page.find_all(style=True)]
    return foreign + [style[:80] for style in styles if IN_STYLE.search(style)]


def alt_problem(image: Tag) -> str:
    """What is wrong with a picture's alt text, if anything."""
    alt, source = image.get("alt"), str(image.get("src", ""))
    if alt is None:
        return f"{source} has no alt text"
    in_text = image.find_parent("article") is not None
    words = str(alt).strip()
    if in_text and (len(words) <= 20 or Path(source).stem in words or words.endswith(".png")):
        return f"{source} has no real alt text: {words!r}"
    return ""


def test_links_and_anchors_exist(page_path: str) -> None:
    links = {str(tag["href"]) for tag in soup(page_path).find_all("a", href=True)}
    assert not list(filter(None, (broken_link(page_path, link) for link in sorted(links))))


def test_files_that_the_page_needs_are_there(page_path: str) -> None:
    page = soup(page_path)
    needed = set(loaded(page))
    needed |= {str(tag["href"]) for tag in page.find_all("link", rel="stylesheet")}
    needed = {link for link in needed if not link.startswith("data:")}
    assert not list(filter(None, (broken_link(page_path, link) for link in sorted(needed))))


def test_every_picture_has_real_alt_text(page_path: str) -> None:
    assert not list(filter(None, map(alt_problem, soup(page_path).find_all("img"))))


def test_nothing_is_loaded_from_another_host(page_path: str) -> None:
    assert not foreign_loads(soup(page_path))


def test_page_has_language_title_and_description(page_path: str) -> None:
    page = soup(page_path)
    assert page.html is not None
    assert page.html.get("lang") == "en"
    assert page.title is not None
    assert page.title.get_text().strip()
    description = page.find("meta", attrs={"name": "description"})
    assert isinstance(description, Tag)
    assert len(str(description["content"])) > 10


def test_page_is_small_enough(page_path: str) -> None:
    assert (HTML / page_path).stat().st_size < LARGEST_PAGE


def test_book_is_small_enough() -> None:
    assert sum(p.stat().st_size for p in HTML.rglob("*") if p.is_file()) < LARGEST_BOOK


def test_style_sheets_load_nothing_from_another_host() -> None:
    sheets = list(HTML.rglob("*.css"))
    assert sheets
    assert not [p.name for p in sheets if IN_STYLE.search(p.read_text("utf8", "replace"))]


def test_the_top_leads_to_the_first_page() -> None:
    refresh = soup("index.html").find("meta", attrs={"http-equiv": re.compile("refresh", re.I)})
    assert isinstance(refresh, Tag)
    target = str(refresh["content"]).lower().split("url=")[1].strip("'\" ")
    assert target in built_pages()


# ---------------------------------------------------------------- the checks can fail


@pytest.mark.parametrize(
    "link, words",
    [
        ("no-such-page.html", "no such file"),
        ("intro.html#no-such-anchor", "no such anchor"),
        ("#no-such-anchor", "no such anchor"),
        ("../../../etc/passwd", "no such file"),
        ("https://example.org/", ""),
        ("intro.html", ""),
    ],
)
def test_a_broken_link_is_noticed(link: str, words: str) -> None:
    problem = broken_link("book/intro.html", link)
    assert words in problem
    assert bool(words) == bool(problem)


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://example.org/x.js"></script>',
        '<img src="//example.org/x.png" alt="">',
        '<link rel="stylesheet" href="http://example.org/x.css">',
        "<style>@import 'https://example.org/x.css';</style>",
        '<p style="background: url(https://example.org/x.png)">',
    ],
)
def test_a_foreign_load_is_noticed(planted: str) -> None:
    assert foreign_loads(BeautifulSoup(planted, "html.parser"))


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="x.png">',
        '<article><img src="x.png" alt=""></article>',
        '<article><img src="x.png" alt="a figure"></article>',
        '<article><img src="name-of-a-long-file.png" alt="name-of-a-long-file"></article>',
        '<article><img src="x.png" alt="../_images/0123456789abcdef0123.png"></article>',
    ],
)
def test_a_missing_alt_text_is_noticed(planted: str) -> None:
    image = BeautifulSoup(planted, "html.parser").img
    assert isinstance(image, Tag)
    assert alt_problem(image)
