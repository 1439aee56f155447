"""`mod edit -json` and `-print`, `work edit -json` of generated files: the go command's bytes and errors, and ours."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from gokiln.modules.modfile import edit, editwork, rule, work
from gokiln.modules.modfile.errors import ErrorList
from gokiln.modules.modfile.jsonform import mod_json, work_json
from gokiln.modules.modfile.order import sort_blocks
from tests.compat import gocmd

pytestmark = pytest.mark.go

PATHS = ["example.com/a", "example.com/b/v2", '"x.y/q"', "gopkg.in/c.v1", "x.y/z/v1", "a.b/C", "'x'", '"a b"']
VERSIONS = [
    "v1.2.3",
    "v1.10.0",
    "v2.0.0",
    "v2.1.0+incompatible",
    "v1.0.0-pre.1",
    "v0.0.0-20240102030405-abcdef123456",
    "v1",
]
COMMENTS = ["", "", "", " // indirect", " // indirect; why", "//x", " // Deprecated: é", "  //   spaced   "]
GAPS = ["", "", "\n", "// about\n", "\n// alone\n\n", "// Deprecated: use b <&>\n"]


def mod_line(rnd: random.Random) -> str:
    return f"{rnd.choice(PATHS)} {rnd.choice(VERSIONS)}{rnd.choice(COMMENTS)}"


def replace_line(rnd: random.Random) -> str:
    old = rnd.choice(PATHS) + rnd.choice(["", " " + rnd.choice(VERSIONS)])
    return f"{old} => {rnd.choice(['../x', './y z', 'x.y/w v1.2.3', './v v1.0.0', 'x.y/w'])}{rnd.choice(COMMENTS)}"


def retract_line(rnd: random.Random) -> str:
    v, w = rnd.choice(VERSIONS), rnd.choice(VERSIONS)
    return rnd.choice([v, f"[{v},{w}]", f"[ {v} , {w} ]", f"[{v}", ""]) + rnd.choice(COMMENTS)


MOD_LINES = {
    "require": mod_line,
    "exclude": mod_line,
    "replace": replace_line,
    "retract": retract_line,
    "tool": lambda rnd: rnd.choice(["x.y/cmd", "z.w/cmd", "a b"]) + rnd.choice(COMMENTS),
    "ignore": lambda rnd: rnd.choice(["./a", "b/c", '"d e"']),
    "godebug": lambda rnd: rnd.choice(["a=b", "default=go1.21", "c"]),
    "future": mod_line,
}
WORK_LINES = {
    "use": lambda rnd: rnd.choice(["./a", "../b", '"./c d"', "."]) + rnd.choice(COMMENTS),
    "replace": replace_line,
    "godebug": lambda rnd: rnd.choice(["a=b", "c=d"]),
}


def generated(rnd: random.Random, lines: dict[str, object], top: list[str], faulty: bool) -> str:
    """A file of random statements; a faulty one may hold wrong ones."""
    out = [rnd.choice(GAPS) + statement for statement in top if rnd.random() < 0.8]
    for _ in range(rnd.randrange(6)):
        verb = rnd.choice(list(lines))
        make = lines[verb]
        body = [make(rnd) for _ in range(rnd.randrange(4))]  # type: ignore[operator]
        if rnd.random() < 0.4:
            out.append(f"{rnd.choice(GAPS)}{verb} {make(rnd)}\n")  # type: ignore[operator]
            continue
        inner = "".join(f"\t{rnd.choice(GAPS)}{line}\n" for line in body)
        out.append(
            f"{rnd.choice(GAPS)}{verb} ({rnd.choice(COMMENTS)}\n{inner}{rnd.choice(GAPS)}){rnd.choice(COMMENTS)}\n"
        )
    if faulty and rnd.random() < 0.3:
        out.insert(
            rnd.randrange(len(out) + 1), rnd.choice(["x /* y */\n", "go 1\n", '"open\n', "require (\n", "a\x01\n"])
        )
    return "".join(out)


def go_edit(tmp_path: Path, *args: str) -> tuple[int, str, str]:
    done = gocmd.run(gocmd.go_command(), args, tmp_path, gocmd.clean_env(tmp_path / "cache"), timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sound(text: str, parse: object) -> bool:
    try:
        parse("f", text.encode())  # type: ignore[operator]
    except ErrorList:
        return False
    return True


class Kind(NamedTuple):
    """A file with its command. statements: those that stand at the top; problem: what go puts above the errors."""

    name: str
    command: str
    statements: list[str]
    lines: dict[str, object]
    parse: Callable[[str, bytes], Any]
    edits: ModuleType
    to_json: Callable[[Any, int], bytes]
    problem: str


GO_MOD = Kind(
    "go.mod",
    "mod",
    ["module x.y/m // trailing\n", "go 1.21\n", "toolchain go1.22.0\n"],
    MOD_LINES,
    rule.parse,
    edit,
    mod_json,
    "errors parsing go.mod:\n",
)
GO_WORK = Kind(
    "go.work",
    "work",
    ["go 1.21\n", "toolchain go1.22.0\n"],
    WORK_LINES,
    work.parse_work,
    editwork,
    work_json,
    "errors parsing go.work:\nerrors parsing go.work:\n",
)


@pytest.mark.parametrize(
    ("kind", "seed"), [(GO_MOD, seed) for seed in range(28)] + [(GO_WORK, 1000 + seed) for seed in range(12)]
)
def test_a_generated_file(tmp_path: Path, kind: Kind, seed: int) -> None:
    rnd = random.Random(seed)
    # Random statements mostly hold some error; half of the files are drawn until they have none.
    text = generated(rnd, kind.lines, kind.statements, faulty=True)
    while seed % 2 and not sound(text, kind.parse):
        text = generated(rnd, kind.lines, kind.statements, faulty=False)
    (tmp_path / kind.name).write_text(text)
    flag = "-json" if seed % 4 < 2 else "-print"
    code, out, err = go_edit(tmp_path, kind.command, "edit", flag, kind.name)
    try:
        f = kind.parse(kind.name, text.encode())
    except ErrorList as e:
        assert (code, out, err) == (1, "", f"go: {kind.problem}{e}\n"), text
        return
    sort_blocks(f)
    kind.edits.cleanup(f)
    want = kind.to_json(f, gocmd.minor()) if flag == "-json" else f.format()
    assert (code, err, out) == (0, "", want.decode()), text
