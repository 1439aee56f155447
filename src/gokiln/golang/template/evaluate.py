"""The values of a Go template's expressions: pipelines, commands, fields and calls, with the variables they name.

Source: text/template/exec.go (evalPipeline and below), go1.26. Go's reflection is gokiln.golang.template.values.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.golang.template.funcs import BUILTINS
from gokiln.golang.template.gofmt import show
from gokiln.golang.template.nodes import (
    BoolNode,
    ChainNode,
    DotNode,
    FieldNode,
    IdentifierNode,
    NilNode,
    Node,
    NumberNode,
    PipeNode,
    StringNode,
    Tree,
    VariableNode,
)
from gokiln.golang.template.tokens import TemplateError
from gokiln.golang.template.values import (
    ANY_VALUE,
    BOOL,
    COMPLEX128,
    FLOAT64,
    INT,
    STRING,
    CallError,
    GoFunc,
    GoType,
    Value,
    indirect,
    indirect_interface,
    is_true,
    zero,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NULLABLE = frozenset(("func", "interface", "map", "pointer", "slice"))


class _Missing:
    """Stands for "nothing came down the pipeline"; a missing value is None."""


_MISSING = _Missing()


class Evaluator:
    """Works out expressions of one template. node: the one at hand, which errors name. Methods raise TemplateError.

    functions: those beside the built-in ones. dot: what `$` is.
    """

    def __init__(self, tree: Tree, dot: Value | None, functions: Mapping[str, GoFunc]) -> None:
        self.tree = tree
        self.functions = functions
        self.vars: list[tuple[str, Value | None]] = [("$", dot)]
        self.node: Node | None = tree.root

    def error(self, message: str) -> TemplateError:
        if self.node is None:
            return TemplateError(f"template: {self.tree.name}: {message}")
        location, context = self.tree.error_context(self.node)
        name = go_quote(self.tree.name)
        return TemplateError(f"template: {location}: executing {name} at <{context}>: {message}")

    def set_var(self, name: str, value: Value | None) -> None:
        for i in range(len(self.vars) - 1, -1, -1):
            if self.vars[i][0] == name:
                self.vars[i] = name, value
                return
        raise self.error(f"undefined variable: {name}")

    def get_var(self, name: str) -> Value | None:
        for known, value in reversed(self.vars):
            if known == name:
                return value
        raise self.error(f"undefined variable: {name}")

    def pipeline(self, dot: Value | None, pipe: PipeNode) -> Value | None:
        self.node = pipe
        final: Value | _Missing | None = _MISSING
        for command in pipe.commands:
            value = self.command(dot, command.args, command, final)
            final = indirect_interface(value)
        result = None if isinstance(final, _Missing) else final
        for variable in pipe.decl:
            if pipe.is_assign:
                self.set_var(variable.ident[0], result)
            else:
                self.vars.append((variable.ident[0], result))
        return result

    def not_a_function(self, args: Sequence[Node], final: Value | _Missing | None) -> None:
        if len(args) > 1 or final is not _MISSING:
            raise self.error(f"can't give argument to non-function {args[0]}")

    def command(
        self, dot: Value | None, args: list[Node], command: Node, final: Value | _Missing | None
    ) -> Value | None:
        first = args[0]
        if isinstance(first, FieldNode):
            self.node = first
            return self.field_chain(dot, dot, first, first.ident, args, final)
        if isinstance(first, ChainNode):
            return self.chain(dot, first, args, final)
        if isinstance(first, IdentifierNode):
            self.node = first
            return self.function(dot, first, command, args, final)
        if isinstance(first, PipeNode):
            self.not_a_function(args, final)
            return self.pipeline(dot, first)
        if isinstance(first, VariableNode):
            return self.variable(dot, first, args, final)
        self.node = first
        self.not_a_function(args, final)
        if isinstance(first, NilNode):
            raise self.error("nil is not a command")
        return self.literal(dot, first)

    def literal(self, dot: Value | None, node: Node) -> Value | None:
        """The value of a word that says itself what type it has."""
        if isinstance(node, DotNode):
            return dot
        if isinstance(node, BoolNode):
            return Value(BOOL, node.true)
        if isinstance(node, StringNode):
            return Value(STRING, node.text)
        if isinstance(node, NumberNode):
            return self.ideal_constant(node)
        raise self.error(f"can't evaluate command {go_quote(str(node))}")

    def ideal_constant(self, node: NumberNode) -> Value | None:
        self.node = node
        text = node.text
        if node.as_complex is not None:
            return Value(COMPLEX128, node.as_complex)
        is_hex = len(text) > 2 and text[:2] in ("0x", "0X") and not any(c in text for c in "pP")
        if node.as_float is not None and not is_hex and text[0] != "'" and any(c in text for c in ".eEpP"):
            return Value(FLOAT64, node.as_float)
        if node.as_int is not None:
            return Value(INT, node.as_int)
        raise self.error(f"{text} overflows int")

    def variable(
        self, dot: Value | None, node: VariableNode, args: Sequence[Node], final: Value | _Missing | None
    ) -> Value | None:
        self.node = node
        value = self.get_var(node.ident[0])
        if len(node.ident) == 1:
            self.not_a_function(args, final)
            return value
        return self.field_chain(dot, value, node, node.ident[1:], args, final)

    def chain(
        self, dot: Value | None, node: ChainNode, args: Sequence[Node], final: Value | _Missing | None
    ) -> Value | None:
        self.node = node
        if isinstance(node.node, NilNode):
            raise self.error(f"indirection through explicit nil in {node}")
        value = self.argument(dot, None, node.node)
        return self.field_chain(dot, value, node, node.fields, args, final)

    def field_chain(
        self,
        dot: Value | None,
        receiver: Value | None,
        node: Node,
        names: Sequence[str],
        args: Sequence[Node],
        final: Value | _Missing | None,
    ) -> Value | None:
        for name in names[:-1]:
            receiver = self.field(dot, name, node, (), _MISSING, receiver)
        return self.field(dot, names[-1], node, args, final, receiver)

    def field(
        self,
        dot: Value | None,
        name: str,
        node: Node,
        args: Sequence[Node],
        final: Value | _Missing | None,
        receiver: Value | None,
    ) -> Value | None:
        """receiver.name, as a method, a struct's field or a map's element."""
        if receiver is None:
            return None
        go_type = receiver.type
        target, is_nil = indirect(receiver)
        assert target is not None
        if target.kind == "interface":
            raise self.error(f"nil pointer evaluating {go_type}.{name}")
        method = _method(receiver, target, name)
        if method is not None:
            return self.call(dot, method, False, node, name, args, final)
        has_args = len(args) > 1 or final is not _MISSING
        if target.kind == "struct" and name in target.type.fields:
            if has_args:
                raise self.error(f"{name} has arguments but cannot be invoked as function")
            return Value(target.type.fields[name], target.type.get(target.raw, name))
        if target.kind == "map" and target.type.key is not None and target.type.key.kind in ("string", "interface"):
            if has_args:
                raise self.error(f"{name} is not a method but has arguments")
            assert target.type.elem is not None
            known = target.raw is not None and name in target.raw
            return Value(target.type.elem, target.raw[name]) if known else None
        if target.kind == "pointer" and is_nil:
            elem = target.type.elem
            if elem is None or elem.kind != "struct" or name in elem.fields:
                raise self.error(f"nil pointer evaluating {go_type}.{name}")
        raise self.error(f"can't evaluate field {name} in type {go_type}")

    def function(
        self,
        dot: Value | None,
        node: IdentifierNode,
        command: Node,
        args: Sequence[Node],
        final: Value | _Missing | None,
    ) -> Value | None:
        self.node = node
        own = self.functions.get(node.ident)
        function = own or BUILTINS[node.ident]
        return self.call(dot, function, own is None, command, node.ident, args, final)

    def call(
        self,
        dot: Value | None,
        function: GoFunc,
        builtin: bool,
        node: Node,
        name: str,
        args: Sequence[Node],
        final: Value | _Missing | None,
    ) -> Value | None:
        words = args[1:]
        count = len(words) + (final is not _MISSING)
        params = function.params
        fixed = len(params) - 1 if function.variadic else len(params)
        if function.variadic and count < fixed:
            raise self.error(f"wrong number of args for {name}: want at least {fixed} got {len(words)}")
        if not function.variadic and count != len(params):
            raise self.error(f"wrong number of args for {name}: want {len(params)} got {count}")
        if builtin and name in ("and", "or"):
            return self.short_circuit(dot, name, words, final)
        values = [self.argument(dot, params[min(i, len(params) - 1)], word) for i, word in enumerate(words)]
        if not isinstance(final, _Missing):
            values.append(self.validate(final, params[min(len(words), len(params) - 1)]))
        if builtin and name == "call":
            return self.call_value(node, words, values)
        return self.invoke(function, node, name, values)

    def invoke(self, function: GoFunc, node: Node, name: str, values: Sequence[Value | None]) -> Value | None:
        try:
            return function.call(*values)
        except CallError as err:
            self.node = node
            raise self.error(f"error calling {name}: {err}") from None

    def short_circuit(
        self, dot: Value | None, name: str, words: Sequence[Node], final: Value | _Missing | None
    ) -> Value | None:
        value: Value | None = None
        for word in words:
            value = self.argument(dot, ANY_VALUE, word)
            if is_true(indirect_interface(value)) == (name == "or"):
                return value
        return value if isinstance(final, _Missing) else final

    def call_value(self, node: Node, words: Sequence[Node], values: list[Value | None]) -> Value | None:
        """The `call` function: values[0] is what to call."""
        callee, rest = indirect_interface(values[0]), values[1:]
        name = str(words[0]) if words else show(values[0])
        problem = ""
        if callee is None:
            problem = "call of nil"
        elif callee.kind != "func":
            problem = f"non-function {name} of type {callee.type}"
        if problem or callee is None:
            self.node = node
            raise self.error(f"error calling call: {problem}")
        function: GoFunc = callee.raw
        want = len(function.params) - function.variadic
        if len(rest) < want or (not function.variadic and len(rest) != want):
            self.node = node
            least = " at least" if function.variadic else ""
            raise self.error(f"error calling call: wrong number of args for {name}: got {len(rest)} want{least} {want}")
        return self.invoke(function, node, "call", rest)

    def validate(self, value: Value | None, want: GoType | None) -> Value | None:
        """value as an argument of type want (None: any), or an error."""
        if want is None or want is ANY_VALUE:
            return value
        if value is None:
            if want.kind in _NULLABLE:
                return None if want.kind == "interface" else zero(want)
            raise self.error(f"invalid value; expected {want}")
        if want.kind == "interface" or value.type == want:
            return value
        if value.kind == "interface" and value.raw is not None:
            value = indirect_interface(value)
            assert value is not None
            if value.type == want:
                return value
        if value.kind == "pointer" and value.type.elem == want:
            if value.raw is None:
                raise self.error(f"dereference of nil pointer of type {want}")
            return value.elem()
        raise self.error(f"wrong type for value; expected {want}; got {value.type}")

    def argument(self, dot: Value | None, want: GoType | None, node: Node) -> Value | None:
        """The value of one argument, checked against the parameter's type (None: any)."""
        self.node = node
        if isinstance(node, NilNode):
            if want is None or want is ANY_VALUE or want.kind in _NULLABLE:
                return None if want is None or want is ANY_VALUE or want.kind == "interface" else zero(want)
            raise self.error(f"cannot assign nil to {want}")
        if isinstance(node, FieldNode):
            return self.validate(self.field_chain(dot, dot, node, node.ident, [node], _MISSING), want)
        if isinstance(node, VariableNode):
            return self.validate(self.variable(dot, node, (), _MISSING), want)
        if isinstance(node, PipeNode):
            return self.validate(self.pipeline(dot, node), want)
        if isinstance(node, IdentifierNode):
            return self.validate(self.function(dot, node, node, (), _MISSING), want)
        if isinstance(node, ChainNode):
            return self.validate(self.chain(dot, node, (), _MISSING), want)
        if isinstance(node, DotNode):
            return self.validate(dot, want)
        if want is None or want is ANY_VALUE or want.kind == "interface":
            return self.literal(dot, node)
        return self.constant(want, node)

    def constant(self, want: GoType, node: Node) -> Value:
        """A literal as a value of a basic type."""
        raw: object = None
        expected = want.kind
        if want.kind == "bool":
            raw = node.true if isinstance(node, BoolNode) else None
        elif want.kind == "string":
            raw = node.text if isinstance(node, StringNode) else None
        elif want.kind in ("int", "uint", "float64", "complex128"):
            names = {"int": "integer", "uint": "unsigned integer", "float64": "float", "complex128": "complex"}
            expected = names[want.kind]
            if isinstance(node, NumberNode):
                choices = {"int": node.as_int, "uint": node.as_uint, "float64": node.as_float}
                raw = choices.get(want.kind, node.as_complex)
        else:
            raise self.error(f"can't handle {node} for arg of type {want}")
        if raw is None:
            raise self.error(f"expected {expected}; found {node}")
        return Value(want, raw)


def _method(receiver: Value, target: Value, name: str) -> GoFunc | None:
    """A method of the value or of a pointer to it, with the receiver already given."""
    for value in (receiver, target):
        found = value.type.methods.get(name)
        if found is not None:
            return found.bind(value.raw)
    return None
