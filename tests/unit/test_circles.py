"""No file imports itself in a circle: what two files share lies below both of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gokiln

ROOT = Path(gokiln.__file__).parent


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def imports_of(path: Path, types: bool) -> set[str]:
    """The files of gokiln that a file imports, inside functions and by names in strings too.

    types: also those that only annotations need.
    """
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in [*(node.body if types else ()), *node.orelse]:
                visit(inner)
            return
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                found.add(inside if inside in FILES else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return (found & FILES.keys()) - {module_name(path)}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of files that reach each other: what is left when files that import nothing, or that nobody
    imports, are taken away again and again, put together by who reaches whom."""
    left = {name: set(targets) for name, targets in graph.items()}
    while True:
        used = set().union(*left.values()) if left else set()
        ends = {name for name, targets in left.items() if not targets or name not in used}
        if not ends:
            break
        left = {name: targets - ends for name, targets in left.items() if name not in ends}

    def reached(name: str) -> set[str]:
        seen: set[str] = set()
        todo = [name]
        while todo:
            for target in left[todo.pop()] - seen:
                seen.add(target)
                todo.append(target)
        return seen

    reach = {name: reached(name) for name in left}
    groups = {frozenset(other for other in reach[name] if name in reach[other]) for name in left}
    return sorted(sorted(group) for group in groups if group)


def test_circles_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"a", "f"}, "f": {"g"}, "g": {"f"}}
    assert circles(graph) == [["b", "c"], ["f", "g"]]


@pytest.mark.parametrize("types", [False, True])
def test_no_file_runs_in_a_circle_with_another(types: bool) -> None:
    assert not circles({name: imports_of(path, types) for name, path in FILES.items()})
