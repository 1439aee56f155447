"""What is wrong with a package's //go:debug lines. Source: checkDirectives in cmd/go/internal/work/exec.go, go1.26."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.config.toolchain import Toolchain
    from gokiln.golang.gofile import Directive


def directive_problems(directives: Iterable[Directive], toolchain: Toolchain) -> str:
    """One line for each wrong line, two for each repeated one; "" when all are right."""
    from gokiln.golang.position import position_string
    from gokiln.packages.godebug import GodebugError, parse_go_debug

    out = []
    seen: dict[str, str] = {}
    for directive in directives:
        if not directive.text.startswith("//go:debug"):
            continue
        place = position_string(directive.pos)
        try:
            key, _ = parse_go_debug(directive.text, toolchain.release, toolchain.go_version)
        except GodebugError as err:
            out.append(f"{place}: invalid //go:debug: {err}\n")
            continue
        if not key:
            continue
        if key in seen:
            out.append(f"{place}: repeated //go:debug for {key}\n\t{seen[key]}: previous //go:debug\n")
            continue
        seen[key] = place
    return "".join(out)
