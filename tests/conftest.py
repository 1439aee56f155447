"""What every test shares: a real go command to compare with, or a skip that says so."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.compat import gocmd

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: a shell that runs us in the background makes all of it deaf to that."""
    for name, handler in (("SIGINT", signal.default_int_handler), ("SIGQUIT", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `go` need a GOROOT with its go command."""
    if gocmd.goroot() is not None:
        return
    skip = pytest.mark.skip(reason="no go command on PATH to compare with")
    for item in items:
        if "go" in item.keywords:
            item.add_marker(skip)
