#!/usr/bin/env python3
"""The commands of this book: `python3 tasks.py` lists them. Standard library only.

Every command first sees to the environment: `.venv` beside this file, with exactly the pinned
packages. It is made anew when the pins, the package's own requirements or the Python change.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path


def python_problem(version):
    """Say what is wrong with this Python, or nothing. No type hints: an old Python reads this."""
    if version >= (3, 11):
        return ""
    found = ".".join(map(str, version))
    return f"This book needs Python 3.11 or newer, and this is Python {found}. Try python3.11."


if python_problem(sys.version_info[:3]):
    sys.exit(python_problem(sys.version_info[:3]))

import tomllib  # noqa: E402  (not there before Python 3.11)

ROOT = Path(__file__).resolve().parent
MINUTE = 60
PAIRED = "formats: md:myst,ipynb"  # this line in a page's header makes it a chapter


class Refusal(Exception):
    """A message in words for the reader, and the end of the command."""


# ---------------------------------------------------------------- small helpers


def say(words: str) -> None:
    """Print one line at once, before any child process prints its own."""
    print(f"· {words}", flush=True)


def read(path: Path) -> str:
    """Text of a file, empty if there is none."""
    return path.read_text("utf8") if path.is_file() else ""


def remove(path: Path) -> None:
    """Remove a file, a folder, or a link (never what it points at)."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def fingerprint(patterns: list[str], *words: str) -> str:
    """Hash of names and contents of all files under the root that match, and of the words."""
    files = {p for pattern in patterns for p in ROOT.glob(pattern) if p.is_file()}
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(files):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stop(process: subprocess.Popen) -> None:
    """End a process and the kernels and browsers that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def run(words: str, *command: str | Path, minutes: float | None) -> int:
    """Say what is done, do it in the environment, and return the exit code."""
    say(words)
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=child_environment(),
        start_new_session=minutes is not None,  # a group of its own, so that stop() reaches all
    )
    try:
        code = process.wait(None if minutes is None else minutes * MINUTE)
    except subprocess.TimeoutExpired:
        stop(process)
        raise Refusal(f"Stopped after {minutes:g} minutes: {words}") from None
    except KeyboardInterrupt:
        if minutes is None:  # it has received the same signal and ends in its own way
            return process.wait()
        stop(process)
        raise
    return code if code >= 0 else 128 - code


# ---------------------------------------------------------------- the environment


def venv() -> Path:
    return ROOT / ".venv"


def programs() -> Path:
    return venv() / ("Scripts" if os.name == "nt" else "bin")


def python() -> Path:
    return programs() / ("python.exe" if os.name == "nt" else "python")


def child_environment() -> dict[str, str]:
    """Variables for child processes: our programs, our package, and nobody's private settings."""
    # MPLBACKEND would take the figures out of the chapters
    env = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "PYTHONHOME")}
    env["VIRTUAL_ENV"] = str(venv())
    env["PATH"] = os.pathsep.join(filter(None, [str(programs()), env.get("PATH")]))
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
    env["MPLCONFIGDIR"] = str(venv() / "settings" / "matplotlib")
    env["IPYTHONDIR"] = str(venv() / "settings" / "ipython")
    env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else each kernel prints a warning
    return env


def environment_fingerprint() -> str:
    """What the environment depends on. The place counts, since a moved `.venv` is broken."""
    project = tomllib.loads(read(ROOT / "pyproject.toml"))
    tables = {
        "build-system": project.get("build-system"),
        "project": project.get("project"),
        "setuptools": project.get("tool", {}).get("setuptools"),
    }
    return fingerprint(
        ["requirements.txt", "constraints.txt"],
        json.dumps(tables, sort_keys=True),
        f"{sys.version_info[0]}.{sys.version_info[1]}",
        os.path.realpath(venv()),
    )


def environment() -> None:
    """Make `.venv`, unless it is there and complete. The stamp is written last."""
    stamp = venv() / "complete.sha256"
    if python().exists() and read(stamp) == environment_fingerprint():
        return
    remove(venv())
    uv = shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--seed", "--python", sys.executable, venv()]
        install = [uv, "pip", "install", "--quiet", "--python", python()]
    else:
        make = [sys.executable, "-m", "venv", venv()]
        install = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run("making the environment in .venv", *make, minutes=5):
        raise Refusal("Python could not make .venv. On Debian and Ubuntu: apt install python3-venv")
    install += ["-r", "requirements.txt"]
    if run("installing the pinned packages, about a minute", *install, minutes=20):
        raise Refusal("The packages could not be installed. Is the network there? See above.")
    # A first import can take seconds and warn about it. Better now than in a chapter.
    warm = "import matplotlib.font_manager, scipy.optimize, sympy, IPython"
    if run("preparing fonts", python(), "-c", warm, minutes=10):
        raise Refusal("The installed packages cannot be imported. See above.")
    # A kernel that serves this machine alone need not warn that others could listen.
    profile = venv() / "settings" / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n")
    stamp.write_text(environment_fingerprint(), "utf8")


# ---------------------------------------------------------------- the book


def results_fingerprint() -> str:
    """What the outputs of chapters depend on, and the execution cache does not see."""
    patterns = ["offshoring/**/*.py", "book/*.py", "book/data/**/*"]
    return fingerprint([*patterns, "requirements.txt", "constraints.txt"], sys.version)


def pages_fingerprint() -> str:
    """What pages depend on beyond their text and outputs."""
    patterns = ["book/_ext/**/*.py", "book/_static/**/*", "book/*.yml", "book/*.bib", "_*.yml"]
    return fingerprint(patterns, os.environ.get("BOOK_REPOSITORY", ""))


def built_book() -> Path:
    return ROOT / "_build" / "html" / "index.html"


def page_stamp() -> Path:
    """There only after a build without warnings: warnings of unread pages are not repeated."""
    return ROOT / "_build" / "pages.sha256"


def forget_stale_results() -> None:
    """Throw away what the builder would reuse although it is no longer true."""
    build = ROOT / "_build"
    results = build / "results.sha256"
    if read(results) != results_fingerprint():
        if build.exists():
            say("the package, the data or the pins changed: every chapter runs again")
        remove(build)
    elif read(page_stamp()) != pages_fingerprint():
        say("the configuration changed or the last build failed: every page is written again")
        remove(build / ".doctrees")
        remove(build / "html")
    remove(page_stamp())
    build.mkdir(exist_ok=True)
    results.write_text(results_fingerprint(), "utf8")


def book(arguments: list[str]) -> int:
    """Run the chapters and build the book into _build/html."""
    environment()
    forget_stale_results()
    builder = shutil.which("jupyter-book", path=str(programs())) or "jupyter-book"
    strict = ["-W", "-n", "--keep-going"]  # every warning is an error, all are shown
    code = run("building the book", builder, "build", ".", *strict, minutes=30)
    if code == 0:
        page_stamp().write_text(pages_fingerprint(), "utf8")
        say(f"the book is at {built_book()}")
    return code


def open_book(arguments: list[str]) -> int:
    """Open the built book in the browser."""
    require_book()
    say(f"opening {built_book()}")
    if not webbrowser.open(built_book().as_uri()):
        raise Refusal(f"No browser could be started. Open this file in one: {built_book()}")
    return 0


def require_book() -> None:
    if not (built_book().is_file() and page_stamp().is_file()):
        raise Refusal("There is no complete built book. Run first: python3 tasks.py book")


# ---------------------------------------------------------------- tests


def test(arguments: list[str]) -> int:
    """Run all tests: style, types, package, chapters. Coverage below 98 % fails."""
    environment()
    pytest = ["pytest", "tests", "book", "--ignore=tests/pages", "-q", "-n", "2"]
    coverage = ["--cov=offshoring", "--cov-branch", "--cov-fail-under=98", "--cov-report=term"]
    steps = [
        ("checking style", ["ruff", "check", "."], 2),
        ("checking format", ["ruff", "format", "--check", "."], 2),
        ("checking types", ["mypy", "offshoring"], 10),
        # loadfile: the cells of one notebook share one kernel
        ("running the tests", [*pytest, "--dist", "loadfile", *coverage], 30),
    ]
    codes = {words: run(words, python(), "-m", *step, minutes=m) for words, step, m in steps}
    failed = [words for words, code in codes.items() if code]
    say(f"failed: {', '.join(failed)}" if failed else "all tests passed")
    return next((code for code in codes.values() if code), 0)


def pages(arguments: list[str]) -> int:
    """Check the built pages: links, alt texts, notebooks, and a real browser."""
    environment()
    require_book()
    return run(
        "checking the built pages",
        *(python(), "-m", "pytest", "tests/pages", "-q", "-rs", "-n", "2"),
        minutes=15,
    )


# ---------------------------------------------------------------- notebooks


def chapters() -> dict[str, Path]:
    """Text notebooks that have an executed pair, by name."""
    found = sorted((ROOT / "book").glob("**/*.md"))
    return {p.stem: p for p in found if PAIRED in read(p)[:600]}


def chosen(names: list[str]) -> list[Path]:
    """The chapters of these names (`NAME`, `book/NAME.md`, ...); all if there are no names."""
    known = chapters()
    stems = [Path(name).stem for name in names] or list(known)
    for name, stem in zip(names, stems, strict=False):
        if stem not in known:
            raise Refusal(f"There is no chapter {name!r}. There are: {', '.join(known) or 'none'}")
    return [known[stem] for stem in stems]


def pairs(arguments: list[str]) -> int:
    """Refresh the executed notebooks from the text: pairs [CHAPTER ...]."""
    environment()
    execute = ["--to", "notebook", "--execute", "--inplace", "--log-level=WARN"]
    execute += ["--ExecutePreprocessor.record_timing=False", "--ExecutePreprocessor.timeout=300"]
    for text in chosen(arguments):
        notebook = text.with_suffix(".ipynb")
        update = ["jupytext", "--quiet", "--to", "ipynb", "--update", text]
        # never --sync: it trusts file times and can overwrite the text
        code = run(f"{text.stem}: text to notebook", python(), "-m", *update, minutes=5)
        code = code or run(
            f"{text.stem}: running it",
            *(python(), "-m", "nbconvert", *execute, notebook),
            minutes=15,
        )
        if code:
            return code
    return 0


def lab(arguments: list[str]) -> int:
    """Start JupyterLab on a chapter: lab [CHAPTER]."""
    if len(arguments) > 1:
        raise Refusal(f"lab takes one chapter, not {len(arguments)}: {' '.join(arguments)}")
    environment()
    target = ROOT / "book"
    if arguments:
        (text,) = chosen(arguments)
        text.touch()  # the text is the source: JupyterLab takes the newer of the two
        target = text.with_suffix(".ipynb")
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    command = ["jupyterlab", f"--ServerApp.root_dir={ROOT}", *root, target]
    return run("starting JupyterLab, end it with Ctrl-C", python(), "-m", *command, minutes=None)


# ---------------------------------------------------------------- upkeep


def pins(compiled: str) -> str:
    """The text of constraints.txt. A line that depends on a host or a folder is refused."""
    bad = [line for line in compiled.splitlines() if "://" in line or " @ " in line]
    if bad:
        raise Refusal(f"This is no pin that holds everywhere: {bad[0]}")
    return "# Made by `python3 tasks.py lock` from requirements.txt. Do not edit.\n" + compiled


def lock(arguments: list[str]) -> int:
    """Renew the pins in constraints.txt from requirements.txt."""
    uv = shutil.which("uv")
    if not uv:
        environment()
        uv = shutil.which("uv", path=str(programs()))
    if not uv:
        install = [python(), "-m", "pip", "install", "--quiet", "uv"]
        code = run("installing uv into the environment", *install, minutes=5)
        if code:
            return code
        uv = shutil.which("uv", path=str(programs()))
    direct = [line for line in read(ROOT / "requirements.txt").splitlines() if line[:1] != "-"]
    form = ["--universal", "--python-version", "3.11", "--no-header", "--no-annotate"]
    say("finding versions that fit together")
    found = subprocess.run(
        [str(uv), "pip", "compile", "--quiet", *form, "-"],
        input="\n".join(direct),
        stdout=subprocess.PIPE,
        text=True,
        timeout=10 * MINUTE,
        env=child_environment(),
        cwd=ROOT.parent,  # not in the clone: its constraints would be the old ones
    )
    if found.returncode == 0:
        (ROOT / "constraints.txt").write_text(pins(found.stdout), "utf8")
        say("constraints.txt is renewed; the environment is remade with the next command")
    return found.returncode


def clean(arguments: list[str]) -> int:
    """Remove everything these commands made: built book, environment, caches."""
    caches = [".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".coverage"]
    for name in ["_build", ".venv", *caches]:
        remove(ROOT / name)
    for pattern in ["*.egg-info", "*/**/__pycache__", "*/**/.ipynb_checkpoints"]:
        for path in list(ROOT.glob(pattern)):
            remove(path)
    say("removed")
    return 0


# ---------------------------------------------------------------- the command line

COMMANDS = {
    "book": book,
    "test": test,
    "pages": pages,
    "open": open_book,
    "lab": lab,
    "pairs": pairs,
    "lock": lock,
    "clean": clean,
}
WITH_ARGUMENTS = ("lab", "pairs")


def listing() -> str:
    lines = [f"  {name:6} {task.__doc__}" for name, task in COMMANDS.items()]
    return "\n".join(["usage: python3 tasks.py COMMAND", "", *lines])


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(listing())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        print(f"There is no command {name!r}.\n{listing()}", file=sys.stderr)
        return 2
    if rest and name not in WITH_ARGUMENTS:
        print(f"{name} takes no argument, and got: {' '.join(rest)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[name](rest)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
