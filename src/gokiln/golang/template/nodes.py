"""The tree of a parsed template. str() of a node is how messages show it.

Source: text/template/parse/node.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote


class Tree:
    """One template: its name, the name and text of the file it stands in, its root."""

    __slots__ = ("name", "parse_name", "root", "text")

    def __init__(self, name: str, parse_name: str, text: str) -> None:
        self.name = name
        self.parse_name = parse_name
        self.text = text
        self.root: ListNode | None = None

    def error_context(self, node: Node) -> tuple[str, str]:
        """`file:line:column` of a node (the column in bytes, from 0), and the node's text."""
        before = node.tree.text[: node.pos]
        line_start = before.rfind("\n") + 1
        column = len(before[line_start:].encode("utf-8", "surrogateescape"))
        return f"{node.tree.parse_name}:{before.count(chr(10)) + 1}:{column}", str(node)


class Node:
    """A piece of a template. pos: offset in characters; tree: the template text it stands in."""

    __slots__ = ("pos", "tree")

    def __init__(self, tree: Tree, pos: int) -> None:
        self.tree = tree
        self.pos = pos


class ListNode(Node):
    """A sequence."""

    __slots__ = ("nodes",)

    def __init__(self, tree: Tree, pos: int) -> None:
        super().__init__(tree, pos)
        self.nodes: list[Node] = []

    def __str__(self) -> str:
        return "".join(map(str, self.nodes))


class TextNode(Node):
    """Plain text."""

    __slots__ = ("text",)

    def __init__(self, tree: Tree, pos: int, text: str) -> None:
        super().__init__(tree, pos)
        self.text = text

    def __str__(self) -> str:
        return self.text


class PipeNode(Node):
    """Commands whose results are handed on, and the variables that get the last one."""

    __slots__ = ("commands", "decl", "is_assign")

    def __init__(self, tree: Tree, pos: int) -> None:
        super().__init__(tree, pos)
        self.is_assign = False
        self.decl: list[VariableNode] = []
        self.commands: list[CommandNode] = []

    def __str__(self) -> str:
        head = ""
        if self.decl:
            head = ", ".join(map(str, self.decl)) + (" = " if self.is_assign else " := ")
        return head + " | ".join(map(str, self.commands))


class ActionNode(Node):
    """{{pipeline}}"""

    __slots__ = ("pipe",)

    def __init__(self, tree: Tree, pos: int, pipe: PipeNode) -> None:
        super().__init__(tree, pos)
        self.pipe = pipe

    def __str__(self) -> str:
        return "{{" + str(self.pipe) + "}}"


class CommandNode(Node):
    """A function, method or operand, and its arguments."""

    __slots__ = ("args",)

    def __init__(self, tree: Tree, pos: int) -> None:
        super().__init__(tree, pos)
        self.args: list[Node] = []

    def __str__(self) -> str:
        return " ".join(f"({arg})" if isinstance(arg, PipeNode) else str(arg) for arg in self.args)


class IdentifierNode(Node):
    """A function's name."""

    __slots__ = ("ident",)

    def __init__(self, tree: Tree, pos: int, ident: str) -> None:
        super().__init__(tree, pos)
        self.ident = ident

    def __str__(self) -> str:
        return self.ident


class VariableNode(Node):
    """$x.A.B: ident is ["$x", "A", "B"]."""

    __slots__ = ("ident",)

    def __init__(self, tree: Tree, pos: int, text: str) -> None:
        super().__init__(tree, pos)
        self.ident = text.split(".")

    def __str__(self) -> str:
        return ".".join(self.ident)


class DotNode(Node):
    """The cursor."""

    __slots__ = ()

    def __str__(self) -> str:
        return "."


class NilNode(Node):
    """nil"""

    __slots__ = ()

    def __str__(self) -> str:
        return "nil"


class FieldNode(Node):
    """.A.B: ident is ["A", "B"]."""

    __slots__ = ("ident",)

    def __init__(self, tree: Tree, pos: int, text: str) -> None:
        super().__init__(tree, pos)
        self.ident = text[1:].split(".")

    def __str__(self) -> str:
        return "".join("." + ident for ident in self.ident)


class ChainNode(Node):
    """(pipeline).A.B"""

    __slots__ = ("fields", "node")

    def __init__(self, tree: Tree, pos: int, node: Node) -> None:
        super().__init__(tree, pos)
        self.node = node
        self.fields: list[str] = []

    def __str__(self) -> str:
        head = f"({self.node})" if isinstance(self.node, PipeNode) else str(self.node)
        return head + "".join("." + name for name in self.fields)


class BoolNode(Node):
    """true or false"""

    __slots__ = ("true",)

    def __init__(self, tree: Tree, pos: int, true: bool) -> None:
        super().__init__(tree, pos)
        self.true = true

    def __str__(self) -> str:
        return "true" if self.true else "false"


class NumberNode(Node):
    """A number, as each kind of number it can be (None where it cannot)."""

    __slots__ = ("as_complex", "as_float", "as_int", "as_uint", "text")

    def __init__(self, tree: Tree, pos: int, text: str) -> None:
        super().__init__(tree, pos)
        self.text = text
        self.as_int: int | None = None
        self.as_uint: int | None = None
        self.as_float: float | None = None
        self.as_complex: complex | None = None

    def __str__(self) -> str:
        return self.text


class StringNode(Node):
    """A string literal: quoted as written, and its text."""

    __slots__ = ("quoted", "text")

    def __init__(self, tree: Tree, pos: int, quoted: str, text: str) -> None:
        super().__init__(tree, pos)
        self.quoted = quoted
        self.text = text

    def __str__(self) -> str:
        return self.quoted


class MarkNode(Node):
    """{{end}}, {{else}}, {{break}} or {{continue}}: word says which."""

    __slots__ = ("word",)

    def __init__(self, tree: Tree, pos: int, word: str) -> None:
        super().__init__(tree, pos)
        self.word = word

    def __str__(self) -> str:
        return "{{" + self.word + "}}"


class BranchNode(Node):
    """{{if}}, {{range}} or {{with}}: word says which."""

    __slots__ = ("else_list", "list", "pipe", "word")

    def __init__(self, tree: Tree, pipe: PipeNode, word: str, body: ListNode, else_list: ListNode | None) -> None:
        super().__init__(tree, pipe.pos)
        self.word = word
        self.pipe = pipe
        self.list = body
        self.else_list = else_list

    def __str__(self) -> str:
        middle = "" if self.else_list is None else "{{else}}" + str(self.else_list)
        return "{{" + f"{self.word} {self.pipe}" + "}}" + str(self.list) + middle + "{{end}}"


class TemplateNode(Node):
    """{{template "name" pipeline}}"""

    __slots__ = ("name", "pipe")

    def __init__(self, tree: Tree, pos: int, name: str, pipe: PipeNode | None) -> None:
        super().__init__(tree, pos)
        self.name = name
        self.pipe = pipe

    def __str__(self) -> str:
        return "{{template " + go_quote(self.name) + (f" {self.pipe}" if self.pipe else "") + "}}"
