"""Everything below some nodes of a graph, each after what it needs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    T = TypeVar("T")


def post_order(roots: Iterable[T], below: Callable[[T], Iterable[T]], seen: set[T] | None = None) -> list[T]:
    """The roots and all below them, each once, depth first in the order that below gives.

    seen: nodes to leave out; those found are added to it.
    """
    seen = set() if seen is None else seen
    done: list[T] = []
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack: list[tuple[T, Iterator[T]]] = [(root, iter(below(root)))]
        while stack:
            node, rest = stack[-1]
            for inner in rest:
                if inner not in seen:
                    seen.add(inner)
                    stack.append((inner, iter(below(inner))))
                    break
            else:
                stack.pop()
                done.append(node)
    return done
