"""The ready queue: order, failures, and that everything gets its turn."""

from __future__ import annotations

from gokiln.actions.action import Action, freeze
from gokiln.execute.state import ReadyQueue


def diamond() -> tuple[Action, Action, Action, Action]:
    """low, left and right above it, top."""
    low = Action("low")
    left, right = Action("left", deps=[low]), Action("right", deps=[low])
    return low, left, right, Action("top", deps=[left, right])


def test_an_action_is_ready_when_all_it_needs_is_done() -> None:
    low, left, right, top = diamond()
    queue = ReadyQueue(freeze(top))
    assert queue.pop() is low and not len(queue)
    queue.finish(low)
    assert queue.pop() is left
    assert queue.pop() is right
    queue.finish(right)
    assert not len(queue)
    queue.finish(left)
    assert queue.pop() is top
    queue.finish(top)
    assert queue.left == 0


def test_a_failure_reaches_all_that_needs_it_and_nothing_else() -> None:
    low, left, right, top = diamond()
    other = Action("other")
    root = Action("root", deps=[top, other])
    queue = ReadyQueue(freeze(root))
    queue.finish(low)
    queue.results[left].failed = left
    for action in (left, right, top, other):
        queue.finish(action)
    assert queue.results[top].failed is left
    assert queue.results[root].failed is left
    assert queue.results[right].failed is None and queue.results[other].failed is None


def test_a_test_barrier_hands_a_failure_to_its_run_only() -> None:
    build = Action("build")
    barrier = Action("test barrier", deps=[build])
    later_barrier = Action("test barrier", deps=[barrier])
    run = Action("test run", deps=[barrier])
    root = Action("go test", deps=[run, later_barrier])
    queue = ReadyQueue(freeze(root))
    queue.results[build].failed = build
    queue.finish(build)
    assert queue.results[barrier].failed is None
    assert queue.results[run].failed is build
    assert queue.results[later_barrier].failed is None


def test_the_order_is_that_of_a_depth_first_walk() -> None:
    roots = [Action(str(i)) for i in range(5)]
    queue = ReadyQueue(freeze(Action("root", deps=roots)))
    assert [queue.pop().mode for _ in roots] == ["0", "1", "2", "3", "4"]
