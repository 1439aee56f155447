"""Who imports simd's bridge without saying so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from gokiln.packages.implied import needs_bridge


@pytest.mark.parametrize(
    ("minor", "goarch", "imports", "wanted"),
    [
        (27, "amd64", ["fmt", "simd"], True),
        (27, "wasm", ["simd"], True),
        (27, "386", ["simd"], False),
        (26, "amd64", ["simd"], False),
        (27, "amd64", ["simd/archsimd"], False),
    ],
)
def test_needs_bridge(minor: int, goarch: str, imports: list[str], wanted: bool) -> None:
    release = SimpleNamespace(minor=minor)
    config = SimpleNamespace(toolchain=SimpleNamespace(release=release), target=SimpleNamespace(goarch=goarch))
    assert needs_bridge(cast(Any, config), imports) is wanted
