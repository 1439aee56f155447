"""Which module version a commit is: one of its tags, or a pseudo-version after the highest tag before it.

Source: cmd/go/internal/modfetch/coderepo.go (convert, validatePseudoVersion), go1.26.
"""

from __future__ import annotations

import posixpath

from gokiln.errors import GokilnError
from gokiln.golang import modpath, pseudo, semver
from gokiln.modules.fetch.codehost.model import MAX_GO_MOD, MissingError, UnsupportedError, with_origin
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.revinfo import RevInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from gokiln.modules.fetch.codehost.model import CodeHost, CodeInfo

    class ModuleInRepo(Protocol):
        """What has to be known of the module (coderepo.CodeRepo)."""

        code: CodeHost
        code_dir: str
        path: str
        path_major: str
        path_prefix: str
        pseudo_major: str
        tag_prefix: str

        def find_dir(self, version: str) -> tuple[str, str, bytes | None]: ...
        def retracted(self) -> Callable[[str], bool]: ...


_INCOMPATIBLE = "+incompatible"


class Conversion:
    """One commit of a module's repository, asked for as `asked` ("" for the latest)."""

    def __init__(self, repo: ModuleInRepo, info: CodeInfo, asked: str) -> None:
        self._repo = repo
        self._info = info
        self._asked = asked
        self._incompatible_ok: dict[str, bool] = {}

    def convert(self) -> RevInfo:
        """The commit as a module version, with where that comes from. Raises ModuleError, GokilnError."""
        repo = self._repo
        origin = self._info.origin | {"Subdir": repo.code_dir}
        try:
            info = self._find()
        except GokilnError as err:
            with_origin(err, origin)
            raise
        version = info.version
        if pseudo.is_pseudo_version(version) and (version != self._asked or not version.startswith("v0.0.0-")):
            # Other tags would have led to another pseudo-version.
            major = repo.path_major[1:] + "." if repo.path_major else ""
            tags = repo.code.tags(repo.tag_prefix + major).origin
            for field in ("TagPrefix", "TagSum"):
                origin[field] = tags.get(field, "")
            if tags.get("RepoSum"):
                origin["RepoSum"] = tags["RepoSum"]
        info.origin = {k: v for k, v in origin.items() if v}
        return info

    def _find(self) -> RevInfo:
        asked = self._asked
        if pseudo.is_pseudo_version(asked):
            # Place and major version first: they need one commit only, the history of its base perhaps everything.
            info = self._canonical(asked)
            self._check_pseudo(asked)
            return info
        is_retracted = self._retracted()
        version, is_canonical = self._tag_to_version(self._info.version)
        if is_canonical:
            try:
                return self._canonical(version)
            except GokilnError:
                is_canonical = False  # look further
        highest = base = ""
        for tag in self._info.tags:
            version, is_canonical = self._tag_to_version(tag)
            if asked and semver.compare(version, asked) == 0:
                if is_canonical:
                    return self._canonical(version)
                # As good as what was asked for, but with metadata that another commit may have too.
                base = version
            better = is_canonical and semver.compare(highest, version) < 0 and not is_retracted(version)
            if better and self._fits(version):
                highest = version
        if highest:
            return self._canonical(highest)
        base = base or self._recent_base(is_retracted)
        made = pseudo.pseudo_version(self._repo.pseudo_major, base, self._info.seconds, self._info.short)
        return self._canonical(made)

    def _retracted(self) -> Callable[[str], bool]:
        try:
            return self._repo.retracted()
        except GokilnError:
            return lambda version: False

    def _recent_base(self, is_retracted: Callable[[str], bool]) -> str:
        """The highest version before the commit that a pseudo-version may be based on."""

        def allowed(tag: str) -> bool:
            version = self._tag_to_version(tag)[0]
            return bool(version) and self._fits(version) and not is_retracted(version)

        try:
            tag = self._repo.code.recent_tag(self._info.name, self._repo.tag_prefix, allowed)
        except UnsupportedError:
            return ""
        return self._tag_to_version(tag)[0] if tag else ""

    def _tag_to_version(self, tag: str) -> tuple[str, bool]:
        """(version of a tag, whether the tag is just that). ("", False) for a tag that is none of this module's."""
        prefix = self._repo.tag_prefix
        if not tag.startswith(prefix) or pseudo.is_pseudo_version(tag):
            return "", False
        trimmed = tag[len(prefix) :]
        version = semver.canonical(trimmed)
        if not version or not trimmed.startswith(version):
            return "", False
        return version, version == trimmed

    def _fits(self, version: str) -> bool:
        return modpath.match_path_major(version, self._repo.path_major) or self._can_be_incompatible(version)

    def _can_be_incompatible(self, version: str) -> bool:
        """Whether a version of another major may be used as +incompatible: only where no go.mod says otherwise."""
        if self._repo.code_dir or self._repo.path_major:
            return False
        if not self._lacks_go_mod(""):
            return False
        # Old go commands did not look at v2/go.mod, so what they let through stays usable (go.dev/issue/51324).
        return not version or self._asked.endswith(_INCOMPATIBLE) or self._lacks_go_mod(semver.major(version))

    def _lacks_go_mod(self, folder: str) -> bool:
        found = self._incompatible_ok.get(folder)
        if found is None:
            try:
                self._repo.code.read_file(self._info.name, posixpath.join(folder, "go.mod"), MAX_GO_MOD)
                found = False
            except GokilnError:
                found = True
            self._incompatible_ok[folder] = found
        return found

    def _invalid(self, version: str, problem: str) -> modpath.ModuleError:
        return modpath.ModuleError(self._repo.path, "", modpath.InvalidVersionError(version, FetchError(problem)))

    def _canonical(self, version: str) -> RevInfo:
        """The commit under this version, with +incompatible where that belongs. Raises ModuleError."""
        repo, asked = self._repo, self._asked
        try:
            repo.find_dir(version)
        except GokilnError as err:
            raise modpath.ModuleError(repo.path, "", modpath.InvalidVersionError(version, MissingError(err))) from err
        if version == asked.removesuffix(_INCOMPATIBLE):
            version = asked
        base = version.removesuffix(_INCOMPATIBLE)
        problem: modpath.ModuleError | None = None
        if not modpath.match_path_major(base, repo.path_major):
            if self._can_be_incompatible(base):
                version = base + _INCOMPATIBLE
            elif repo.path_major:
                text = "module path includes a major version suffix, so major version must match"
                problem = self._invalid(version, text)
            else:
                want = modpath.quoted(posixpath.join(repo.path_prefix, semver.major(version)))
                text = f"module contains a go.mod file, so module path must match major version ({want})"
                problem = self._invalid(version, text)
        elif version.endswith(_INCOMPATIBLE):
            text = f"+incompatible suffix not allowed: major version {semver.major(version)} is compatible"
            problem = self._invalid(version, text)
        if asked and asked == modpath.canonical_version(asked):
            asked_base = asked.removesuffix(_INCOMPATIBLE)
            if asked_base != base:
                raise self._invalid(asked, f"resolves to version {version} ({asked_base} is not a tag)")
        if problem is not None:
            raise problem
        info = RevInfo(version, self._info.time)
        info.name, info.short = self._info.name, self._info.short
        return info

    def _check_pseudo(self, version: str) -> None:
        """A pseudo-version must name its commit, time and an older tag as they are. Raises ModuleError."""
        try:
            self._check_parts(version)
        except modpath.ModuleError:
            raise
        except GokilnError as err:
            if not isinstance(err, modpath.InvalidVersionError):
                err = modpath.InvalidVersionError(version, err, pseudo=True)
            raise modpath.ModuleError(self._repo.path, "", err) from err

    def _check_parts(self, version: str) -> None:
        info = self._info
        rev = pseudo.pseudo_version_rev(version)
        if rev != info.short:
            if rev.startswith(info.short):
                raise FetchError(f"revision is longer than canonical (expected {info.short})")
            if info.short.startswith(rev):
                raise FetchError(f"revision is shorter than canonical (expected {info.short})")
            raise FetchError(f"does not match short name of revision (expected {info.short})")
        if pseudo.pseudo_version_time(version) != info.seconds:
            when = pseudo.timestamp(info.seconds)
            raise FetchError(f"does not match version-control timestamp (expected {when})")
        # The base must be a tag before the commit, else anyone could make versions as high as they like; and it must
        # be a tag at all, else one commit would have any number of names.
        base = pseudo.pseudo_version_base(version.removesuffix(_INCOMPATIBLE))
        prefix = self._repo.tag_prefix
        if not base:
            if not self._repo.pseudo_major and semver.major(version) == "v1":
                raise FetchError("major version without preceding tag must be v0, not v1")
            return
        for tag in info.tags:
            if tag.removeprefix(prefix) == base:
                raise FetchError(
                    f"tag ({tag}) found on revision {rev} is already canonical, "
                    "so should not be replaced with a pseudo-version derived from that tag"
                )
        self._check_ancestor(rev, base)

    def _check_ancestor(self, rev: str, base: str) -> None:
        code, prefix = self._repo.code, self._repo.tag_prefix
        last_tag = ""
        failure: GokilnError | None = None
        for tag, _ in code.tags(prefix + base).list:
            if semver.compare(tag.removeprefix(prefix), base) != 0:
                continue
            last_tag = tag
            try:
                if code.descends_from(self._info.name, tag):
                    return
                failure = None
            except GokilnError as err:
                failure = err
        if not last_tag:
            raise FetchError(f"preceding tag ({base}) not found")
        if failure is not None:
            raise failure
        raise FetchError(f"revision {rev} is not a descendent of preceding tag ({last_tag})")
