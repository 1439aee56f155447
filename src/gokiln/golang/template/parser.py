"""Parses a Go template into a tree for each template it defines.

Source: text/template/parse/parse.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.golang.space import trim
from gokiln.golang.template.lexer import Item, Lexer
from gokiln.golang.template.nodes import (
    ActionNode,
    BoolNode,
    BranchNode,
    ChainNode,
    CommandNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    ListNode,
    MarkNode,
    NilNode,
    Node,
    PipeNode,
    StringNode,
    TemplateNode,
    TextNode,
    Tree,
    VariableNode,
)
from gokiln.golang.template.number import parse_number
from gokiln.golang.template.tokens import Tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

_OPERANDS = frozenset(
    (
        *("bool", "charConstant", "complex", "dot", "field", "identifier", "number", "nil", "rawString", "string"),
        *("variable", "leftParen"),
    )
)
_MAX_DEPTH = 300  # of parentheses; Go allows 10000, which Python's stack does not


def parse(name: str, text: str, functions: Container[str]) -> dict[str, Tree]:
    """The trees of the template called name and of those it defines. functions: the names that may be called.

    Raises TemplateError.
    """
    trees: dict[str, Tree] = {}
    parser = _Parser(name, text, functions, trees)
    try:
        parser.parse()
    except RecursionError:  # some 200 levels deep; Go stops at 1000
        raise parser.error("max expression depth exceeded") from None
    return trees


def is_empty(node: Node | None) -> bool:
    """Whether a tree holds nothing but space."""
    if node is None:
        return True
    if isinstance(node, ListNode):
        return all(map(is_empty, node.nodes))
    return isinstance(node, TextNode) and trim(node.text) == ""


class _Parser(Tokens):
    def __init__(self, name: str, text: str, functions: Container[str], trees: dict[str, Tree]) -> None:
        super().__init__(name, Lexer(text, "break" not in functions, "continue" not in functions))
        self.tree = Tree(name, name, text)
        self.functions = functions
        self.trees = trees
        self.vars = ["$"]
        self.range_depth = 0
        self.depth = 0

    def parse(self) -> None:
        root = self.tree.root = ListNode(self.tree, self.peek().pos)
        while self.peek().kind != "EOF":
            if self.peek().kind == "leftDelim":
                delim = self.next()
                if self.next_non_space().kind == "define":
                    self.parse_definition()
                    continue
                self.token[1] = delim
                self.peek_count = 2
            node = self.text_or_action()
            if _ends_list(node):
                raise self.error(f"unexpected {node}")
            root.nodes.append(node)
        self.add(self.tree)

    def nested(self, name: str, context: str) -> None:
        """Parse a list up to {{end}} as a template of its own."""
        outer, outer_vars, outer_action = self.tree, self.vars, self.action_line
        outer_depth, self.range_depth = self.range_depth, 0
        self.tree = Tree(name, outer.parse_name, outer.text)
        self.vars, self.action_line = ["$"], 0
        self.tree.root, end = self.item_list()
        if end.word != "end":
            raise self.error(f"unexpected {end} in {context}")
        self.add(self.tree)
        self.tree, self.vars, self.action_line = outer, outer_vars, outer_action
        self.range_depth = outer_depth

    def parse_definition(self) -> None:
        context = "define clause"
        name = self.unquote(self.expect(context, "string", "rawString").text)
        self.expect(context, "rightDelim")
        self.nested(name, context)

    def add(self, tree: Tree) -> None:
        old = self.trees.get(tree.name)
        if old is None or is_empty(old.root):
            self.trees[tree.name] = tree
        elif not is_empty(tree.root):
            raise self.error(f"template: multiple definition of template {go_quote(tree.name)}")

    def item_list(self) -> tuple[ListNode, MarkNode]:
        out = ListNode(self.tree, self.peek_non_space().pos)
        while self.peek_non_space().kind != "EOF":
            node = self.text_or_action()
            if isinstance(node, MarkNode) and _ends_list(node):
                return out, node
            out.nodes.append(node)
        raise self.error("unexpected EOF")

    def text_or_action(self) -> Node:
        token = self.next_non_space()
        if token.kind == "text":
            return TextNode(self.tree, token.pos, token.text)
        if token.kind == "leftDelim":
            self.action_line = token.line
            try:
                return self.action()
            finally:
                self.action_line = 0
        raise self.unexpected(token, "input")

    def action(self) -> Node:
        token = self.next_non_space()
        kind = token.kind
        if kind in ("if", "range", "with"):
            return self.branch(kind)
        if kind in ("break", "continue"):
            return self.loop_mark(token)
        if kind == "else":
            return self.else_mark()
        if kind == "end":
            return MarkNode(self.tree, self.expect("end", "rightDelim").pos, "end")
        if kind == "block":
            return self.block()
        if kind == "template":
            return self.template()
        self.backup()
        pos = self.peek().pos
        return ActionNode(self.tree, pos, self.pipeline("command", "rightDelim"))

    def loop_mark(self, token: Item) -> Node:
        word = "{{" + token.kind + "}}"
        after = self.next_non_space()
        if after.kind != "rightDelim":
            raise self.unexpected(after, word)
        if self.range_depth == 0:
            raise self.error(f"{word} outside {{{{range}}}}")
        return MarkNode(self.tree, token.pos, token.kind)

    def else_mark(self) -> Node:
        token = self.peek_non_space()
        if token.kind not in ("if", "with"):
            token = self.expect("else", "rightDelim")
        return MarkNode(self.tree, token.pos, "else")

    def pipeline(self, context: str, end: str) -> PipeNode:
        pipe = PipeNode(self.tree, self.peek_non_space().pos)
        while self.declaration(pipe, context):
            pass
        while True:
            token = self.next_non_space()
            if token.kind == end:
                self.check_pipeline(pipe, context)
                return pipe
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, context)
            self.backup()
            pipe.commands.append(self.command())

    def declaration(self, pipe: PipeNode, context: str) -> bool:
        """Read `$x :=`, `$x =` or `$x,` at the start of a pipeline; whether another variable follows."""
        variable = self.peek_non_space()
        if variable.kind != "variable":
            return False
        self.next()
        after = self.peek()
        following = self.peek_non_space()
        if following.kind in ("assign", "declare"):
            pipe.is_assign = following.kind == "assign"
            self.next_non_space()
            pipe.decl.append(VariableNode(self.tree, variable.pos, variable.text))
            self.vars.append(variable.text)
        elif following.kind == "char" and following.text == ",":
            self.next_non_space()
            pipe.decl.append(VariableNode(self.tree, variable.pos, variable.text))
            self.vars.append(variable.text)
            if context == "range" and len(pipe.decl) < 2:
                if self.peek_non_space().kind in ("variable", "rightDelim", "rightParen"):
                    return True
                raise self.error("range can only initialize variables")
            raise self.error(f"too many declarations in {context}")
        elif after.kind == "space":
            self.token[1], self.token[2] = after, variable
            self.peek_count = 3
        else:
            self.token[1] = variable
            self.peek_count = 2
        return False

    def check_pipeline(self, pipe: PipeNode, context: str) -> None:
        if not pipe.commands:
            raise self.error(f"missing value for {context}")
        for i, command in enumerate(pipe.commands[1:]):
            first = command.args[0]
            if type(first).__name__ in ("BoolNode", "DotNode", "NilNode", "NumberNode", "StringNode"):
                raise self.error(f"non executable command in pipeline stage {i + 2}")

    def branch(self, word: str) -> Node:
        known = len(self.vars)
        pipe = self.pipeline(word, "rightDelim")
        self.range_depth += word == "range"
        body, end = self.item_list()
        self.range_depth -= word == "range"
        else_list: ListNode | None = None
        if end.word == "else":
            if word in ("if", "with") and self.peek().kind == word:
                self.next()
                else_list = ListNode(self.tree, end.pos)
                else_list.nodes.append(self.branch(word))
            else:
                else_list, end = self.item_list()
                if end.word != "end":
                    raise self.error(f"expected end; found {end}")
        del self.vars[known:]
        return BranchNode(self.tree, pipe, word, body, else_list)

    def block(self) -> Node:
        context = "block clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = self.pipeline(context, "rightDelim")
        self.nested(name, context)
        return TemplateNode(self.tree, token.pos, name, pipe)

    def template(self) -> Node:
        context = "template clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = None
        if self.next_non_space().kind != "rightDelim":
            self.backup()
            pipe = self.pipeline(context, "rightDelim")
        return TemplateNode(self.tree, token.pos, name, pipe)

    def template_name(self, token: Item, context: str) -> str:
        if token.kind not in ("string", "rawString"):
            raise self.unexpected(token, context)
        return self.unquote(token.text)

    def command(self) -> CommandNode:
        command = CommandNode(self.tree, self.peek_non_space().pos)
        while True:
            self.peek_non_space()
            operand = self.operand()
            if operand is not None:
                command.args.append(operand)
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in ("rightDelim", "rightParen"):
                self.backup()
            elif token.kind != "pipe":
                raise self.unexpected(token, "operand")
            break
        if not command.args:
            raise self.error("empty command")
        return command

    def operand(self) -> Node | None:
        node = self.term()
        if node is None or self.peek().kind != "field":
            return node
        chain = ChainNode(self.tree, self.peek().pos, node)
        while self.peek().kind == "field":
            chain.fields.append(self.next().text[1:])
        if isinstance(node, FieldNode):
            return FieldNode(self.tree, chain.pos, str(chain))
        if isinstance(node, VariableNode):
            return VariableNode(self.tree, chain.pos, str(chain))
        if not isinstance(node, (IdentifierNode, PipeNode)):
            raise self.error(f"unexpected . after term {go_quote(str(node))}")
        return chain

    def term(self) -> Node | None:
        token = self.next_non_space()
        kind, tree = token.kind, self.tree
        if kind == "identifier":
            if token.text not in self.functions:
                raise self.error(f"function {go_quote(token.text)} not defined")
            return IdentifierNode(tree, token.pos, token.text)
        if kind == "dot":
            return DotNode(tree, token.pos)
        if kind == "nil":
            return NilNode(tree, token.pos)
        if kind == "variable":
            variable = VariableNode(tree, token.pos, token.text)
            if variable.ident[0] not in self.vars:
                raise self.error(f"undefined variable {go_quote(variable.ident[0])}")
            return variable
        if kind == "field":
            return FieldNode(tree, token.pos, token.text)
        if kind == "bool":
            return BoolNode(tree, token.pos, token.text == "true")
        if kind in ("charConstant", "complex", "number"):
            try:
                return parse_number(tree, token.pos, token.text, kind)
            except ValueError as err:
                raise self.error(str(err)) from None
        if kind == "leftParen":
            if self.depth >= _MAX_DEPTH:
                raise self.error("max expression depth exceeded")
            self.depth += 1
            pipe = self.pipeline("parenthesized pipeline", "rightParen")
            self.depth -= 1
            return pipe
        if kind in ("string", "rawString"):
            return StringNode(tree, token.pos, token.text, self.unquote(token.text))
        self.backup()
        return None


def _ends_list(node: Node) -> bool:
    return isinstance(node, MarkNode) and node.word in ("end", "else")
