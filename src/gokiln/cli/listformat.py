"""Packages and modules as `list -f` templates see them: Go's types over our objects.

Source: cmd/go/internal/list/list.go, context.go; cmd/go/internal/load/pkg.go; cmd/go/internal/modinfo, go1.26.
"""

from __future__ import annotations

from gokiln.errors import PlainError
from gokiln.golang.template.engine import Template
from gokiln.golang.template.tokens import TemplateError
from gokiln.golang.template.values import (
    BOOL,
    INT,
    INT64,
    STRING,
    GoFunc,
    GoType,
    Value,
    function,
    map_of,
    pointer,
    slice_of,
    struct,
)
from gokiln.modules.version import ModulePublic
from gokiln.packages.listfields import MODULE_FIELDS, module_string
from gokiln.packages.package import PUBLIC_FIELDS, Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gokiln.cli.invocation import Output
    from gokiln.config.config import Config
    from gokiln.packages.importgraph import ImportGraph

_STRINGS = slice_of(STRING)
_MODULE_LISTS = ("Versions", "Retracted")
_MODULE_BOOLS = ("Main", "Indirect", "Reuse")


def _get(table: dict[str, str]) -> Callable[[Any, str], Any]:
    return lambda x, name: getattr(x, table[name])


def _module_types() -> tuple[GoType, GoType]:
    """(modinfo.ModulePublic, a pointer to it)."""
    error = pointer(struct("modinfo.ModuleError", {"Err": STRING}, lambda x, name: x))
    origin = {name: STRING for name in ("VCS", "URL", "Subdir", "Hash", "TagPrefix", "TagSum", "Ref", "RepoSum")}
    origin_type = pointer(struct("codehost.Origin", origin, lambda x, name: x.get(name, "")))
    module = struct("modinfo.ModulePublic", {}, _get({name: slot for slot, name in MODULE_FIELDS}))
    reference = pointer(module, module_string)
    reference.methods["String"] = _text_method(module_string)
    for _, name in MODULE_FIELDS:
        if name in ("Replace", "Update"):
            module.fields[name] = reference
        elif name == "Error":
            module.fields[name] = error
        elif name == "Origin":
            module.fields[name] = origin_type
        elif name == "Time":
            module.fields[name] = _time_type()
        elif name in _MODULE_LISTS:
            module.fields[name] = _STRINGS
        else:
            module.fields[name] = BOOL if name in _MODULE_BOOLS else STRING
    return module, reference


def _time_type() -> GoType:
    """*time.Time over RFC 3339 stamps, with the methods that formats have use for."""
    from gokiln.golang.timelayout import Stamp, format_time

    def number(part: Callable[[Any], int]) -> GoFunc:
        return GoFunc((), INT, lambda stamp: Value(INT, part(Stamp(stamp).at)))

    time = struct("time.Time", {}, lambda x, name: x)
    time.text = _time_text
    time.methods = {
        "Format": GoFunc((STRING,), STRING, lambda stamp, layout: Value(STRING, format_time(stamp, layout.raw))),
        "String": _text_method(_time_text),
        "Unix": GoFunc((), INT64, lambda stamp: Value(INT64, Stamp(stamp).unix())),
        "Year": number(lambda at: int(at.year)),
        "Month": GoFunc((), STRING, lambda stamp: Value(STRING, format_time(stamp, "January"))),
        "Day": number(lambda at: int(at.day)),
        "Hour": number(lambda at: int(at.hour)),
        "Minute": number(lambda at: int(at.minute)),
        "Second": number(lambda at: int(at.second)),
        "YearDay": number(lambda at: int(at.timetuple().tm_yday)),
        "IsZero": GoFunc((), BOOL, lambda stamp: Value(BOOL, stamp.startswith("0001-01-01T00:00:00"))),
    }
    time.methods["UTC"] = GoFunc((), time, lambda stamp: Value(time, stamp))
    reference = pointer(time, _time_text)
    reference.methods = time.methods
    return reference


def _time_text(stamp: str) -> str:
    """A time as Go's time.Time prints it."""
    from gokiln.golang.timelayout import format_time

    return format_time(stamp, "2006-01-02 15:04:05.999999999 -0700 MST")


def _text_method(text: Callable[[Any], str]) -> GoFunc:
    return GoFunc((), STRING, lambda receiver: Value(STRING, text(receiver)))


def _package_type(module: GoType) -> GoType:
    error_fields = {"ImportStack": _STRINGS, "Pos": STRING, "Err": pointer(STRING, str), "IsImportCycle": BOOL}
    error = pointer(struct("load.PackageError", error_fields, _error_field), str)
    error.methods["Error"] = _text_method(str)
    package = struct("load.PackagePublic", {}, _get({name: slot for slot, name, _ in PUBLIC_FIELDS}))
    kinds = {"s": STRING, "b": BOOL, "l": _STRINGS, "m": map_of(STRING, STRING)}
    for slot, name, kind in PUBLIC_FIELDS:
        if slot == "deps_errors":
            package.fields[name] = slice_of(error)
        elif kind == "o":
            package.fields[name] = module if slot == "module" else error
        else:
            package.fields[name] = kinds[kind]
    return package


def _error_field(err: Any, name: str) -> object:
    if name == "ImportStack":
        return err.import_stack.packages()
    return {"Pos": err.pos, "Err": str(err.err), "IsImportCycle": err.is_import_cycle}[name]


def _context(config: Config) -> Value:
    target = config.target
    facts: dict[str, object] = {
        "GOARCH": target.goarch,
        "GOOS": target.goos,
        "GOROOT": config.toolchain.goroot_said,
        "GOPATH": config.env.gopath()[0],
        "CgoEnabled": target.cgo_enabled,
        "UseAllFiles": False,
        "Compiler": target.compiler,
        "BuildTags": target.build_tags,
        "ToolTags": target.tool_tags,
        "ReleaseTags": target.release_tags,
        "InstallSuffix": target.install_suffix,
    }
    kinds = {str: STRING, bool: BOOL, list: _STRINGS}
    fields = {name: kinds[type(value)] for name, value in facts.items()}
    return Value(pointer(struct("list.Context", fields, lambda x, name: x[name])), facts)


class _Tracking:
    """A writer that knows whether a line is open (list.TrackingWriter)."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.last = "\n"

    def write(self, text: str) -> None:
        """Pass the text on."""
        if text:
            self.output.write(text)
            self.last = text[-1]


def template_shower(text: str, config: Config, graph: ImportGraph | None, output: Output) -> Callable[[object], None]:
    """What shows one Package or ModulePublic by a template, each on a line of its own.

    Raises PlainError with text/template's message when the template does not parse, or later fails.
    """
    module_pointer = _module_types()[1]
    package_pointer = pointer(_package_type(module_pointer))
    context = _context(config)

    def module_of(path: str) -> ModulePublic | None:
        return graph.modules.module_info(path) if graph is not None else None

    functions = {
        "join": function((_STRINGS, STRING), STRING, lambda parts, sep: sep.join(parts or ())),
        "context": GoFunc((), context.type, lambda: context),
        "module": function((STRING,), module_pointer, module_of),
    }
    try:
        template = Template("main", text, functions)
    except TemplateError as err:
        raise PlainError(str(err)) from None
    tracking = _Tracking(output)

    def show(x: object) -> None:
        value = Value(package_pointer if isinstance(x, Package) else module_pointer, x)
        try:
            template.execute(value, tracking.write)
        except TemplateError as err:
            raise PlainError(str(err)) from None
        if tracking.last != "\n":
            tracking.write("\n")

    return show
