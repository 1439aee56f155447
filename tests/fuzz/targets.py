"""All targets by name."""

from tests.fuzz import binaries, texts

TARGETS = {**texts.TARGETS, **binaries.TARGETS}
