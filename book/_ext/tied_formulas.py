"""Keep a formula in a sentence and the punctuation that touches it on one line.

A browser may break a line on either side of a drawn formula, and so begin one with a full stop.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# What touches the formula: a short word or marks, such as (, 's and -th.
BEFORE = re.compile(r"(?<!\S)\S{1,12}\Z")
AFTER = re.compile(r"\A(\S{1,12}(?!\S)|[.,:;!?)\]]+)")


class TieFormulas(SphinxPostTransform):
    """Wrap each formula with what touches it in a span that does not break."""

    default_priority = 900  # quotation marks and references are in their final form

    def run(self, **kwargs: object) -> None:
        for formula in list(self.document.findall(nodes.math)):
            tied = nodes.inline(classes=["tied"])
            before = cut(formula, -1, BEFORE)
            after = cut(formula, 1, AFTER)
            if before or after:
                formula.replace_self(tied)
                tied += [*before, formula, *after]


def cut(formula: nodes.math, side: int, pattern: re.Pattern[str]) -> list[nodes.Text]:
    """Take what touches the formula out of the text on one side of it.

    A formula at the end of an emphasised phrase takes its full stop into the phrase.
    """
    node: nodes.Element = formula
    while isinstance(node.parent, nodes.emphasis | nodes.strong) and node is edge(node, side):
        node = node.parent
    parent = node.parent
    place = parent.index(node) + side
    text = parent[place] if 0 <= place < len(parent) else None
    found = pattern.search(text) if isinstance(text, nodes.Text) else None
    if found is None:
        return []
    rest = text[: found.start()] + text[found.end() :]
    parent[place : place + 1] = [nodes.Text(rest)] if rest else []  # equal texts may be elsewhere
    return [nodes.Text(found.group())]


def edge(node: nodes.Element, side: int) -> nodes.Node:
    """The last child of the node's parent, or for side = -1 the first."""
    return node.parent[-1 if side > 0 else 0]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(TieFormulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
