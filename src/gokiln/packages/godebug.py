"""The GODEBUG settings a main program starts with, and `//go:debug` lines.

An older main module gets the old defaults of every setting that changed since its Go version; go.mod's `godebug`
lines and then the program's `//go:debug` lines go on top.

Source: cmd/go/internal/load/godebug.go, cmd/go/internal/modload/init.go (CheckGodebug), go1.26.
"""

from __future__ import annotations

from gokiln.config.release import check_godebug_name
from gokiln.golang import gover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gokiln.config.release import GodebugInfo, Release
    from gokiln.golang.gofile import Directive


class GodebugError(ValueError):
    """A //go:debug line or godebug setting is wrong; str() says why."""


class NotGodebugError(ValueError):
    """The text is no //go:debug line at all."""


def parse_go_debug(text: str, release: Release, local: str) -> tuple[str, str]:
    """Key and value of a `//go:debug k=v` comment. local: the toolchain's Go version ("1.26.8").

    Raises NotGodebugError for another comment, GodebugError for a wrong one.
    """
    if not text.startswith("//go:debug"):
        raise NotGodebugError(text)
    cut = min((i for i in (text.find(" "), text.find("\t")) if i >= 0), default=-1)
    if cut < 0:
        if text.strip() == "//go:debug":
            raise GodebugError("missing key=value")
        raise NotGodebugError(text)
    key, equals, value = text[cut:].strip().partition("=")
    if not equals:
        raise GodebugError("missing key=value")
    check_godebug("//go:debug setting", key, value, release, local)
    return key, value


def check_godebug(verb: str, key: str, value: str, release: Release, local: str) -> None:
    """Whether a setting may be given. verb names what gives it in messages. Raises GodebugError."""
    for name, text in (("key", key), ("value", value)):
        if " " in text or "\t" in text:
            raise GodebugError(f"{name} contains space")
    for name, text in (("key", key), ("value", value)):
        if "," in text:
            raise GodebugError(f"{name} contains comma")
    if key == "default":
        if not value.startswith("go") or not gover.is_valid(value[2:]):
            raise GodebugError("value for default= must be goVERSION")
        if gover.compare(value[2:], local) > 0:
            raise GodebugError(f"default={value} too new (toolchain is go{local})")
        return
    problem = check_godebug_name(release, verb, key, value)
    if problem:
        raise GodebugError(problem)


def default_godebug(
    go_version: str,
    module_settings: Iterable[tuple[str, str]],
    directives: Iterable[Sequence[Directive]],
    release: Release,
    local: str,
    fips: bool = False,
) -> str:
    """The `k=v,k=v` text of a main package.

    go_version: of the main module ("1.21"). module_settings: the godebug lines of go.mod or go.work.
    directives: lists of `//go:` comments, later ones stronger. fips: GOFIPS140 is set to other than off.
    """
    settings: dict[str, str] = {"fips140": "on"} if fips else {}
    settings.update(module_settings)
    for directive_list in directives:
        for directive in directive_list:
            try:
                key, value = parse_go_debug(directive.text, release, local)
            except ValueError:
                continue
            settings[key] = value
    if "default" in settings:
        version = settings.pop("default").removeprefix("go")
        if gover.is_valid(version):
            go_version = version
    merged = old_defaults(go_version, release.godebugs) | settings
    return ",".join(f"{key}={merged[key]}" for key in sorted(merged))


def old_defaults(go_version: str, table: Iterable[GodebugInfo]) -> dict[str, str]:
    """What each setting was by default in an older Go version, for those that changed since."""
    parts = go_version.split(".")
    if len(parts) < 2 or parts[0] != "1" or not parts[1].isdecimal():
        return {}
    minor = int(parts[1])
    return {info.name: info.old for info in table if minor < info.changed}
