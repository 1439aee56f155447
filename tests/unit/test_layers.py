"""The rooms of the house: a module imports only lower levels or its own folder (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import gokiln

ROOT = Path(gokiln.__file__).parent
LEVELS = {
    "errors": -1, "events": -1, "base": 0,
    "golang": 1,
    "config": 2, "cache": 2, "index": 2,
    "modules": 3,
    "packages": 4,
    "actions": 5, "tools": 5,
    "execute": 6,
    "gotest": 7, "insight": 7, "terminal": 7,
    "cli": 8, "__main__": 9,
}  # fmt: skip
# The one written exception of the plan, and leaves that their own level shares.
ALLOWED = {("base", "errors"), ("tools", "actions"), ("cache", "index"), ("execute", "terminal")}


def imports_of(path: Path, types: bool = False) -> set[str]:
    """First-level rooms of gokiln that a file imports at run time; types: those that annotations need, too."""
    tree = ast.parse(path.read_text())
    rooms: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for other in [*(node.body if types else ()), *node.orelse]:
                visit(other)
            return
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gokiln"):
            parts = node.module.split(".")
            rooms.update([parts[1]] if len(parts) > 1 else [a.name for a in node.names])
        elif isinstance(node, ast.Import):
            rooms.update(a.name.split(".")[1] for a in node.names if a.name.startswith("gokiln."))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return rooms


def test_every_room_imports_only_downwards() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        room = parts[0]
        if room == "__init__":
            continue
        for other in imports_of(path):
            if other in ("__version__", room):
                continue
            if LEVELS[other] >= LEVELS[room] and (room, other) not in ALLOWED:
                wrong.append(f"{'/'.join(parts)} (level {LEVELS[room]}) imports {other} (level {LEVELS[other]})")
    assert not wrong, "\n".join(wrong)


def test_no_annotation_names_what_is_above() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] == "__init__":
            continue
        above = [other for other in imports_of(path, types=True) if LEVELS.get(other, 0) > LEVELS[parts[0]]]
        wrong += [f"{'/'.join(parts)} names {other}" for other in above if (parts[0], other) not in ALLOWED]
    assert not wrong, "\n".join(wrong)
