"""The main package of a test program: what it calls, and its source text.

The text is compiled, so it is part of action IDs: it must be the go command's to the byte.

Source: cmd/go/internal/load/test.go (testFuncs, testmainTmpl), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.golang.testfuncs import TestSource, read_tests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gokiln.base.disk import Disk
    from gokiln.packages.error import ScanListError
    from gokiln.packages.package import Package

    # The first syntax error of a file, by its path; None: no syntax error is known.
    SyntaxErrors = Callable[[str], ScanListError | None]

_MODULE_PATH_SINCE = 26  # minor release whose tests know their module (where -artifacts puts things)


class TestCover:
    """How a test is covered. mode: set, count or atomic. local: only the package under test counts.

    packages: those that -coverpkg matched; paths: its patterns, None without the flag.
    """

    __test__ = False
    __slots__ = ("local", "mode", "packages", "paths")

    def __init__(self, mode: str, local: bool, packages: Sequence[Package], paths: Sequence[str] | None) -> None:
        self.mode = mode
        self.local = local
        self.packages = list(packages)
        self.paths = list(paths) if paths is not None else None


class TestFuncs:
    """What the test program of a package runs. Pairs are (import name in the main file, function name)."""

    __test__ = False

    def __init__(self, package: Package) -> None:
        self.package = package
        self.tests: list[tuple[str, str]] = []
        self.benchmarks: list[tuple[str, str]] = []
        self.fuzz_targets: list[tuple[str, str]] = []
        self.examples: list[tuple[str, str, str, bool]] = []
        self.test_main: tuple[str, str] | None = None
        self.import_test = self.need_test = False
        self.import_xtest = self.need_xtest = False
        self.cover: TestCover | None = None
        self.error: GokilnError | None = None

    def add(self, source: TestSource, name: str) -> None:
        """Take over what a file declares. name: "_test" or "_xtest"."""
        self.tests += [(name, f) for f in source.tests]
        self.benchmarks += [(name, f) for f in source.benchmarks]
        self.fuzz_targets += [(name, f) for f in source.fuzz_targets]
        for example in source.examples:
            if example.output or example.has_output:
                self.examples.append((name, "Example" + example.name, example.output, example.unordered))
        error = source.error
        if source.main:
            if self.test_main is not None:
                error = error or "multiple definitions of TestMain"
            else:
                self.test_main = (name, "TestMain")
        if self.error is None and error:
            self.error = GokilnError(error)
        wanted = source.runs or bool(source.examples)
        if name == "_test":
            self.import_test = self.import_test or wanted
            self.need_test = self.need_test or source.runs
        else:
            self.import_xtest = self.import_xtest or wanted
            self.need_xtest = self.need_xtest or source.runs

    def import_path(self) -> str:
        """The import path that the testing package prints with benchmarks."""
        path = self.package.import_path
        return "" if path.startswith("_/") or path == "command-line-arguments" else path

    def covered(self) -> str:
        """ " in <patterns>" when others than the tested package are covered."""
        if self.cover is None or self.cover.paths is None:
            return ""
        return " in " + ", ".join(self.cover.paths)

    def selected_packages(self) -> str:
        """The covered packages as a Go expression."""
        if self.cover is None or self.cover.paths is None:
            return f'[]string{{"{self.package.import_path}"}}'
        return "[]string{" + ", ".join(f'"{p.import_path}"' for p in self.cover.packages) + "}"


def load_test_funcs(disk: Disk, package: Package, syntax: SyntaxErrors | None = None) -> TestFuncs:
    """Read the package's test files. A file that cannot be read, or does not parse, or a wrong test, becomes the
    result's error."""
    funcs = TestFuncs(package)
    for names, import_name in ((package.test_go_files, "_test"), (package.xtest_go_files, "_xtest")):
        for file in names:
            path = os.path.normpath(os.path.join(package.dir, file))
            try:
                data = disk.read_file(path)
            except OSError as err:
                from gokiln.base.disk import go_os_error

                funcs.error = funcs.error or GokilnError(go_os_error("open", path, err))
                continue
            wrong = syntax(path) if syntax is not None else None
            if wrong is not None:
                funcs.error = funcs.error or wrong
                continue
            funcs.add(read_tests(path, data), import_name)
    return funcs


def _table(name: str, kind: str, rows: Iterable[str]) -> str:
    lines = "".join(f"\n\t{{{row}}},\n" for row in rows)
    return f"var {name} = []testing.{kind}{{\n{lines}\n}}\n\n"


def _import(wanted: bool, needed: bool, name: str, path: str) -> str:
    return f"\n\t{name if needed else '_'} {go_quote(path)}\n" if wanted else ""


def format_testmain(funcs: TestFuncs, minor: int = _MODULE_PATH_SINCE) -> bytes:
    """The text of _testmain.go. minor: of the Go release it is for."""
    cover, main, path = funcs.cover, funcs.test_main, funcs.package.import_path
    head = (
        "\n// Code generated by 'go test'. DO NOT EDIT.\n\npackage main\n\nimport (\n\t\"os\"\n"
        + ('\n\t"reflect"\n' if main is not None else "")
        + '\n\t"testing"\n\t"testing/internal/testdeps"\n'
        + ('\n\t"internal/coverage/cfile"\n' if cover is not None else "")
        + "\n\n"
        + _import(funcs.import_test, funcs.need_test, "_test", path)
        + "\n"
        + _import(funcs.import_xtest, funcs.need_xtest, "_xtest", path + "_test")
        + "\n)\n\n"
    )
    tables = _table("tests", "InternalTest", _rows(funcs.tests))
    tables += _table("benchmarks", "InternalBenchmark", _rows(funcs.benchmarks))
    tables += _table("fuzzTargets", "InternalFuzzTarget", _rows(funcs.fuzz_targets))
    examples = [
        f'"{name}", {pkg}.{name}, {go_quote(output)}, {"true" if unordered else "false"}'
        for pkg, name, output, unordered in funcs.examples
    ]
    tables += _table("examples", "InternalExample", examples)
    return (head + tables + _init(funcs, minor) + _main(main)).encode("utf-8", "surrogateescape")


def _rows(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f'"{name}", {pkg}.{name}' for pkg, name in pairs]


def _init(funcs: TestFuncs, minor: int) -> str:
    text = "func init() {\n"
    if funcs.cover is not None:
        text += (
            f"\n\ttestdeps.CoverMode = {go_quote(funcs.cover.mode)}\n"
            f"\ttestdeps.Covered = {go_quote(funcs.covered())}\n"
            f"\ttestdeps.CoverSelectedPackages = {funcs.selected_packages()}\n"
            "\ttestdeps.CoverSnapshotFunc = cfile.Snapshot\n"
            "\ttestdeps.CoverProcessTestDirFunc = cfile.ProcessCoverTestDir\n"
            "\ttestdeps.CoverMarkProfileEmittedFunc = cfile.MarkProfileEmitted\n\n"
        )
    text += "\n"
    if minor >= _MODULE_PATH_SINCE:
        module = funcs.package.module
        text += f"\ttestdeps.ModulePath = {go_quote(module.path if module is not None else '')}\n"
    return f"{text}\ttestdeps.ImportPath = {go_quote(funcs.import_path())}\n}}\n\n"


def _main(test_main: tuple[str, str] | None) -> str:
    text = "func main() {\n\tm := testing.MainStart(testdeps.TestDeps{}, tests, benchmarks, fuzzTargets, examples)\n"
    if test_main is None:
        return text + "\n\tos.Exit(m.Run())\n\n}\n\n"
    call = ".".join(test_main)
    code = 'os.Exit(int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int()))'
    return f"{text}\n\t{call}(m)\n\t{code}\n\n}}\n\n"
