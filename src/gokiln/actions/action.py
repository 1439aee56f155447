"""One step of the plan: what is to be done, for which package, after what.

An Action says what; how far it has come (its build ID, the file that holds its result, whether it failed) is kept
by execute. Only graph.py changes actions, while it plans; from freeze() on they are only read. Actions are compared
and hashed by identity: two steps with the same words are two steps.

Source: type Action in cmd/go/internal/work/action.go, go1.26.
"""

from __future__ import annotations

from gokiln.base import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.packages.package import Package

# Who carries an action out: keys of the handler table in execute. NOTHING: a joint in the graph.
NOTHING = ""
CHECK_CACHE = "check cache"
COVER = "cover"
CGO_RUN = "cgo run"
CGO_COMPILE = "cgo compile"
CGO_COLLECT = "cgo collect"
BUILD = "build"
PGO = "preprocess PGO profile"
LINK = "link"
INSTALL = "install"
INSTALL_HEADER = "install header"
LINK_SHARED = "link shared library"
INSTALL_SHLIBNAME = "install shlibname"
VET = "vet"


class Action:
    """One step of the plan.

    mode: cmd/go's word for it ("build", "link", "build-install" ...), seen in -debug-actiongraph. handler: one of the
    constants above. package: what it works on, or None. deps: what must be done before; triggers: what waits for it.
    objdir: directory for intermediate files, ends in a separator. target: the file to be made. subject: the file an
    action is about (C file of a cgo compile, profile of a PGO step). about: the build action that a check, cover or
    cgo step prepares. lang: which compiler a cgo compile needs ("c", "asm", "c++", "fortran").
    ignore_fail: run even if a dependency failed. need_build: the archive itself is wanted; need_vet: vet's input is;
    need_fix: vet's fixes are. vetx_only: only vet's facts are wanted, for what imports the package.
    buggy_install: nobody asked for this installation (-linkshared makes libraries anew).
    cache_executable: the linked program is to be kept in the cache. args: what a program is to be run with.
    """

    __slots__ = (
        "about",
        "args",
        "buggy_install",
        "cache_executable",
        "deps",
        "handler",
        "ignore_fail",
        "lang",
        "mode",
        "need_build",
        "need_fix",
        "need_vet",
        "objdir",
        "package",
        "priority",
        "subject",
        "target",
        "triggers",
        "vetx_only",
    )

    def __init__(
        self,
        mode: str,
        package: Package | None = None,
        handler: str = NOTHING,
        *,
        deps: Sequence[Action] = (),
        objdir: str = "",
        target: str = "",
        subject: str = "",
    ) -> None:
        self.mode = mode
        self.package = package
        self.handler = handler
        self.deps: list[Action] = list(deps)
        self.triggers: list[Action] = []
        self.objdir = objdir
        self.target = target
        self.subject = subject
        self.about: Action | None = None
        self.lang = ""
        self.args: list[str] = []
        self.ignore_fail = False
        self.need_build = False
        self.need_vet = False
        self.need_fix = False
        self.vetx_only = False
        self.cache_executable = False
        self.buggy_install = False
        self.priority = 0

    def __repr__(self) -> str:
        return f"<Action {self.describe()}>"

    def describe(self) -> str:
        """Mode and package, for people."""
        return f"{self.mode} {self.package.desc()}" if self.package is not None else self.mode

    def become(self, other: Action) -> None:
        """Take over everything that other says, so that whoever points here now means other (install does this)."""
        for name in Action.__slots__:
            setattr(self, name, getattr(other, name))

    def copy(self) -> Action:
        """A second action that says the same."""
        twin = Action(self.mode)
        twin.become(self)
        return twin


def post_order(root: Action) -> list[Action]:
    """All actions below and with root, each after its dependencies, depth first in the order of deps."""
    return postorder.post_order([root], lambda action: action.deps)


def freeze(root: Action) -> list[Action]:
    """End of planning: give every action its priority (place in post_order) and its triggers; returns them in order.

    The priority makes a parallel build do first what a simple depth-first walk would do first.
    """
    actions = post_order(root)
    for number, action in enumerate(actions):
        action.priority = number
        action.triggers = []
    for action in actions:
        for dep in action.deps:
            dep.triggers.append(action)
    return actions
