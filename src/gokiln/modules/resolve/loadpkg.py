"""One package, or the tests of one, while the module loader finds out where it comes from and what it imports.

Source: cmd/go/internal/modload/load.go (loadPkg, loadPkgFlags), go1.26.
"""

from __future__ import annotations

from gokiln.modules.resolve.errors import NO_MODULE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.errors import GokilnError
    from gokiln.modules.version import ModVersion

# Flags of a loaded package (modload.loadPkgFlags).
PKG_IN_ALL = 1  # part of the pattern "all"
PKG_IS_ROOT = 2  # matches a pattern that was asked for
PKG_FROM_ROOT = 4  # reached by imports from such a package
PKG_IMPORTS_LOADED = 8  # its imports are known


class LoadPkg:
    """A package (or its tests) as the loader knows it.

    mod: NO_MODULE for the standard library. stack: the package that imports it in the shortest way from a root.
    """

    __slots__ = (
        "alt_mods",
        "dir",
        "err",
        "flags",
        "imports",
        "in_std",
        "mod",
        "path",
        "stack",
        "test",
        "test_imports",
        "test_of",
    )

    def __init__(self, path: str, test_of: LoadPkg | None = None) -> None:
        self.path = path
        self.test_of = test_of
        self.flags = 0
        self.mod: ModVersion = NO_MODULE
        self.dir = ""
        self.err: GokilnError | None = None
        self.imports: list[LoadPkg] = []
        self.test_imports: list[str] = []
        self.in_std = False
        self.alt_mods: list[ModVersion] = []
        self.test: LoadPkg | None = None
        self.stack: LoadPkg | None = None

    def __repr__(self) -> str:
        return f"<LoadPkg {self.path}>"

    def _chain(self) -> list[LoadPkg]:
        """This package and its importers up to a root, root first."""
        stack = [self]
        at = self.stack
        while at is not None:
            stack.append(at)
            at = at.stack
        return stack[::-1]

    def stack_text(self) -> str:
        """The imports that lead here, for error messages."""
        text = ""
        chain = self._chain()
        for i, p in enumerate(chain):
            text += p.path
            if p.test_of is not None:
                text += ".test"
            if i + 1 < len(chain):
                text += " tested by\n\t" if chain[i + 1].test_of is p else " imports\n\t"
        return text

    def why(self) -> str:
        """The imports that lead here, one a line, as `mod why` prints them."""
        return "".join(f"{p.test_of.path}.test\n" if p.test_of is not None else f"{p.path}\n" for p in self._chain())

    def why_chain(self) -> list[tuple[str, ModVersion]]:
        """(name, module) of each package from a root to this one; tests are named path.test."""
        return [(f"{p.path}.test" if p.test_of is not None else p.path, p.mod) for p in self._chain()]

    def why_depth(self) -> int:
        """The number of lines of why()."""
        return len(self._chain())
