"""The book is built from the package as it is now, never from the memory of an earlier one.

The book of this test has one page and one claim, so that it is quick; all else is the real thing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_COPIED = (".git", ".venv", ".*_cache", "__pycache__", ".hypothesis", "*.egg-info")
SOUND = "return self.k * self.t(i, m)"  # slope of the exponential schedule
BROKEN = "return 1.01 * self.k * self.t(i, m)"

TOC = "format: jb-book\nroot: book/intro\nchapters:\n  - file: book/tiny\n"
TINY = """# A claim

```{code-cell} ipython3
import numpy as np
from offshoring.evidence import verify
from offshoring.schedules import Exponential

h = 1e-5
slope = np.diff(Exponential(a=1, k=2).t([0.5 - h, 0.5 + h]))[0] / (2 * h)
verify("GRH08-fn21", Exponential(a=1, k=2).dt(0.5), slope, rtol=1e-8)
```
"""

# A claim of a chapter failed: not any other way to stop.
FALSE_CLAIM = re.compile(r"^EvidenceError: GRH08-[\w-]+: not (proved|verified|reproduced)", re.M)
COLOURS = re.compile(r"\x1b\[[\d;]*m")


def build(clone: Path) -> subprocess.CompletedProcess[str]:
    # the tests' own variables would change how the child's kernels run
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(
        [sys.executable, "tasks.py", "book"],
        cwd=clone,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.slow
def test_a_broken_line_of_the_package_breaks_the_build(tmp_path: Path) -> None:
    if not (ROOT / ".venv").exists():
        pytest.skip("no .venv to link: run the tests with python3 tasks.py test")
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    (clone / ".venv").symlink_to((ROOT / ".venv").resolve())
    (clone / "_toc.yml").write_text(TOC, "utf8")
    (clone / "book" / "intro.md").write_text("# A book of one page\n", "utf8")
    header = (clone / "book" / "toolkit.md").read_text("utf8").split("---\n")[1]
    (clone / "book" / "tiny.md").write_text(f"---\n{header}---\n\n{TINY}", "utf8")

    sound = build(clone)
    assert sound.returncode == 0, sound.stdout[-3000:]

    module = clone / "offshoring" / "schedules.py"
    source = module.read_text("utf8")
    assert source.count(SOUND) == 1
    module.write_text(source.replace(SOUND, BROKEN), "utf8")

    broken = build(clone)
    assert broken.returncode != 0, "the outputs of the sound package were used again"
    assert "every chapter runs again" in broken.stdout
    assert FALSE_CLAIM.search(COLOURS.sub("", broken.stdout)), broken.stdout[-3000:]
