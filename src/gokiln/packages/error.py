"""What is wrong with a package, and the way of imports that led to it.

A PackageError is put on a package, not raised: `list -e` goes on past it. Its text depends on what is known: a
position, or the stack of imports from the command line down.

Source: cmd/go/internal/load/pkg.go (PackageError, ImportStack, EmbedError), go/build/build.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError, PlainError
from gokiln.golang.position import Position, position_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class LoadFatalError(PlainError):
    """Loading cannot go on at all (base.Fatalf in cmd/go/internal/load): printed as it stands."""


class ImportPathError(GokilnError):
    """An error that already names the import path it is about, so that the path is not repeated before it."""

    def __init__(self, import_path: str, text: str) -> None:
        super().__init__(text)
        self.import_path = import_path


class MainPackageError(ImportPathError):
    """A command was wanted and the package is a library."""

    def __init__(self, import_path: str) -> None:
        super().__init__(import_path, f"package {import_path} is not a main package")


class BuildNoGoError(GokilnError):
    """go/build.NoGoError: nothing in the directory is to be built."""

    def __init__(self, directory: str) -> None:
        super().__init__("no buildable Go source files in " + directory)
        self.directory = directory


class MultiplePackageError(GokilnError):
    """Files of one directory belong to different packages."""

    def __init__(self, directory: str, packages: Sequence[str], files: Sequence[str]) -> None:
        super().__init__(f"found packages {packages[0]} ({files[0]}) and {packages[1]} ({files[1]}) in {directory}")


class ScanListError(GokilnError):
    """The parser's errors of one file: the first is shown with its own position (scanner.ErrorList)."""

    def __init__(self, pos: Position, message: str, text: str) -> None:
        super().__init__(text)
        self.pos = pos
        self.message = message


class EmbedError(GokilnError):
    """A //go:embed pattern that cannot be resolved."""

    def __init__(self, pattern: str, text: str) -> None:
        super().__init__(f"pattern {pattern}: {text}")
        self.pattern = pattern


class ImportInfo:
    """One step of an import stack: the path as imported, and where."""

    __slots__ = ("pkg", "pos")

    def __init__(self, pkg: str, pos: Position | None = None) -> None:
        self.pkg = pkg
        self.pos = pos


class ImportStack(list[ImportInfo]):
    """The imports from the command line to here; a test package's path ends in ` (test)`."""

    def push(self, pkg: str, positions: Sequence[Position] | None = None) -> None:
        """Go one import deeper; the first position is where it stands."""
        self.append(ImportInfo(pkg, positions[0] if positions else None))

    def copy(self) -> ImportStack:
        """A stack of its own."""
        return ImportStack(self)

    def packages(self) -> list[str]:
        """The paths alone."""
        return [step.pkg for step in self]

    def packages_with_positions(self) -> list[str]:
        """`path from file.go` where the file is known: how a cycle is shown."""
        return [
            step.pkg if step.pos is None else f"{step.pkg} from {os.path.basename(step.pos.filename)}" for step in self
        ]

    def shorter_than(self, other: list[str]) -> bool:
        """Whether this is the shorter way, by length and then by text."""
        if len(self) != len(other):
            return len(self) < len(other)
        return self.packages() < other


class PackageError:
    """Why a package cannot be used."""

    __slots__ = ("always_print_stack", "err", "import_stack", "is_import_cycle", "pos")

    def __init__(
        self,
        err: BaseException | str,
        import_stack: ImportStack | None = None,
        *,
        pos: str = "",
        is_import_cycle: bool = False,
        always_print_stack: bool = False,
    ) -> None:
        self.err = GokilnError(err) if isinstance(err, str) else err
        self.import_stack = import_stack if import_stack is not None else ImportStack()
        self.pos = pos
        self.is_import_cycle = is_import_cycle
        self.always_print_stack = always_print_stack

    def __str__(self) -> str:
        text = str(self.err)
        stack = self.import_stack
        if self.pos and (not stack or not self.always_print_stack):
            return f"{self.pos}: {text}"
        if not stack:
            return text
        at = f"\n\t{self.pos}" if self.pos else ""
        steps = stack.packages_with_positions() if self.is_import_cycle else stack.packages()
        return "package " + "\n\timports ".join(steps) + at + ": " + text

    def set_pos(self, positions: Sequence[Position] | None, short_path: Callable[[str], str]) -> None:
        """Take the first position, its file name shortened."""
        if positions:
            first = positions[0]
            self.pos = position_string(Position(short_path(first.filename), first.line, first.column))

    def as_json(self) -> dict[str, object]:
        """What `list -json` shows of it."""
        return {"ImportStack": self.import_stack.packages(), "Pos": self.pos, "Err": str(self.err)}
