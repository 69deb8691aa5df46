"""The built pages in a real browser, with the network cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from built import HTML, built_pages

pytestmark = pytest.mark.slow

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
WAIT = 30_000  # milliseconds, for any single step

# Formulas: how many there are, how many are drawn, what MathJax could not read.
MATHS = """async () => {
  const all = [...document.querySelectorAll('.math')];
  if (all.length && window.MathJax?.startup) await MathJax.startup.promise;
  const red = 'mjx-merror, [data-mjx-error], mjx-mtext[style*="red"], mjx-mi[style*="red"]';
  return {
    formulas: all.length,
    bare: all.filter(e => !e.querySelector('mjx-container')).map(e => e.textContent.slice(0, 60)),
    wrong: [...document.querySelectorAll(red)].map(e => e.parentElement.textContent.slice(0, 60)),
  };
}"""

# Elements that reach over the right edge although nothing around them scrolls or hides.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const kept = e => {
    for (; e && e !== document.body; e = e.parentElement) {
      const s = getComputedStyle(e);
      if (s.overflowX !== 'visible' || s.position === 'fixed') return true;
    }
    return false;
  };
  const wide = [...document.body.querySelectorAll('*')].filter(
    e => e.getBoundingClientRect().right > width + 1 && !kept(e));
  return {
    page: document.documentElement.scrollWidth - width,
    wide: wide.slice(0, 5).map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`),
  };
}"""

# Formulas whose comma, full stop or bracket is on another line.
TORN = """() => {
  const torn = (formula, text, at) => {
    if (!text || text.nodeType !== Node.TEXT_NODE) return false;
    const range = document.createRange();
    range.setStart(text, at < 0 ? text.length - 1 : 0);
    range.setEnd(text, at < 0 ? text.length : 1);
    if (!(at < 0 ? /[(\\[]/ : /[.,:;!?)\\]]/).test(range.toString())) return false;
    const [box, mark] = [formula, range].map(e => e.getBoundingClientRect());
    return mark.top > box.bottom || mark.bottom < box.top;
  };
  return [...document.querySelectorAll('span.math')]
    .filter(e => torn(e, e.previousSibling, -1) || torn(e, e.nextSibling, 0))
    .map(e => e.parentElement.textContent.slice(0, 80));
}"""


@dataclass
class Visit:
    """A tab, and what it complained about."""

    tab: Any
    server: str
    foreign: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tab.set_default_timeout(WAIT)
        self.tab.route("**/*", self.pass_or_abort)
        self.tab.on("console", self.note)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("response", self.note_status)

    def pass_or_abort(self, route: Any) -> None:
        url = route.request.url
        if url.startswith((self.server + "/", "file://", "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(url)
            route.abort()

    def note(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def note_status(self, response: Any) -> None:
        if response.status >= 400:
            self.missing.append(f"{response.status} {response.url}")

    def open(self, path: str) -> dict[str, Any]:
        """Open a page, wait for its formulas, and return what became of them."""
        self.tab.goto(path if "://" in path else f"{self.server}/{path}", wait_until="load")
        return dict(self.tab.evaluate(MATHS))

    def assert_quiet(self) -> None:
        assert not self.foreign, "requests to other hosts"
        assert not self.missing, "requests without an answer"
        assert not self.errors, "errors in the console"


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Visit]:
    context = browser.new_context(viewport=DESK, color_scheme="light", service_workers="block")
    yield Visit(context.new_page(), server)
    context.close()


def violations(tab: Any, **options: Any) -> list[str]:
    """Serious and critical faults of accessibility, each with its first place."""
    tab.add_style_tag(content="* { transition: none !important }")  # colours at their end
    # preload: it would fetch style sheets once more, and some from the wrong place
    options = {"resultTypes": ["violations"], "preload": False, **options}
    found = Axe().run(tab, options=options).response
    return [
        f"{v['id']}: {v['help']} ({len(v['nodes'])} times), first {v['nodes'][0]['html'][:150]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def test_page_works_in_a_browser(visit: Visit, page_path: str) -> None:
    """One visit a page: formulas, silence, accessibility light and dark, a phone."""
    maths = visit.open(page_path)
    assert not maths["bare"], "formulas that are not drawn"
    assert not maths["wrong"], "formulas that MathJax cannot read"
    assert visit.tab.evaluate("document.documentElement.dataset.theme") == "light"
    assert not violations(visit.tab)

    visit.tab.emulate_media(color_scheme="dark")
    visit.tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    contrast = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    assert not violations(visit.tab, runOnly=contrast)

    visit.tab.set_viewport_size(PHONE)
    overflow = visit.tab.evaluate(OVERFLOW)
    assert overflow["page"] <= 0, f"the page scrolls sideways on a phone: {overflow['wide']}"
    assert not visit.tab.evaluate(TORN), "a formula and its comma are on two lines"
    visit.assert_quiet()


def test_formulas_are_drawn_somewhere(visit: Visit) -> None:
    assert any(visit.open(path)["formulas"] for path in built_pages())


def test_search_finds_productivity(visit: Visit) -> None:
    visit.open("search.html?q=productivity")
    results = visit.tab.locator("#search-results li a")
    results.first.wait_for()
    found = results.evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert any("book/productivity.html" in link for link in found)
    visit.assert_quiet()


def test_search_finds_nothing_for_a_word_that_is_not_there(visit: Visit) -> None:
    visit.open("search.html?q=xylophonist")
    visit.tab.wait_for_function(
        "document.querySelector('#search-results')?.textContent.includes('did not match')"
    )
    assert visit.tab.locator("#search-results li a").count() == 0


def test_formulas_are_drawn_without_any_server(visit: Visit) -> None:
    path = next(p for p in built_pages() if visit.open(p)["formulas"])
    maths = visit.open((HTML / path).as_uri())
    assert maths["formulas"]
    assert not maths["bare"] + maths["wrong"]
    visit.assert_quiet()


# ---------------------------------------------------------------- the checks can fail


def spoiled(visit: Visit, body: str) -> dict[str, Any]:
    """A page of the book with something planted at its end."""
    path = next(p for p in built_pages() if visit.open(p)["formulas"])
    source = (HTML / path).read_text("utf8").replace("</article>", f"{body}</article>", 1)
    assert body in source
    answer = {"body": source, "content_type": "text/html; charset=utf-8"}
    visit.tab.route(f"**/{path}", lambda route: route.fulfill(**answer))
    return visit.open(path)


def test_a_foreign_request_is_noticed(visit: Visit) -> None:
    spoiled(visit, '<img alt="" src="http://example.org/x.png">')
    assert visit.foreign == ["http://example.org/x.png"]


def test_an_error_in_the_console_is_noticed(visit: Visit) -> None:
    spoiled(visit, "<script>console.error('oh'); throw new Error('ah')</script>")
    assert visit.errors == ["oh", "ah"]


def test_a_missing_file_is_noticed(visit: Visit) -> None:
    spoiled(visit, '<img alt="" src="no-such-picture.png">')
    assert len(visit.missing) == 1
    assert "no-such-picture.png" in visit.missing[0]


@pytest.mark.parametrize("formula", [r"\nosuchmacro x", r"\frac{1", r"a_1_2"])
def test_a_formula_with_a_mistake_is_noticed(visit: Visit, formula: str) -> None:
    maths = spoiled(visit, rf'<span class="math notranslate nohighlight">\({formula}\)</span>')
    assert maths["wrong"] or maths["bare"]


def test_a_formula_that_is_not_drawn_is_noticed(visit: Visit) -> None:
    assert spoiled(visit, '<span class="math">x + y</span>')["bare"] == ["x + y"]


def test_faint_text_and_a_wide_box_are_noticed(visit: Visit) -> None:
    spoiled(visit, '<p style="color: #ddd; background: #fff; width: 800px">faint and wide</p>')
    assert any(fault.startswith("color-contrast") for fault in violations(visit.tab))
    visit.tab.set_viewport_size(PHONE)
    assert visit.tab.evaluate(OVERFLOW)["page"] > 0


def test_a_comma_on_the_next_line_is_noticed(visit: Visit) -> None:
    formula = r'<span class="math notranslate nohighlight">\(a+b+c+d+e\)</span>'
    spoiled(visit, f'<p style="width: 2em">{formula}, and ({formula}</p>')
    assert len(visit.tab.evaluate(TORN)) == 2
