"""Build constraints: `//go:build` expressions and the older `// +build` lines.

parse() gives an expression; its eval(ok) asks ok(tag) for every tag in it, also where the answer is already
known, so that the caller sees them all.

Source: go/build/constraint/expr.go, go1.26.
"""

from __future__ import annotations

from gokiln.golang.space import fields, trim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_SIZE = 1000  # terms of one expression
_MAX_OLD_SIZE = 100  # operators of one +build line


class ConstraintError(ValueError):
    """A constraint that does not parse. offset: where in the expression, in bytes."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class Expr:
    """A constraint. str() gives it in //go:build syntax."""

    __slots__ = ()

    def eval(self, ok: Callable[[str], bool]) -> bool:
        """Whether it holds, where ok answers for one tag."""
        raise TypeError("Expr is abstract")


class TagExpr(Expr):
    """One tag."""

    __slots__ = ("tag",)

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def eval(self, ok: Callable[[str], bool]) -> bool:
        return ok(self.tag)

    def __str__(self) -> str:
        return self.tag


class NotExpr(Expr):
    """!x"""

    __slots__ = ("x",)

    def __init__(self, x: Expr) -> None:
        self.x = x

    def eval(self, ok: Callable[[str], bool]) -> bool:
        return not self.x.eval(ok)

    def __str__(self) -> str:
        return f"!({self.x})" if isinstance(self.x, (AndExpr, OrExpr)) else f"!{self.x}"


class _Binary(Expr):
    """Two expressions joined; the parser makes long chains lean to the left."""

    __slots__ = ("x", "y")

    def __init__(self, x: Expr, y: Expr) -> None:
        self.x = x
        self.y = y

    def chain(self) -> tuple[Expr, list[Expr]]:
        """The leftmost operand and those to its right, in order: no recursion into a long chain."""
        rest: list[Expr] = []
        x: Expr = self
        while isinstance(x, type(self)):
            rest.append(x.y)
            x = x.x
        rest.reverse()
        return x, rest


class AndExpr(_Binary):
    """x && y"""

    __slots__ = ()

    def eval(self, ok: Callable[[str], bool]) -> bool:
        first, rest = self.chain()
        result = first.eval(ok)
        for y in rest:
            result = y.eval(ok) and result
        return result

    def __str__(self) -> str:
        return " && ".join(f"({e})" if isinstance(e, OrExpr) else str(e) for e in (self.x, self.y))


class OrExpr(_Binary):
    """x || y"""

    __slots__ = ()

    def eval(self, ok: Callable[[str], bool]) -> bool:
        first, rest = self.chain()
        result = first.eval(ok)
        for y in rest:
            result = y.eval(ok) or result
        return result

    def __str__(self) -> str:
        return " || ".join(f"({e})" if isinstance(e, AndExpr) else str(e) for e in (self.x, self.y))


def parse(line: str) -> Expr:
    """The expression of one constraint line of either kind; raises ConstraintError with go's words."""
    text = _split_line(line, "//go:build")
    if text is not None:
        try:
            return _ExprParser(text).parse()
        except RecursionError:  # some 200 parentheses deep; Go stops at 1000
            raise ConstraintError("build expression too large") from None
    text = split_plus_build(line)
    if text is not None:
        return parse_plus_build(text)
    raise ConstraintError("not a build constraint")


def is_plus_build(line: str) -> bool:
    """Whether the line is a `// +build` constraint, by its start only."""
    return split_plus_build(line) is not None


def split_plus_build(line: str) -> str | None:
    """What stands after `// +build`, or None when the line is something else."""
    if line.endswith("\n"):
        line = line[:-1]
    if "\n" in line or not line.startswith("//"):
        return None
    return _split_line(trim(line[2:]), "+build")


def _split_line(line: str, word: str) -> str | None:
    """The text after word in a line that begins with it, or None; word must end there or at white space."""
    if line.endswith("\n"):
        line = line[:-1]
    if "\n" in line or not line.startswith(word):
        return None
    rest = trim(line)[len(word) :]
    text = trim(rest)
    if rest and len(text) == len(rest):
        return None
    return text


def is_tag_char(char: str) -> bool:
    """Letters, digits, underscore and dot make a tag."""
    return char in "_." or char.isalpha() or char.isdecimal()


class _ExprParser:
    """Recursive descent over a //go:build expression: or > and > not > atom."""

    __slots__ = ("at", "is_tag", "pos", "size", "text", "token")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.token = ""
        self.is_tag = False
        self.pos = 0
        self.size = 0

    def parse(self) -> Expr:
        x = self.parse_or()
        if self.token:
            raise self.error(f"unexpected token {self.token}")
        return x

    def error(self, message: str, at: int | None = None) -> ConstraintError:
        return ConstraintError(message, len(self.text[: self.pos if at is None else at].encode("utf-8", "replace")))

    def parse_or(self) -> Expr:
        x = self.parse_and()
        while self.token == "||":
            x = OrExpr(x, self.parse_and())
        return x

    def parse_and(self) -> Expr:
        x = self.parse_not()
        while self.token == "&&":
            x = AndExpr(x, self.parse_not())
        return x

    def parse_not(self) -> Expr:
        self.size += 1
        if self.size > _MAX_SIZE:
            raise self.error("build expression too large")
        self.lex()
        if self.token == "!":
            self.lex()
            if self.token == "!":
                raise self.error("double negation not allowed")
            return NotExpr(self.parse_atom())
        return self.parse_atom()

    def parse_atom(self) -> Expr:
        if self.token == "(":
            start = self.pos
            try:
                x = self.parse_or()
                if self.token != ")":
                    raise self.error("missing close paren", start)
                self.lex()
            except ConstraintError as err:
                if str(err) == "unexpected end of expression":
                    raise ConstraintError("missing close paren", err.offset) from None
                raise
            return x
        if not self.is_tag:
            if not self.token:
                raise self.error("unexpected end of expression")
            raise self.error(f"unexpected token {self.token}")
        tag = self.token
        self.lex()
        return TagExpr(tag)

    def lex(self) -> None:
        text, at = self.text, self.at
        self.is_tag = False
        while at < len(text) and text[at] in " \t":
            at += 1
        self.pos = at
        end = at
        if at < len(text):
            char = text[at]
            if char in "()!":
                end = at + 1
            elif char in "&|":
                if text[at + 1 : at + 2] != char:
                    raise self.error(f"invalid syntax at {char}", at)
                end = at + 2
            else:
                while end < len(text) and is_tag_char(text[end]):
                    end += 1
                if end == at:
                    shown = "\ufffd" if 0xDC80 <= ord(char) <= 0xDCFF else char
                    raise self.error(f"invalid syntax at {shown}", at)
                self.is_tag = True
        self.token = text[at:end]
        self.at = end


def parse_plus_build(text: str) -> Expr:
    """What stands after `// +build`: spaces are "or", commas "and"; a word that is no tag counts as `ignore`."""
    size = 0
    x: Expr | None = None
    for clause in fields(text):
        y: Expr | None = None
        for word in clause.split(","):
            z = _plus_build_term(word)
            if y is None:
                y = z
            else:
                size += 1
                y = AndExpr(y, z)
        assert y is not None
        if x is None:
            x = y
        else:
            size += 1
            x = OrExpr(x, y)
        if size > _MAX_OLD_SIZE:
            raise ConstraintError("expression too complex for // +build lines")
    return x if x is not None else TagExpr("ignore")


def _plus_build_term(word: str) -> Expr:
    if word.startswith("!!") or word == "!":
        return TagExpr("ignore")
    tag = word[1:] if word.startswith("!") else word
    term = TagExpr(tag if is_valid_tag(tag) else "ignore")
    return NotExpr(term) if tag != word else term


def is_valid_tag(word: str) -> bool:
    """Whether word can be a build tag (unlike an identifier it may be all digits)."""
    return bool(word) and all(map(is_tag_char, word))


def match_auto(text: str, match_tag: Callable[[str], bool]) -> bool:
    """Whether a condition of either syntax holds (the words of a #cgo line); what does not parse does not."""
    line = ("//go:build " if any(c in text for c in "&|()") else "// +build ") + text
    try:
        return parse(line).eval(match_tag)
    except ConstraintError:
        return False


def eval_any(x: Expr, ok: Callable[[str, bool], bool], prefer: bool = True) -> bool:
    """eval for cmd/go's "any tags" scan (imports.Eval): ok(tag, prefer) is told which answer would help,
    so that it can call most tags both true and false; stops at the first answer that decides."""
    if isinstance(x, TagExpr):
        return ok(x.tag, prefer)
    if isinstance(x, NotExpr):
        return not eval_any(x.x, ok, not prefer)
    if isinstance(x, AndExpr):
        return eval_any(x.x, ok, prefer) and eval_any(x.y, ok, prefer)
    assert isinstance(x, OrExpr)
    return eval_any(x.x, ok, prefer) or eval_any(x.y, ok, prefer)
