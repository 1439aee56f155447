"""Go's regular expressions as Python's: the patterns that flags and variables take (`generate -run`, CGO_CFLAGS_ALLOW).

A pattern is parsed by Go's rules, with Go's messages, and spelled anew for Python's matcher, every piece under the
flags that hold where it stands: both prefer the leftmost match and the first alternative. Classes are ranges here, so
that \\d, \\w and \\b stay ASCII while case folds as Unicode does. Scripts (\\p{Greek}) have no table in Python and are
refused as unknown classes are.

Source: regexp/syntax/parse.go, go1.26.
"""

from __future__ import annotations

import re

from gokiln.golang.charclass import ALNUM, PatternReader, RegexpError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.golang.charclass import Ranges

    Weight = tuple[int, list["Weight"]]  # repeat count, 0 for none, and those of what is repeated

_MAX_REPEAT = 1000
_MAX_DEPTH = 1000


def compile_go(pattern: str) -> re.Pattern[str]:
    """The Python pattern that matches what Go's does. Raises RegexpError."""
    spelled = translate(pattern)
    try:
        return re.compile(spelled)
    except (re.error, OverflowError, RecursionError) as err:
        raise RegexpError("expression nests too deeply", pattern) from err


def translate(pattern: str) -> str:
    """The pattern in Python's spelling. Raises RegexpError for what Go refuses, or Python has no data for."""
    return _Parser(pattern).parse()


class _Flags:
    """What (?imsU) sets."""

    __slots__ = ("i", "m", "s", "ungreedy")

    def __init__(self, i: bool = False, m: bool = False, s: bool = False, ungreedy: bool = False) -> None:
        self.i, self.m, self.s, self.ungreedy = i, m, s, ungreedy


class _Group:
    """An open group: how it begins, the flags to go back to, alternatives so far and the pieces of the last one."""

    def __init__(self, begin: str, flags: _Flags) -> None:
        self.begin = begin
        self.flags = flags
        self.done: list[str] = []
        self.pieces: list[tuple[str, Weight]] = []
        self.weights: list[Weight] = []

    def close_alternative(self) -> None:
        self.done.append("".join(text for text, _ in self.pieces))
        self.weights += [weight for _, weight in self.pieces]
        self.pieces = []

    def text(self) -> str:
        self.close_alternative()
        return self.begin + "|".join(self.done) + ")"


class _Parser(PatternReader):
    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.flags = _Flags()
        self.groups = [_Group("(?:", self.flags)]

    def add(self, text: str, weight: Weight = (0, [])) -> None:
        self.groups[-1].pieces.append((text, weight))

    def literal(self, code: int) -> None:
        self.add(f"(?i:{_char(code)})" if self.flags.i else _char(code))

    def parse(self) -> str:
        last_repeat = -1  # where the repetition that was just read began
        while self.at < len(self.whole):
            begin, c = self.at, self.whole[self.at]
            repeated = False
            if c in "*+?":
                self.at += 1
                self.repeat({"*": (0, -1), "+": (1, -1), "?": (0, 1)}[c], begin, last_repeat)
                repeated = True
            elif c == "{":
                repeated = self.braces(last_repeat)
            else:
                self.piece(c)
            last_repeat = begin if repeated else -1
        if len(self.groups) > 1:
            raise RegexpError("missing closing )", self.whole)
        return self.groups[0].text()

    def piece(self, c: str) -> None:
        """Anything but a repetition."""
        if c == "(":
            self.open()
        elif c == ")":
            self.close()
        elif c == "[":
            self.bracket()
        elif c == "\\":
            self.backslash()
        else:
            self.rune()
            if c == "|":
                self.groups[-1].close_alternative()
            elif c == "^":
                self.add("(?m:^)" if self.flags.m else r"\A")
            elif c == "$":
                self.add("(?m:$)" if self.flags.m else r"\Z")
            elif c == ".":
                self.add("(?s:.)" if self.flags.s else r"[^\n]")
            else:
                self.literal(ord(c))

    # Groups

    def open(self) -> None:
        if len(self.groups) > _MAX_DEPTH:
            raise RegexpError("expression nests too deeply", self.whole)
        if not self.rest().startswith("(?"):
            self.at += 1
            self.groups.append(_Group("(", self.flags))
            return
        begin, rest = self.at, self.rest()
        named = 4 if len(rest) > 4 and rest.startswith("(?P<") else 3 if len(rest) > 3 and rest[2] == "<" else 0
        if not named:
            self.perl_flags()
            return
        end = rest.find(">")
        if end < 0:
            self.check_utf8(rest)
            raise RegexpError("invalid named capture", rest)
        self.check_utf8(rest[:end])
        self.at += end + 1
        name = rest[named:end]
        if not name or any(c not in ALNUM and c != "_" for c in name):
            raise self.fail("invalid named capture", begin)
        self.groups.append(_Group("(", self.flags))  # nobody asks for it by name

    def perl_flags(self) -> None:
        """(?flags) or (?flags:...)."""
        begin = self.at
        self.at += 2
        now = self.flags
        values = {"i": now.i, "m": now.m, "s": now.s, "U": now.ungreedy}
        on, saw = True, False
        while self.at < len(self.whole):
            c = self.rune()
            if c in values:
                values[c] = on
                saw = True
            elif c == "-" and on:
                on, saw = False, False
            elif c in ":)" and (on or saw):
                if c == ":":
                    self.groups.append(_Group("(?:", self.flags))
                self.flags = _Flags(*values.values())
                return
            else:
                break
        raise self.fail("invalid or unsupported Perl syntax", begin)

    def close(self) -> None:
        self.at += 1
        if len(self.groups) == 1:
            raise RegexpError("unexpected )", self.whole)
        group = self.groups.pop()
        text = group.text()
        self.flags = group.flags
        self.add(text, (0, group.weights))

    # Repetitions

    def braces(self, last_repeat: int) -> bool:
        """{n}, {n,} or {n,m}; False when it is none, and the brace stands for itself."""
        begin = self.at
        match = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}").match(self.whole, begin)
        if match is None:
            self.at += 1
            self.literal(ord("{"))
            return False
        self.at = match.end()
        least = int(match[1][:9])
        most = -1 if match[2] and not match[3] else int((match[3] or match[1])[:9])
        if max(least, most) > _MAX_REPEAT or 0 <= most < least:
            raise self.fail("invalid repeat count", begin)
        self.repeat((least, most), begin, last_repeat)
        return True

    def repeat(self, times: tuple[int, int], begin: int, last_repeat: int) -> None:
        lazy = self.rest().startswith("?")
        self.at += lazy
        if last_repeat >= 0:
            raise self.fail("invalid nested repetition operator", last_repeat)
        pieces = self.groups[-1].pieces
        if not pieces:
            raise self.fail("missing argument to repetition operator", begin)
        text, weight = pieces[-1]
        least, most = times
        if self.whole[begin] == "{":
            weight = (least if most < 0 else most, [weight])
            if max(times) >= 2 and not _fits(weight, _MAX_REPEAT):
                raise self.fail("invalid repeat count", begin)
        operator = {(0, -1): "*", (1, -1): "+", (0, 1): "?"}.get(times) or f"{{{least},{most if most >= 0 else ''}}}"
        pieces[-1] = (f"(?:{text}){operator}{'?' if lazy != self.flags.ungreedy else ''}", weight)

    # Escapes and classes

    def backslash(self) -> None:
        begin, two = self.at, self.whole[self.at : self.at + 2]
        known = {r"\A": r"\A", r"\z": r"\Z", r"\b": r"(?a:\b)", r"\B": r"(?a:\B)"}.get(two)
        if known:
            self.at += 2
            self.add(known)
        elif two == r"\C":
            raise self.fail("invalid escape sequence", begin, begin + 2)
        elif two == r"\Q":
            self.at += 2
            end = self.whole.find(r"\E", self.at)
            stop = len(self.whole) if end < 0 else end
            while self.at < stop:
                self.literal(ord(self.rune()))
            self.at = stop if end < 0 else stop + 2
        else:
            ranges = self.class_escape()
            if ranges is None:
                self.literal(self.escape())
            else:
                self.add(self.spell(ranges))

    def bracket(self) -> None:
        """A class in brackets."""
        begin = self.at
        self.at += 1
        negative = self.rest().startswith("^")
        self.at += negative
        ranges: Ranges = []
        first = True
        while first or self.rest()[:1] != "]":
            first = False
            found = self.named_class()
            if found is None:
                found = self.class_escape()
            ranges += [self.class_range(begin)] if found is None else found
        self.at += 1
        self.add(self.spell(ranges, negative))

    def class_range(self, bracket: int) -> tuple[int, int]:
        begin = self.at
        low = high = self.class_char(bracket)
        rest = self.rest()
        if len(rest) >= 2 and rest[0] == "-" and rest[1] != "]":
            self.at += 1
            high = self.class_char(bracket)
            if high < low:
                raise self.fail("invalid character class range", begin)
        return low, high

    def class_char(self, bracket: int) -> int:
        if self.at == len(self.whole):
            raise self.fail("missing closing ]", bracket, len(self.whole))
        return self.escape() if self.whole[self.at] == "\\" else ord(self.rune())

    def spell(self, ranges: Ranges, negative: bool = False) -> str:
        """A class in Python's spelling."""
        if not ranges:
            return "(?s:.)" if negative else "(?!)"
        inside = "".join(_char(a) if a == b else f"{_char(a)}-{_char(b)}" for a, b in ranges)
        spelled = f"[{'^' if negative else ''}{inside}]"
        return f"(?i:{spelled})" if self.flags.i else spelled


def _char(code: int) -> str:
    """A character that means itself, in and out of a class."""
    return chr(code) if chr(code) in ALNUM else f"\\U{code:08x}"


def _fits(weight: Weight, room: int) -> bool:
    """Whether nested repetitions make no more than room copies (repeatIsValid)."""
    times, inner = weight
    if times > room:
        return False
    if times:
        room //= times
    return all(_fits(each, room) for each in inner)
