"""The tests, benchmarks, fuzz targets and examples that a test source declares.

Only top-level functions count, so bodies are stepped over by their brackets; no tree is built. Syntax errors are for
others to find.

Source: cmd/go/internal/load/test.go (testFuncs.load, isTest, checkTestFunc), go/doc/example.go (Examples), go1.26.
"""

from __future__ import annotations

import re

from gokiln.golang.doctext import group_text
from gokiln.golang.position import Position, position_string
from gokiln.golang.scanner import strip_cr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

_TOKEN = re.compile(
    rb"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)*'"
    rb"|[A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*|[0-9]+|[^ \t\r]",
    re.DOTALL,
)
_SKIP = rb"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|"
_BRACKETS = {
    b"{": re.compile(_SKIP + rb"[{}]", re.DOTALL),
    b"(": re.compile(_SKIP + rb"[()]", re.DOTALL),
    b"[": re.compile(_SKIP + rb"[\[\]]", re.DOTALL),
}
_CLOSE = {b"{": b"}", b"(": b")", b"[": b"]"}
_OUTPUT = re.compile(r"(?i)[\t\n\v\f\r ]*(unordered )?output:")
_GOES_ON = frozenset(  # words after which a newline ends nothing
    [b"chan", b"const", b"func", b"import", b"interface", b"map", b"package", b"struct", b"type", b"var"]
)
_CONTINUES = frozenset(b"+-*/%&|^<>=!(:,.~[{")  # after these a newline ends no statement


class Example:
    """An example. name: without the word Example. output: what it must print. has_output: whether it says so."""

    __slots__ = ("has_output", "name", "output", "unordered")

    def __init__(self, name: str, output: str, unordered: bool, has_output: bool) -> None:
        self.name = name
        self.output = output
        self.unordered = unordered
        self.has_output = has_output


class TestSource:
    """What one file declares. main: it has TestMain. error: the first wrong signature, "" for none."""

    __test__ = False
    __slots__ = ("benchmarks", "error", "examples", "fuzz_targets", "main", "tests")

    def __init__(self) -> None:
        self.tests: list[str] = []
        self.benchmarks: list[str] = []
        self.fuzz_targets: list[str] = []
        self.examples: list[Example] = []
        self.main = False
        self.error = ""

    @property
    def runs(self) -> bool:
        """Whether the test program refers to anything in the file."""
        runnable = any(e.output or e.has_output for e in self.examples)
        return bool(self.tests or self.benchmarks or self.fuzz_targets or self.main or runnable)


def is_test(name: str, prefix: str) -> bool:
    """Whether a name is prefix followed by nothing that begins with a lower-case letter."""
    if not name.startswith(prefix):
        return False
    rest = name[len(prefix) : len(prefix) + 1]
    return not (rest and rest.islower())


class _Func:
    """A function declaration. Spans of the source; empty where the part is missing."""

    __slots__ = ("body", "has_results", "name", "params", "pos", "type_params")

    def __init__(self, pos: int) -> None:
        self.pos = pos
        self.name = ""
        self.type_params: Span = (0, 0)
        self.params: Span = (0, 0)
        self.has_results = False
        self.body: Span = (0, 0)


def read_tests(filename: str, src: bytes) -> TestSource:
    """What the file declares. filename: as it shall stand in messages."""
    found = TestSource()
    for func in _functions(src):
        if not func.name.startswith(("Test", "Benchmark", "Fuzz", "Example")):
            continue
        _add(found, func, filename, src)
        if found.error:
            break
    return found


def _add(found: TestSource, func: _Func, filename: str, src: bytes) -> None:
    name = func.name
    if name == "TestMain":
        if _takes(src, func, b"T"):
            found.tests.append(name)
        elif _checked(found, func, "M", filename, src):
            if found.main:
                found.error = "multiple definitions of TestMain"
            found.main = True
        return
    for prefix, arg, names in (
        ("Test", "T", found.tests),
        ("Benchmark", "B", found.benchmarks),
        ("Fuzz", "F", found.fuzz_targets),
    ):
        if is_test(name, prefix):
            if _checked(found, func, arg, filename, src):
                names.append(name)
            return
    if is_test(name, "Example") and func.body[1] and not func.has_results and not _words(src, func.params):
        found.examples.append(_example(name[len("Example") :], src, func.body))


def _checked(found: TestSource, func: _Func, arg: str, filename: str, src: bytes) -> bool:
    """Whether the function takes *testing.<arg> and is not generic; if not, the reason becomes the file's error."""
    why = ""
    if not _takes(src, func, arg.encode()):
        why = f"must be: func {func.name}({arg.lower()} *testing.{arg})"
    if _words(src, func.type_params):
        why = "test functions cannot have type parameters"
    if why and not found.error:
        where = position_string(_position(filename, src, func.pos))
        found.error = f"{where}: wrong signature for {func.name}, {why}"
    return not why


def _position(filename: str, src: bytes, offset: int) -> Position:
    if b"//line " in src or b"/*line " in src:
        from gokiln.golang.characters import SourceFile
        from gokiln.golang.scanner import Scanner

        file = SourceFile(filename, src)
        scanner = Scanner(file, lambda pos, message: None)
        while True:
            at, token, _ = scanner.scan()
            if token == "EOF" or at >= offset:
                return file.position(offset)
    return Position(filename, src.count(b"\n", 0, offset) + 1, offset - src.rfind(b"\n", 0, offset))


def _words(src: bytes, span: Span) -> list[bytes]:
    """The tokens inside a bracketed span, without comments."""
    inside = src[span[0] + 1 : span[1] - 1] if span[1] else b""
    return [m.group() for m in _TOKEN.finditer(inside) if m.group() != b"\n" and m.group()[:2] not in (b"//", b"/*")]


def _takes(src: bytes, func: _Func, arg: bytes) -> bool:
    """Whether the only parameter is *arg or *something.arg, and there are no results."""
    if func.has_results or not func.params[1]:
        return False
    words = _words(src, func.params)
    if words and words[-1] == b",":
        words.pop()
    if words and words[0] != b"*":
        words = words[1:]
    if not words or words[0] != b"*":
        return False
    kind = words[1:]
    return kind == [arg] or (len(kind) == 3 and kind[1] == b"." and kind[2] == arg and kind[0][:1] not in b"(*[")


# --- finding functions ---


def _functions(src: bytes) -> Iterator[_Func]:
    """Every function declaration without a receiver."""
    at, size = 3 if src.startswith(b"\xef\xbb\xbf") else 0, len(src)
    ended = True  # whether a declaration may begin here
    may_end = False  # whether a newline here would end a statement
    match = _TOKEN.match
    while at < size:
        m = match(src, at)
        if m is None:
            at += 1
            continue
        text = m.group()
        start, at = at, m.end()
        first = text[0]
        if first == 0x0A:
            ended = ended or may_end
            may_end = False
            continue
        if text[:2] == b"//":
            continue
        if text[:2] == b"/*":
            if b"\n" in text:
                ended = ended or may_end
            continue
        if text == b";":
            ended, may_end = True, False
            continue
        if text == b"func" and ended:
            func = _Func(start)
            at, method = _read_func(src, func, at)
            if not method and func.name:
                yield func
            ended, may_end = False, True
            continue
        ended = False
        if text in _BRACKETS:
            at = _skip_group(src, start, text)
            may_end = True
        else:
            may_end = first not in _CONTINUES and text not in _GOES_ON


def _next(src: bytes, at: int) -> tuple[int, int, bytes]:
    """The next token that is neither blank, newline nor comment: (start, end, text); text b"" at the end."""
    while at < len(src):
        m = _TOKEN.match(src, at)
        if m is None:
            at += 1
            continue
        text = m.group()
        if text != b"\n" and text[:2] not in (b"//", b"/*"):
            return at, m.end(), text
        at = m.end()
    return at, at, b""


def _read_func(src: bytes, func: _Func, at: int) -> tuple[int, bool]:
    """Read a declaration after the word func; (where it ends, whether it is a method)."""
    method = False
    start, end, text = _next(src, at)
    if text == b"(":
        method = True
        start, end, text = _next(src, _skip_group(src, start, text))
    if not text or not (text[0] >= 0x80 or text[:1].isalpha() or text == b"_" or text[:1] == b"_"):
        return start, method
    func.name = text.decode("utf-8", "surrogateescape")
    start, end, text = _next(src, end)
    if text == b"[":
        close = _skip_group(src, start, text)
        func.type_params = (start, close)
        start, end, text = _next(src, close)
    if text != b"(":
        return start, method
    close = _skip_group(src, start, text)
    func.params = (start, close)
    return _read_results(src, func, close), method


def _read_results(src: bytes, func: _Func, at: int) -> int:
    """Read what follows the parameters: results, perhaps a body; returns where the declaration ends."""
    previous = b")"
    while at < len(src):
        m = _TOKEN.match(src, at)
        if m is None:
            at += 1
            continue
        text = m.group()
        if text[:2] in (b"//", b"/*"):
            at = m.end()
            continue
        if text == b";" or (text == b"\n" and previous[0] not in _CONTINUES):
            return at
        if text == b"\n":
            at = m.end()
            continue
        if text == b"{":
            close = _skip_group(src, at, text)
            if previous in (b"struct", b"interface"):
                at, previous = close, b"}"
                continue
            func.body = (at, close)
            return close
        if text in _BRACKETS:
            close = _skip_group(src, at, text)
            func.has_results = func.has_results or bool(_words(src, (at, close))) or text == b"["
            at, previous = close, b"]" if text == b"[" else b")"
            continue
        func.has_results = True
        at, previous = m.end(), text
    return at


def _skip_group(src: bytes, at: int, opening: bytes) -> int:
    """Where the bracket at src[at] is closed, plus one; the end of the source if it never is."""
    depth = 0
    closing = _CLOSE[opening]
    for m in _BRACKETS[opening].finditer(src, at):
        text = m.group()
        if text == opening:
            depth += 1
        elif text == closing:
            depth -= 1
            if depth == 0:
                return m.end()
    return len(src)


# --- examples ---


def _example(name: str, src: bytes, body: Span) -> Example:
    comments = _last_comment_group(src, body)
    text = group_text([strip_cr(c, c[1] == 0x2A) if b"\r" in c else c for c in comments])
    m = _OUTPUT.match(text)
    if m is None:
        return Example(name, "", False, False)
    output = text[m.end() :].lstrip(" ")
    if output.startswith("\n"):
        output = output[1:]
    return Example(name, output, m.group(1) is not None, True)


def _last_comment_group(src: bytes, body: Span) -> list[bytes]:
    """The last group of comments in a body, as go/parser groups them."""
    group: list[bytes] = []
    gap = 1
    end = body[0] + 1
    for m in _BRACKETS[b"{"].finditer(src, body[0] + 1, body[1] - 1):
        text = m.group()
        if text[:2] not in (b"//", b"/*"):
            continue
        between = src[end : m.start()]
        joined = bool(group) and not between.strip() and between.count(b"\n") <= gap
        if not joined:
            line = src[src.rfind(b"\n", 0, m.start()) + 1 : m.start()]
            # After a token on the same line, only comments on that line belong together.
            gap = 0 if (line if between.strip() else between[:0]).strip() else 1
            group = []
        group.append(text)
        end = m.end()
    return group
