"""Who carries out which kind of action; the module of each is loaded when the first action of its kind begins."""

from __future__ import annotations

from importlib import import_module

from gokiln.actions import action as kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.execute.builder import Builder, Handler

_HANDLERS = {
    kinds.CHECK_CACHE: ("gokiln.execute.compile", "check_cache"),
    kinds.BUILD: ("gokiln.execute.compile", "build"),
    kinds.PGO: ("gokiln.execute.profile", "preprocess"),
    kinds.COVER: ("gokiln.execute.coverage", "cover"),
    kinds.CGO_RUN: ("gokiln.execute.cgo", "run_cgo"),
    kinds.CGO_COMPILE: ("gokiln.execute.cgo", "compile_c"),
    kinds.CGO_COLLECT: ("gokiln.execute.cgo", "collect"),
    kinds.LINK: ("gokiln.execute.linking", "link"),
    kinds.INSTALL: ("gokiln.execute.targets", "install"),
    kinds.INSTALL_HEADER: ("gokiln.execute.targets", "install_header"),
    kinds.LINK_SHARED: ("gokiln.execute.linking", "link_shared"),
    kinds.INSTALL_SHLIBNAME: ("gokiln.execute.targets", "install_shlibname"),
    kinds.VET: ("gokiln.execute.vetting", "vet"),
}


def handler_of(builder: Builder, kind: str) -> Handler:
    """The function that carries out a kind of action, as the builder's command registered it or as this room has it."""
    found = builder.handlers.get(kind)
    if found is None:
        module, name = _HANDLERS[kind]
        found = builder.handlers[kind] = getattr(import_module(module), name)
    return found
