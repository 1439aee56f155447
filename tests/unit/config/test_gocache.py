"""What GOCACHE comes out as, and in the go command's words why it is off."""

from __future__ import annotations

from gokiln.config.envlayers import effective_gocache


def test_effective_gocache() -> None:
    home = {"HOME": "/h"}
    assert effective_gocache("", home, "linux") == ("/h/.cache/go-build", False, "")
    assert effective_gocache("/c", home, "linux") == ("/c", True, "")
    assert effective_gocache("/h/.cache/go-build", home, "linux") == ("/h/.cache/go-build", False, "")
    assert effective_gocache("off", home, "linux") == ("off", True, "")
    assert effective_gocache("rel", home, "linux") == ("off", True, "GOCACHE is not an absolute path")
    nowhere = "GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined"
    assert effective_gocache("", {}, "linux") == ("off", False, nowhere)
