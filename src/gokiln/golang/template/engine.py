"""Runs a Go template over a value: what `list -f` prints.

Here are the statements: text, conditions, loops, templates within templates. What stands in them is worked out by
evaluate.py. Go's panics that break out of loops are exceptions here too.

Source: text/template/exec.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.golang.template.evaluate import Evaluator
from gokiln.golang.template.funcs import BUILTINS
from gokiln.golang.template.gofmt import show
from gokiln.golang.template.nodes import (
    ActionNode,
    BranchNode,
    ListNode,
    MarkNode,
    Node,
    PipeNode,
    TemplateNode,
    TextNode,
    Tree,
)
from gokiln.golang.template.parser import parse
from gokiln.golang.template.tokens import TemplateError
from gokiln.golang.template.values import (
    INT,
    CallError,
    GoFunc,
    Value,
    from_python,
    indirect,
    indirect_interface,
    is_true,
    printable,
    sorted_items,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MAX_DEPTH = 200  # of {{template}} within {{template}}; Go allows 100000, which Python's stack does not


class _Break(Exception):
    """{{break}}; never leaves this module."""


class _Continue(Exception):
    """{{continue}}; never leaves this module."""


class Template:
    """A parsed template; execute() may be called any number of times.

    name and text as template.New(name).Parse(text); functions: those beside the built-in ones. Raises
    TemplateError with text/template's message.
    """

    def __init__(self, name: str, text: str, functions: Mapping[str, GoFunc] | None = None) -> None:
        self.name = name
        self.functions = dict(functions or {})
        self.trees = parse(name, text, {**BUILTINS, **self.functions})

    def execute(self, data: object, write: Callable[[str], object]) -> None:
        """Run over data (a Value, or a plain Python object), handing the output piece by piece to write.

        Raises TemplateError; what was written before it stays written.
        """
        tree = self.trees.get(self.name)
        value = from_python(data)
        run = _Run(self, tree or Tree(self.name, self.name, ""), value, write)
        if tree is None or tree.root is None:
            raise TemplateError(f"template: {self.name}: {go_quote(self.name)} is an incomplete or empty template")
        run.walk(value, tree.root)


class _Run(Evaluator):
    """One execution of one template. depth: how many templates deep."""

    def __init__(
        self, template: Template, tree: Tree, dot: Value | None, write: Callable[[str], object], depth: int = 0
    ) -> None:
        super().__init__(tree, dot, template.functions)
        self.template = template
        self.write = write
        self.depth = depth

    def walk(self, dot: Value | None, node: Node) -> None:
        self.node = node
        if isinstance(node, TextNode):
            self.write(node.text)
        elif isinstance(node, ListNode):
            for each in node.nodes:
                self.walk(dot, each)
        elif isinstance(node, ActionNode):
            value = self.pipeline(dot, node.pipe)
            if not node.pipe.decl:
                self.print_value(node, value)
        elif isinstance(node, MarkNode):
            raise _Break if node.word == "break" else _Continue
        elif isinstance(node, TemplateNode):
            self.walk_template(dot, node)
        elif isinstance(node, BranchNode):
            mark = len(self.vars)
            try:
                if node.word == "range":
                    self.walk_range(dot, node)
                else:
                    self.walk_if_or_with(dot, node)
            except _Break:
                if node.word != "range":
                    raise
            finally:
                del self.vars[mark:]

    def print_value(self, node: Node, value: Value | None) -> None:
        self.node = node
        try:
            best = printable(value)
        except CallError:
            raise self.error(f"can't print {node} of type {value.type if value else None}") from None
        self.write("<no value>" if value is None else show(best))

    def walk_if_or_with(self, dot: Value | None, node: BranchNode) -> None:
        value = self.pipeline(dot, node.pipe)
        if is_true(indirect_interface(value)):
            self.walk(value if node.word == "with" else dot, node.list)
        elif node.else_list is not None:
            self.walk(dot, node.else_list)

    def walk_template(self, dot: Value | None, node: TemplateNode) -> None:
        tree = self.template.trees.get(node.name)
        if tree is None or tree.root is None:
            raise self.error(f"template {go_quote(node.name)} not defined")
        if self.depth >= _MAX_DEPTH:
            raise self.error(f"exceeded maximum template depth ({_MAX_DEPTH})")
        dot = self.pipeline(dot, node.pipe) if node.pipe is not None else None
        inner = _Run(self.template, tree, dot, self.write, self.depth + 1)
        inner.walk(dot, tree.root)

    def walk_range(self, dot: Value | None, node: BranchNode) -> None:
        value, _ = indirect(self.pipeline(dot, node.pipe))
        items = self.range_items(node, value)
        mark = len(self.vars)
        for key, elem in items:
            self.bind(node.pipe, key, elem)
            try:
                self.walk(elem, node.list)
            except _Continue:
                continue
            finally:
                del self.vars[mark:]
        if not items and node.else_list is not None:
            self.walk(dot, node.else_list)

    def range_items(self, node: BranchNode, value: Value | None) -> Sequence[tuple[Value | None, Value | None]]:
        if value is None:
            return []
        if value.kind in ("int", "uint"):
            if len(node.pipe.decl) > 1:
                raise self.error(f"can't use {show(value)} to iterate over more than one variable")
            return [(None, Value(value.type, i)) for i in range(value.raw)]
        if value.kind == "slice":
            assert value.type.elem is not None
            return [(Value(INT, i), Value(value.type.elem, raw)) for i, raw in enumerate(value.raw or ())]
        if value.kind == "map":
            return sorted_items(value)
        raise self.error(f"range can't iterate over {show(value)}")

    def bind(self, pipe: PipeNode, key: Value | None, elem: Value | None) -> None:
        """Give the variables of {{range $i, $x := ...}} their values."""
        decl = pipe.decl
        if decl and pipe.is_assign:
            self.set_var(decl[0].ident[0], key if len(decl) > 1 else elem)
            if len(decl) > 1:
                self.set_var(decl[1].ident[0], elem)
        elif decl:
            self.vars[-1] = self.vars[-1][0], elem
            if len(decl) > 1:
                self.vars[-2] = self.vars[-2][0], key
