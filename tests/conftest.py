"""What every test shares: a real go command to compare with, or a skip that says so."""

from __future__ import annotations

import pytest

from tests.compat import gocmd


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `go` need a GOROOT with its go command."""
    if gocmd.goroot() is not None:
        return
    skip = pytest.mark.skip(reason="no go command on PATH to compare with")
    for item in items:
        if "go" in item.keywords:
            item.add_marker(skip)
