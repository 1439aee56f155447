"""`list -retracted` without -m: what authors say of the versions that the listed packages come from.

Source: runList in cmd/go/internal/list/list.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.resolve.modinfo import LIST_RETRACTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.modules.resolve.loader import Loader
    from gokiln.modules.version import ModulePublic
    from gokiln.packages.package import Package


def add_retractions(modules: Loader, packages: Sequence[Package], error: Callable[[str], None]) -> None:
    """Fill `retracted` of the packages' modules. error: gets what concerns no module in particular."""
    wanted: dict[str, list[ModulePublic]] = {}
    for p in packages:
        module = p.module
        for each in (module, module.replace if module is not None else None):
            if each is not None and each.version:
                wanted.setdefault(f"{each.path}@{each.version}", []).append(each)
    if not wanted:
        return
    try:
        found = modules.list_modules(list(wanted), LIST_RETRACTED)
    except GokilnError as err:
        listed = getattr(err, "modules", None)
        if listed is None:
            raise
        error(f"go: {err}")
        found = listed
    for same, answer in zip(wanted.values(), found, strict=False):
        for module in same:
            module.retracted = answer.retracted
            if answer.error is not None and module.error is None:
                module.error = answer.error
