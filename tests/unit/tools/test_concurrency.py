"""How many threads each compiler gets."""

from __future__ import annotations

from gokiln.tools.gc import ConcurrencyPool


def test_who_runs_alone_gets_all() -> None:
    assert ConcurrencyPool(4, 16).take() == 16
    assert ConcurrencyPool(1, 16).take() == 16


def test_without_a_pool_each_gets_a_few() -> None:
    pool = ConcurrencyPool(4, 16, pooled=False)
    assert [pool.take() for _ in range(6)] == [4] * 6
    assert ConcurrencyPool(4, 2, pooled=False).take() == 2
    assert ConcurrencyPool(1, 16, pooled=False).take() == 16
