"""Changing the build list: some versions must be selected, others may go up or down to make that possible.

Roots that stand in the way are lowered one version at a time; every round looks at the whole graph again.

Source: cmd/go/internal/modload/edit.go, buildlist.go (EditBuildList), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.modules.mvs import mvs
from gokiln.modules.resolve.conflict import Conflict, ConstraintError
from gokiln.modules.resolve.dqtracker import DqTracker, Reason
from gokiln.modules.resolve.errors import FATAL
from gokiln.modules.resolve.graphread import graph_and_error, module_graph, open_mod_graph
from gokiln.modules.resolve.modfiles import load_mod_file
from gokiln.modules.resolve.modindex import PRUNED, UNPRUNED, WORKSPACE, pruning_for_go_version
from gokiln.modules.resolve.mvsreqs import MvsReqs
from gokiln.modules.resolve.requirements import ModuleGraph, Requirements
from gokiln.modules.resolve.roots import convert_pruning
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


def edit_build_list(ls: State, add: list[ModVersion], must_select: list[ModVersion]) -> bool:
    """Add modules, then adjust versions until all of must_select are selected; whether any version changed.

    Raises ConstraintError when must_select cannot be met, leaving the requirements as they were.
    """
    rs, changed = edit_requirements(ls, load_mod_file(ls), add, must_select)
    ls.requirements = rs
    return changed


def edit_requirements(
    ls: State, rs: Requirements, try_upgrade: list[ModVersion], must_select: list[ModVersion]
) -> tuple[Requirements, bool]:
    """(requirements with must_select selected and try_upgrade reached where possible, whether they changed)."""
    if rs.pruning == WORKSPACE:
        raise AssertionError("the requirements of a workspace cannot be edited")
    edit = _Edit(ls, rs, _root_pruning(rs, must_select))
    edit.upgrade(try_upgrade)
    edit.constrain(must_select)
    while not edit.conflicts and edit.round():
        pass
    if edit.conflicts:
        raise ConstraintError(edit.conflicts)
    return edit.result(must_select)


def _root_pruning(rs: Requirements, must_select: list[ModVersion]) -> str:
    """Asking for another Go version may switch pruning on or off."""
    for m in must_select:
        if m.path == "go":
            return pruning_for_go_version(m.version)
        if m.path == "toolchain" and pruning_for_go_version(gover.from_toolchain(m.version)) == UNPRUNED:
            # The go version must come down below this toolchain's.
            return UNPRUNED
    return rs.pruning


class _Edit:
    """The versions chosen so far (`selected_root`, path to version), and what was found out about them."""

    def __init__(self, ls: State, orig: Requirements, root_pruning: str) -> None:
        self.ls = ls
        self.orig = orig
        self.pruning = root_pruning
        self.rs = convert_pruning(ls, orig, root_pruning)
        if root_pruning == PRUNED:
            self.selected_root = dict(self.rs.max_root_version)
        else:
            # Without pruning every module of the build list counts as a root.
            mains = len(ls.mains().versions)
            self.selected_root = dict(module_graph(ls, self.rs).build_list()[mains:])
        self.must_select: dict[str, str] = {}
        self.conflicts: list[Conflict] = []
        self.rejected: set[ModVersion] = set()
        self.roots: list[ModVersion] = []

    def upgrade(self, mods: list[ModVersion]) -> None:
        """Start from higher versions; later rounds may lower them again."""
        for m in mods:
            have = self.selected_root.get(m.path)
            if have is not None and gover.mod_compare(m.path, have, m.version) >= 0:
                continue
            self._tell(f"go: trying upgrade to {show(m)}")
            self.selected_root[m.path] = m.version

    def _tell(self, text: str) -> None:
        if self.ls.config.flags.v:
            self.ls.warn(text)

    def constrain(self, mods: list[ModVersion]) -> None:
        """Versions that must come out."""
        for m in mods:
            have = self.must_select.get(m.path)
            if have is not None and have != m.version:
                other = ModVersion(m.path, have)
                if gover.mod_compare(m.path, have, m.version) > 0:
                    self.conflicts.append(Conflict([other], m))
                else:
                    self.conflicts.append(Conflict([m], other))
                continue
            self.must_select[m.path] = m.version
            self.selected_root[m.path] = m.version

    def round(self) -> bool:
        """Look at the graph of the versions chosen and correct them; whether another round is needed."""
        roots = [ModVersion(p, v) for p, v in self.selected_root.items() if v != "none"]
        gover.mod_sort(roots)
        self.roots = roots
        mg, extended, err = self._extend_graph(roots)
        if err is not None and find_error(err, gover.TooNewError) is not None:
            raise err
        pruning = {m: self._pruning_of(mg, m) for m in [*roots, *extended]}
        tracker = DqTracker(pruning)
        mg.walk_breadth_first(lambda m: self._judge(mg, tracker, m))
        dirty = False
        for m in roots:
            dirty = self._correct(mg, tracker, m, pruning[m]) or dirty
        return dirty or self._accept_upgrades(mg)

    def _extend_graph(self, roots: list[ModVersion]) -> tuple[ModuleGraph, set[ModVersion], GokilnError | None]:
        """The graph below the roots, with the requirements of the selected version of every root's path."""
        extended: set[ModVersion] = set()
        reader = open_mod_graph(self.ls, self.pruning, roots)
        while True:
            mg, err = reader.outcome()
            if self.pruning == UNPRUNED:
                return mg, extended, err
            before = len(extended)
            for path in self.selected_root:
                v = mg.selected(path)
                m = ModVersion(path, v)
                # Some root upgrades this one: its requirements would be pruned in once it is chosen.
                if v != "none" and mg.required_by(m) is None:
                    extended.add(m)
            if len(extended) == before:
                return mg, extended, err
            reader.extend(frozenset(extended))

    def _pruning_of(self, mg: ModuleGraph, m: ModVersion) -> str:
        summary = mg.summaries.get(m)
        if self.pruning == PRUNED and summary is not None and summary.pruning == UNPRUNED:
            return UNPRUNED
        return self.pruning

    def _above(self, m: ModVersion) -> bool:
        limit = self.must_select.get(m.path)
        return limit is not None and gover.mod_compare(m.path, m.version, limit) > 0

    def _judge(self, mg: ModuleGraph, tracker: DqTracker, m: ModVersion) -> None:
        if self._above(m):
            tracker.disqualify(m, PRUNED, Reason(m))
            return
        if m in mg.errors:
            tracker.disqualify(m, PRUNED, Reason(err=mg.errors[m]))
            return
        reqs = mg.required_by(m)
        if reqs is None or mg.summaries.get(m) is None:
            return  # pruned out, or the main module
        # Direct reasons first: they make the shorter error.
        must_select = self.must_select
        for r in reqs:
            if r.path in must_select and self._above(r):
                tracker.disqualify(m, PRUNED, Reason(r))
                return
        tracker.require(m, reqs)

    def _correct(self, mg: ModuleGraph, tracker: DqTracker, m: ModVersion, pruning: str) -> bool:
        """Lower a root that is out; whether it was lowered. A root that must stay is a conflict."""
        path, err = tracker.path(m, pruning)
        if not path and err is None:
            return False
        conflict = Conflict(path, err=err)
        if err is None:
            last = path[-1]
            conflict.constraint = ModVersion(last.path, self.must_select[last.path])
        if self.must_select.get(m.path) == m.version:
            self.conflicts.append(conflict)
            return False
        v = mg.selected(m.path)
        if v != m.version:
            # Another root upgrades it: to a version that may be fine.
            upgraded = ModVersion(m.path, v)
            up = tracker.root_pruning.get(m, self.pruning)
            if tracker.check(upgraded, up) is None and upgraded not in self.rejected:
                return False
        orig_version = graph_and_error(self.ls, self.orig)[0].selected(m.path)
        if err is not None and orig_version == m.version:
            # It was broken before we came.
            self.conflicts.append(conflict)
            return False
        lower = self._lower(mg, tracker, m, orig_version, conflict)
        self.selected_root[m.path] = lower.version
        if err is not None or self.ls.config.flags.v:
            action = f"trying {show(lower)}"
            if lower.version == "none":
                action = f"removing {show(m)}"
            elif lower.version == orig_version:
                action = f"restoring {show(lower)}"
            self.ls.warn(f"go: {conflict.summary()}\n\t{action}")
        return True

    def _lower(
        self, mg: ModuleGraph, tracker: DqTracker, m: ModVersion, orig_version: str, conflict: Conflict
    ) -> ModVersion:
        """The next lower version of m that is not known to be out; not below the original one without need."""
        from gokiln.modules.resolve.mvsreqs import previous_version

        self.rejected.add(m)
        above_orig = gover.mod_compare(m.path, m.version, orig_version) > 0
        pruning = self.pruning
        summary = mg.summaries.get(m)
        if pruning == PRUNED and summary is not None:
            pruning = summary.pruning
        previous = m
        while True:
            try:
                previous = previous_version(self.ls, previous)
                below = gover.mod_compare(m.path, previous.version, orig_version) < 0
            except FATAL:
                raise
            except GokilnError:
                if not above_orig:
                    raise
                below = True
            if above_orig and below:
                previous = ModVersion(m.path, orig_version)
                if previous in self.rejected:
                    # cmd/go asks for the version below the original one for ever here.
                    raise ConstraintError([conflict])
            if previous in self.rejected:
                continue
            if tracker.check(previous, pruning) is not None:
                self.rejected.add(previous)
                continue
            return previous

    def _accept_upgrades(self, mg: ModuleGraph) -> bool:
        """Take over versions that other roots have raised; whether there were any."""
        upgraded: list[ModVersion] = []
        for path, v in self.selected_root.items():
            if path not in self.must_select and mg.selected(path) != v:
                upgraded.append(ModVersion(path, v))
        for m in upgraded:
            self.selected_root[m.path] = mg.selected(m.path)
        gover.mod_sort(upgraded)
        for m in upgraded:
            self._tell(f"go: accepting indirect upgrade from {show(m)} to {self.selected_root[m.path]}")
        return bool(upgraded)

    def result(self, must_select: list[ModVersion]) -> tuple[Requirements, bool]:
        """(the new requirements, whether they differ from the original ones)."""
        ls, rs, roots = self.ls, self.rs, self.roots
        if self.pruning == UNPRUNED:
            mms = ls.mains()
            paths = [m.path for m in must_select if m.version != "none" and not mms.contains(m.path)]
            for m in roots:
                v = rs.root_selected(ls.mains(), m.path)
                if v is not None and (v == m.version or rs.direct.get(m.path)):
                    # Listed before, and at the same version or imported by the main module: keep it listed.
                    paths.append(m.path)
            reqs = MvsReqs(ls, roots)
            roots = mvs.req(mms.single(), paths, reqs)
            if all(m.path != "go" for m in roots):
                # Another root wants the Go version that was chosen. go.mod says it all the same (cmd/go panics here).
                roots = mvs.req(mms.single(), [*paths, "go"], reqs)
        if self.pruning == self.orig.pruning and roots == self.orig.roots:
            return self.orig, False
        direct = {m.path: True for m in roots if rs.direct.get(m.path)}
        edited = Requirements(self.pruning, roots, direct)
        if self.pruning == UNPRUNED and pruning_for_go_version(edited.go_version(ls.mains())) == PRUNED:
            edited = convert_pruning(ls, edited, PRUNED)
        return edited, True
