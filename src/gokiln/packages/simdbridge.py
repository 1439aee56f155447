"""The package that everyone who imports simd imports too, without saying so (from go1.27 on).

The compiler lowers operations of package simd to functions of simd/internal/bridge. So that its export data is at hand,
the bridge becomes an import of the compiled code, and those who import simd may import it although it is internal.

Source: SimdBridgePkg, hasSimd, allowSimdInternalBridge in cmd/go/internal/load/pkg.go, go1.27.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from gokiln.config.config import Config

SIMD_BRIDGE = "simd/internal/bridge"
_SINCE = 27  # minor release
_ARCHITECTURES = ("amd64", "arm64", "wasm")


def needs_bridge(config: Config, imports: Container[str]) -> bool:
    """Whether code with these imports needs the bridge for the configured target."""
    if "simd" not in imports:
        return False
    return config.toolchain.release.minor >= _SINCE and config.target.goarch in _ARCHITECTURES
