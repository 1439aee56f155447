"""Editors, linters and release tools with `gokiln shim`. GOKILN_TEST_TOOLS names them: "gopls=/path ko=/path"."""

from __future__ import annotations

import os

import pytest

from tests.compat.shim_tools import TOOLS, compare

NAMED = dict(word.split("=", 1) for word in os.environ.get("GOKILN_TEST_TOOLS", "").split())


@pytest.mark.go
@pytest.mark.network
@pytest.mark.parametrize("tool", TOOLS)
def test_tools_cannot_tell_gokiln_from_go(tool: str) -> None:
    if tool not in NAMED:
        pytest.skip(f"GOKILN_TEST_TOOLS does not name {tool}")
    assert compare(tool, NAMED[tool], say=False) == []
