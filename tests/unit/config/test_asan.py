"""Which C compilers -asan takes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gokiln.config.asan import asan_problem

GCC = {"--version": "gcc (Debian) {v}\n", "-v": "Using built-in specs.\ngcc version {v} (Debian)\n"}


@pytest.mark.parametrize(
    ("answers", "arch", "problem"),
    [
        ({k: t.format(v="12.2.0") for k, t in GCC.items()}, "amd64", ""),
        (
            {k: t.format(v="6.3.0") for k, t in GCC.items()},
            "amd64",
            "-asan is not supported with gcc compiler 6.3\n",
        ),
        (
            {k: t.format(v="8.1.0") for k, t in GCC.items()},
            "ppc64le",
            "-asan is not supported with gcc compiler 8.1\n",
        ),
        ({"--version": "Debian clang version 14.0.6\n"}, "amd64", ""),
        ({"--version": "clang version 8.0.1\n"}, "amd64", "-asan is not supported with clang compiler 8.0\n"),
        ({"--version": "tcc version 0.9\n"}, "amd64", "-asan: C compiler is not gcc or clang"),
        ({}, "amd64", "-asan: the version of $(go env CC) could not be parsed"),
    ],
)
def test_versions(answers: dict[str, str], arch: str, problem: str) -> None:
    def ask(argv: Sequence[str], both: bool) -> str:
        if argv[1] not in answers:
            raise OSError("no")
        assert both == (argv[1] == "-v")
        return answers[argv[1]]

    assert asan_problem("cc", arch, ask) == problem
