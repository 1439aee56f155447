"""Random sequences of get, tidy, edit, vendor ... on random module graphs: the files and the words of go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.compat import gocmd
from tests.compat.module_commands import Commands, Step
from tests.compat.module_worlds import World
from tests.compat.modules_as_go import Pair
from tests.compat.proxy import write_tree

pytestmark = pytest.mark.go

SEEDS = [int(s) for s in os.environ.get("GOKILN_TEST_SEEDS", "").split()] or [1, 2, 3, 4]
STEPS = 8


@pytest.mark.parametrize("seed", SEEDS)
def test_random_commands_end_as_go(tmp_path: Path, seed: int) -> None:
    if gocmd.goroot() is None:
        pytest.skip("no go to compare with")
    world = World(tmp_path / "proxy", seed)
    commands = Commands(world)
    root = tmp_path / "main"
    write_tree(root, world.main_module())
    pair = Pair(tmp_path, world.proxy.url)
    for _ in range(STEPS):
        if world.chance(0.25):
            commands.touch(root)
        step = commands.step()
        found = pair.difference(step.args, root, step.sub, step.env)
        assert not found, f"seed {seed}\n{found}"


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_random_workspaces_end_as_go(tmp_path: Path, seed: int) -> None:
    if gocmd.goroot() is None:
        pytest.skip("no go to compare with")
    world = World(tmp_path / "proxy", seed)
    commands = Commands(world)
    root = tmp_path / "main"
    modules = ["one", "two", "three"][: world.random.randint(2, 3)]
    for name in modules:
        write_tree(root / name, world.main_module(f"example.com/{name}"))
    pair = Pair(tmp_path, world.proxy.url)
    step = Step(["work", "init", *(f"./{name}" for name in modules)])
    for _ in range(STEPS + 1):
        found = pair.difference(step.args, root, step.sub, step.env)
        assert not found, f"seed {seed}\n{found}"
        if world.chance(0.25):
            commands.touch(root)
        step = commands.work_step(modules)
