"""Minimal version selection: which version of every module makes up a build.

The build list of a module is the highest version of each module that anything it requires, directly or
not, asks for; never a newer one just because it exists. The algorithms know nothing of files, networks or
even of what a version is: `Reqs` answers what requires what and which of two versions is greater. All
walks are loops, because a chain of requirements may be longer than Python's stack is deep.

Source: cmd/go/internal/mvs/mvs.go, go1.26; https://research.swtch.com/vgo-mvs.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.mvs.errors import BuildListError
from gokiln.modules.mvs.graph import NONE, Graph
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator, Protocol, Sequence

    class Reqs(Protocol):
        """A requirement graph. Versions are opaque, except for "none"."""

        def required(self, mod: ModVersion) -> Sequence[ModVersion]:
            """What mod itself requires. Raises GokilnError."""
            ...

        def max(self, path: str, v1: str, v2: str) -> str:
            """The greater of two versions of a module; "none" is below all, a target's version above all."""
            ...

    class UpgradeReqs(Reqs, Protocol):
        """A graph that knows newer versions."""

        def upgrade(self, mod: ModVersion) -> ModVersion:
            """What mod is upgraded to; mod itself to keep it. Raises GokilnError."""
            ...

    class DowngradeReqs(Reqs, Protocol):
        """A graph that knows older versions."""

        def previous(self, mod: ModVersion) -> ModVersion:
            """The version before mod's, or version "none". Raises GokilnError."""
            ...

    Upgrade = Callable[[ModVersion], ModVersion]


def build_list(targets: Sequence[ModVersion], reqs: Reqs) -> list[ModVersion]:
    """The build list of targets: themselves first, the rest sorted. Raises BuildListError.

    When reqs has a method prefetch(mods), it is told each wave of modules before they are asked for one by
    one, so that it may read them all at once.
    """
    return _build_list(targets, reqs, None)


def _build_list(targets: Sequence[ModVersion], reqs: Reqs, upgrade: Upgrade | None) -> list[ModVersion]:
    def compare(path: str, v1: str, v2: str) -> int:
        if reqs.max(path, v1, v2) != v1:
            return -1
        return 1 if reqs.max(path, v2, v1) != v2 else 0

    graph = Graph(compare, targets)
    upgrades: dict[ModVersion, ModVersion] = {}
    errors: dict[ModVersion, GokilnError] = {}
    prefetch = getattr(reqs, "prefetch", None)
    seen = set(targets)
    wave = list(dict.fromkeys(targets))
    while wave:
        if prefetch is not None:
            prefetch([mod for mod in wave if mod.version != NONE])
        following: list[ModVersion] = []
        for mod in wave:
            required = _explore(mod, reqs, upgrade, upgrades, errors)
            graph.require(mod, required)
            for req in required:
                if req not in seen:
                    seen.add(req)
                    following.append(req)
        wave = following
    if errors:
        path = graph.find_path(errors.__contains__) or []
        raise BuildListError(errors[path[-1]], path, lambda a, b: upgrades.get(a) == b)
    selected = graph.build_list()
    if selected[: len(targets)] != list(targets):
        raise ValueError(f"mistake: chose versions {selected[: len(targets)]} instead of targets {list(targets)}")
    return selected


def _explore(
    mod: ModVersion,
    reqs: Reqs,
    upgrade: Upgrade | None,
    upgrades: dict[ModVersion, ModVersion],
    errors: dict[ModVersion, GokilnError],
) -> list[ModVersion]:
    """What mod requires, what it is upgraded to first of all. Errors are noted, the first of the two kept."""
    required: list[ModVersion] = []
    if mod.version != NONE:
        try:
            required = list(reqs.required(mod))
        except GokilnError as e:
            errors[mod] = e
    if upgrade is not None:
        try:
            to = upgrade(mod)
        except GokilnError as e:
            errors.setdefault(mod, e)
        else:
            if to != mod:
                upgrades[mod] = to
                required.insert(0, to)
    return required


def req(main_module: ModVersion, base: Sequence[str], reqs: Reqs) -> list[ModVersion]:
    """The fewest requirements with which main_module has the same build list, those on base among them."""
    selected = build_list([main_module], reqs)
    version_of = dict(selected)
    required: dict[ModVersion, Sequence[ModVersion]] = {main_module: ()}
    postorder: list[ModVersion] = []
    for mod in selected:
        _walk_postorder(mod, reqs, required, postorder)

    implied: set[ModVersion] = set()

    def imply(mod: ModVersion) -> None:
        stack = [mod]
        while stack:
            m = stack.pop()
            if m not in implied:
                implied.add(m)
                stack.extend(required.get(m, ()))

    least: list[ModVersion] = []
    for path in dict.fromkeys(base):
        mod = ModVersion(path, version_of.get(path, ""))
        least.append(mod)
        imply(mod)
    for mod in reversed(postorder):
        if version_of.get(mod.path, "") == mod.version and mod not in implied:
            least.append(mod)
            imply(mod)
    least.sort(key=lambda m: m.path)
    return least


def _walk_postorder(
    start: ModVersion, reqs: Reqs, required: dict[ModVersion, Sequence[ModVersion]], postorder: list[ModVersion]
) -> None:
    """Append what is reachable from start and not in `required` yet, requirements before requirers."""
    stack: list[tuple[ModVersion, Iterator[ModVersion]]] = []

    def enter(mod: ModVersion) -> None:
        if mod not in required:
            required[mod] = list(reqs.required(mod))
            stack.append((mod, iter(required[mod])))

    enter(start)
    while stack:
        mod, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            postorder.append(mod)
            stack.pop()
        else:
            enter(following)


def upgrade_all(target: ModVersion, reqs: UpgradeReqs) -> list[ModVersion]:
    """The build list of target with every module at its newest. Raises BuildListError."""
    return _build_list([target], reqs, lambda mod: target if mod.path == target.path else reqs.upgrade(mod))


def upgrade(target: ModVersion, reqs: UpgradeReqs, upgrades: Sequence[ModVersion]) -> list[ModVersion]:
    """The build list of target with the given modules upgraded. Raises BuildListError."""
    required = list(reqs.required(target))
    listed = {mod.path for mod in required}
    to: dict[str, str] = {}
    for path, version in upgrades:
        if path not in listed:
            required.append(ModVersion(path, NONE))
        to[path] = reqs.max(path, to[path], version) if path in to else version
    return _build_list(
        [target],
        _Override(target, required, reqs),
        lambda mod: ModVersion(mod.path, to[mod.path]) if mod.path in to else mod,
    )


def downgrade(target: ModVersion, reqs: DowngradeReqs, downgrades: Sequence[ModVersion]) -> list[ModVersion]:
    """The build list of target with the given modules at most at the given versions, nothing upgraded.

    Raises BuildListError, or what reqs.previous raises.
    """
    selected = build_list([target], reqs)[1:]
    limit = dict(selected)
    for path, version in downgrades:
        if path not in limit or reqs.max(path, limit[path], version) != version:
            limit[path] = version
    walk = _Downgrader(reqs, limit)
    downgraded = [target]
    for mod in selected:
        found = walk.highest_allowed(mod)
        if found is not None:
            downgraded.append(found)
    # A requirement may pull a version back up to one that reqs.previous does not list. Then what the lower
    # version alone required should not come in, so select once more with the versions that came out.
    actual = dict(build_list([target], _Override(target, downgraded, reqs)))
    kept = [ModVersion(mod.path, actual[mod.path]) for mod in selected if mod.path in actual]
    return build_list([target], _Override(target, kept, reqs))


class _Downgrader:
    """Which module versions can stay when no module may be above its limit."""

    def __init__(self, reqs: DowngradeReqs, limit: dict[str, str]) -> None:
        self.reqs = reqs
        self.limit = limit
        self.added: set[ModVersion] = set()
        self.excluded: set[ModVersion] = set()
        self.required_by: dict[ModVersion, list[ModVersion]] = {}

    def highest_allowed(self, mod: ModVersion) -> ModVersion | None:
        """The highest version at or below mod's that stays within all limits; None when there is none."""
        reqs = self.reqs
        self.add(mod)
        while mod in self.excluded:
            before = reqs.previous(mod)
            # The version asked for may be one that reqs.previous leaves out: put it in its place.
            wanted = self.limit.get(mod.path, "")
            if (
                reqs.max(mod.path, wanted, mod.version) != wanted
                and reqs.max(mod.path, before.version, wanted) != before.version
            ):
                before = ModVersion(before.path, wanted)
            if before.version == NONE:
                return None
            self.add(before)
            mod = before
        return mod

    def exclude(self, mod: ModVersion) -> None:
        """mod cannot stay, and so nothing that requires it."""
        stack = [mod]
        while stack:
            m = stack.pop()
            if m not in self.excluded:
                self.excluded.add(m)
                stack.extend(self.required_by.get(m, ()))

    def add(self, start: ModVersion) -> None:
        """Decide about start and all it requires."""
        frames: list[tuple[ModVersion, Iterator[ModVersion]]] = []
        self._enter(start, frames)
        asked: list[ModVersion | None] = [None]  # what each frame waits to hear about
        while frames:
            mod, rest = frames[-1]
            child = asked[len(frames) - 1]
            if child is not None:
                if child in self.excluded:
                    self.exclude(mod)
                    frames.pop()
                    asked.pop()
                    continue
                self.required_by.setdefault(child, []).append(mod)
            following = next(rest, None)
            if following is None:
                frames.pop()
                asked.pop()
                continue
            asked[-1] = following
            if self._enter(following, frames):
                asked.append(None)

    def _enter(self, mod: ModVersion, frames: list[tuple[ModVersion, Iterator[ModVersion]]]) -> bool:
        """Look at mod for the first time; true when its requirements have to be walked."""
        if mod in self.added:
            return False
        self.added.add(mod)
        limit = self.limit.get(mod.path)
        if limit is not None and self.reqs.max(mod.path, mod.version, limit) != limit:
            self.exclude(mod)  # an upgrade, not a downgrade
            return False
        try:
            required = self.reqs.required(mod)
        except GokilnError:
            # Most often an older version that has no usable go.mod yet: it cannot be downgraded to.
            self.exclude(mod)
            return False
        frames.append((mod, iter(required)))
        return True


class _Override:
    """reqs, with other requirements of the target."""

    def __init__(self, target: ModVersion, required: Sequence[ModVersion], reqs: Reqs) -> None:
        self.target = target
        self.list = required
        self.reqs = reqs

    def required(self, mod: ModVersion) -> Sequence[ModVersion]:
        return self.list if mod == self.target else self.reqs.required(mod)

    def max(self, path: str, v1: str, v2: str) -> str:
        return self.reqs.max(path, v1, v2)

    def prefetch(self, mods: list[ModVersion]) -> None:
        prefetch = getattr(self.reqs, "prefetch", None)
        if prefetch is not None:
            prefetch(mods)
