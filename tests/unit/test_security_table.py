"""docs/security.md: every test that a row names exists, and no row is without one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def rows() -> list[list[str]]:
    """The cells of the table's rows."""
    lines = (ROOT / "docs" / "security.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| ")]
    assert table[0].startswith("| advisory |")
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def functions(file: Path) -> set[str]:
    """The names of a test file's functions."""
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].split(":")[0])
def test_its_tests_exist(row: list[str]) -> None:
    assert len(row) == 3
    for name in row[2].split(", "):
        file, _, function = name.partition("::")
        assert function.startswith("test_") and function in functions(ROOT / file), name


def test_the_advisories_known_when_this_was_written_have_rows() -> None:
    text = " ".join(row[0] for row in rows())
    years = (
        "2026-27140",
        "2025-68119",
        "2025-4674",
        "2024-45340",
        "2023-39323",
        "2022-23773",
        "2021-3115",
        "2018-6574",
    )
    assert [year for year in years if "CVE-" + year not in text] == []
