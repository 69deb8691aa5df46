"""Show an equation's own name: (GRH08-12) for the paper's, (hats) for ours called eq-toolkit-hats.

Plain numbers would look like the paper's. Within a chapter and from any other page the name shown
is the same, because it is made from the label alone.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

PAPER = re.compile(r"^[A-Z]{2,5}\d*-[A-Za-z0-9.-]+$")
OURS = re.compile(r"^eq-[a-z_]+-([a-z-]+)$")


def shown(label: str) -> str:
    """What stands beside the equation: the name in its label, or nothing for another label."""
    ours = OURS.match(label)
    return ours.group(1) if ours else label if PAPER.match(label) else ""


class PaperLabels(SphinxTransform):
    """Replace the running number of an equation by the name in its label."""

    default_priority = 999  # after the equations are numbered

    def apply(self, **kwargs: object) -> None:
        equations = self.env.get_domain("math").equations  # type: ignore[attr-defined]
        for block in self.document.findall(nodes.math_block):
            label = block.get("label") or ""
            if name := shown(label):
                block["number"] = name
                equations[label] = (self.env.docname, name)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(PaperLabels)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
