"""Whether the C compiler's AddressSanitizer is one that Go's runtime knows: gcc 7 (9 on ppc64le), clang 9, or newer.

The one question of the configuration that only a program can answer.
Source: compilerVersion and compilerRequiredAsanVersion in cmd/go/internal/work/init.go, go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    # argv -> what it printed, stdout alone or both streams; raises OSError when it cannot run or fails.
    Ask = Callable[[Sequence[str], bool], str]


def _version(text: str, words: str) -> tuple[int, int] | None:
    """The two numbers after `words` ("gcc version"), None when they are not there."""
    import re

    found = re.search(re.escape(words) + r" ([0-9]+)\.([0-9]+)", text)
    return (int(found[1]), int(found[2])) if found else None


def compiler_version(cc: str, ask: Ask) -> tuple[str, tuple[int, int]]:
    """("gcc", "clang" or "unknown", (major, minor)). cc: one program, CC as a whole. Raises OSError."""
    text = ask([cc, "--version"], False)
    if text.startswith("gcc"):
        found = _version(ask([cc, "-v"], True), "gcc version")
        return "gcc", found or (0, 0)
    found = _version(text, "clang version")
    return ("clang", found) if found else ("unknown", (0, 0))


def asan_problem(cc: str, host_arch: str, ask: Ask) -> str:
    """Why -asan cannot be used with this compiler, "" when it can."""
    try:
        name, (major, minor) = compiler_version(cc, ask)
    except OSError:
        return "-asan: the version of $(go env CC) could not be parsed"
    if name == "unknown":
        return "-asan: C compiler is not gcc or clang"
    least = 9 if name == "clang" or host_arch == "ppc64le" else 7
    return "" if major >= least else f"-asan is not supported with {name} compiler {major}.{minor}\n"


def ask_with(environ: Mapping[str, str]) -> Ask:
    """The real thing: start the compiler."""

    def ask(argv: Sequence[str], both: bool) -> str:
        import subprocess

        errors = subprocess.STDOUT if both else subprocess.DEVNULL
        done = subprocess.run(
            list(argv),
            env={**environ, "LANG": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            check=False,
        )
        if done.returncode:
            raise OSError(f"{argv[0]}: exit status {done.returncode}")
        return done.stdout.decode("utf-8", "replace")

    return ask
