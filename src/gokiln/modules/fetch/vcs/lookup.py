"""From an import path to the repository it comes from.

Some sites are known, and a path may name its system itself (example.org/repo.git/dir); for all others the page at
the path tells, by a meta tag (htmlhead.py). A page may only speak for its own prefix: when the tag is for a shorter
path, the page there has to say the same.

Source: cmd/go/internal/vcs/vcs.go (RepoRootForImportPath, vcsPaths, repoRootForImportDynamic), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import has_path_prefix
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.modules.fetch.goturl import GoUrl, parse
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.vcs.htmlhead import MetaImport, parse_meta_imports
from gokiln.modules.fetch.vcs.policy import Policy
from gokiln.modules.fetch.vcs.systems import MOD, System, Systems, VcsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gokiln.modules.fetch.http import HttpClient

    Ping = Callable[[System, str, str], bool]

_ELEM = r"[\w.\-]+"
# (prefix, pattern of the whole path, system)
_SITES = (
    ("github.com", rf"(?P<root>github\.com/{_ELEM}/{_ELEM})(/{_ELEM})*", "git"),
    ("bitbucket.org", rf"(?P<root>bitbucket\.org/{_ELEM}/{_ELEM})(/{_ELEM})*", "git"),
    ("hub.jazz.net/git", rf"(?P<root>hub\.jazz\.net/git/[a-z0-9]+/{_ELEM})(/{_ELEM})*", "git"),
    ("git.apache.org", rf"(?P<root>git\.apache\.org/[a-z0-9_.\-]+\.git)(/{_ELEM})*", "git"),
    ("git.openstack.org", rf"(?P<root>git\.openstack\.org/{_ELEM}/{_ELEM})(\.git)?(/{_ELEM})*", "git"),
    ("chiselapp.com", rf"(?P<root>chiselapp\.com/user/[A-Za-z0-9]+/repository/{_ELEM})", "fossil"),
)
_NO_SUFFIX = ("github.com", "bitbucket.org", "hub.jazz.net/git")
_ANY_HOST = (
    r"(?P<root>(?P<repo>([a-z0-9.\-]+\.)+[a-z0-9.\-]+(:[0-9]+)?(/~?[\w.\-]+)+?)\.(?P<vcs>{systems}))(/~?[\w.\-]+)*$"
)
_LAUNCHPAD = (
    r"(?P<root>launchpad\.net/((?P<project>[\w.\-]+)(?P<series>/[\w.\-]+)?"
    r"|~[\w.\-]+/(\+junk|[\w.\-]+)/[\w.\-]+))(/[\w.\-]+)*"
)


class RepoRoot:
    """Where code is. repo: URL; root: the import path of the repository's root; subdir: of it, the module's place."""

    __slots__ = ("repo", "root", "subdir", "system")

    def __init__(self, repo: str, root: str, system: System, subdir: str = "") -> None:
        self.repo = repo
        self.root = root
        self.system = system
        self.subdir = subdir


class _UnknownSiteError(Exception):
    """Only the path's own page can tell."""


class Finder:
    """Repositories of import paths, for one command.

    http: the client; ping(system, scheme, repo): whether a repository answers over a scheme; log: told what -v shows.
    """

    def __init__(
        self,
        systems: Systems,
        policy: Policy,
        http: Callable[[], HttpClient],
        ping: Ping,
        environ: Mapping[str, str],
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._systems = systems
        self._policy = policy
        self._http = http
        self._ping = ping
        self._environ = environ
        self._log = log
        self._prefixes = Memo()

    def find(self, path: str, insecure: bool) -> RepoRoot:
        """The repository of an import path. insecure: plain http and unverified https will do. Raises GokilnError."""
        try:
            try:
                found = self._by_site(path, insecure)
            except _UnknownSiteError:
                try:
                    found = self._by_page(path, insecure)
                except GokilnError as err:
                    raise VcsError(f"unrecognized import path {go_quote(path)}: {err}") from err
        except GokilnError:
            launchpad = self._launchpad(path)
            if launchpad is None:
                raise
            found = launchpad
        if "..." in path and "..." in found.root:
            raise VcsError(f"cannot expand ... in {go_quote(path)}")
        return found

    # Known sites

    def _by_site(self, path: str, insecure: bool) -> RepoRoot:
        import re

        if has_path_prefix(path, "example.net"):
            raise VcsError("no modules on example.net")
        if path == "rsc.io":
            raise VcsError("rsc.io is not a module")
        for scheme in ("http:", "https:"):
            if path.startswith(scheme):
                raise VcsError(f"{go_quote(scheme + '//')} not allowed in import path")
        for prefix, pattern, vcs in _SITES:
            if not has_path_prefix(path, prefix):
                continue
            match = re.fullmatch(pattern, path, re.ASCII)
            if match is None:
                raise VcsError(f"invalid {prefix} import path {go_quote(path)}")
            root = match["root"]
            if prefix in _NO_SUFFIX and any(root.endswith("." + s.cmd) for s in self._systems.list):
                raise VcsError(f"invalid version control suffix in {prefix}/ path")
            return self._allowed(RepoRoot("https://" + root, root, self._system(vcs)))
        names = "|".join(sorted(s.cmd for s in self._systems.list))
        match = re.search(_ANY_HOST.replace("{systems}", names), path, re.ASCII)
        if match is None:
            raise _UnknownSiteError
        system = self._system(match["vcs"])
        self._policy.check(system.cmd, match["root"])
        return RepoRoot(self._with_scheme(system, match["repo"], insecure), match["root"], system)

    def _system(self, vcs: str) -> System:
        system = self._systems.by_cmd(vcs)
        if system is None:
            raise VcsError(f"unknown version control system {go_quote(vcs)}")
        return system

    def _allowed(self, found: RepoRoot) -> RepoRoot:
        self._policy.check(found.system.cmd, found.root)
        return found

    def _with_scheme(self, system: System, repo: str, insecure: bool) -> str:
        """The URL of a repository whose scheme is not known: the first one that answers."""
        for scheme in system.schemes:
            if not insecure and not system.is_secure_scheme(scheme, self._environ):
                continue
            if not system.ping or self._ping(system, scheme, repo):
                return f"{scheme}://{repo}"
        raise VcsError(f"no {'' if insecure else 'secure '}protocol found for repository")

    def _launchpad(self, path: str) -> RepoRoot | None:
        """Bazaar's home, as far as Go still knows Bazaar, when the path's own page did not help."""
        import re

        if not self._systems.has_bazaar or not has_path_prefix(path, "launchpad.net"):
            return None
        match = re.fullmatch(_LAUNCHPAD, path, re.ASCII)
        if match is None:
            return None
        root = match["root"]
        project, series = match["project"] or "", match["series"] or ""
        if project and series:
            # A series with its own branch, or a directory in the project's?
            url = GoUrl("https", "code.launchpad.net", f"/{project}{series}/.bzr/branch-format")
            try:
                self._http().get_bytes(url)
            except GokilnError:
                root = f"launchpad.net/{project}"
        try:
            return self._allowed(RepoRoot("https://" + root, root, self._system("bzr")))
        except VcsError:
            return None

    # Pages

    def _by_page(self, path: str, insecure: bool) -> RepoRoot:
        url = _page_url(path)
        try:
            response = self._http().get(url, insecure=insecure)
        except GokilnError as err:
            raise VcsError(f"{'http/' if insecure else ''}https fetch: {err}") from err
        page = response.read()
        problem: GokilnError | None = None
        imports: list[MetaImport] = []
        try:
            imports = parse_meta_imports(page)
        except GokilnError as err:
            problem = err
        if not imports:
            response.check()  # says more than what is wrong with the page
        if problem is not None:
            raise VcsError(f"parsing {path}: {problem}") from problem
        shown = url.text()
        try:
            found = match_import(imports, path)
        except MismatchError as err:
            raise VcsError(f"parse {response.url}: no go-import meta tags ({err})") from err
        except VcsError as err:
            raise VcsError(f"parse {shown}: {err}") from err
        struct = ", ".join(
            f"{k}:{go_quote(v)}" for k, v in zip(("Prefix", "VCS", "RepoRoot", "SubDir"), found.fields())
        )
        self._log(f"get {go_quote(path)}: found meta tag vcs.metaImport{{{struct}}} at {shown}")
        if found.prefix != path:
            self._log(f"get {go_quote(path)}: verifying non-authoritative meta tag")
            self._verify(path, found, response.url, insecure)
        self._check(found, response.url)
        return RepoRoot(found.repo_root, found.prefix, self._page_system(found, response.url), found.subdir)

    def _page_system(self, found: MetaImport, url: str) -> System:
        if found.vcs == "mod":
            return MOD
        system = self._systems.by_cmd(found.vcs)
        if system is None:
            raise VcsError(f"{url}: unknown vcs {go_quote(found.vcs)}")
        self._policy.check(system.cmd, found.prefix)
        return system

    def _verify(self, path: str, found: MetaImport, url: str, insecure: bool) -> None:
        """The page of the tag's own prefix must have the same tag."""
        there, imports = self._prefixes.do(found.prefix, lambda: self._prefix_imports(found.prefix, insecure))
        try:
            same = match_import(imports, path).fields() == found.fields()
        except VcsError:
            same = False
        if not same:
            raise VcsError(f"{url} and {there} disagree about go-import for {found.prefix}")

    def _prefix_imports(self, prefix: str, insecure: bool) -> tuple[str, list[MetaImport]]:
        """(URL, tags) of the page of a prefix. Raises GokilnError."""
        url = _page_url(prefix)
        try:
            response = self._http().get(url, insecure=insecure)
        except GokilnError as err:
            raise VcsError(f"fetching {prefix}: {err}") from err
        page = response.read()
        try:
            imports = parse_meta_imports(page)
        except GokilnError as err:
            response.check()
            raise VcsError(f"parsing {response.url}: {err}") from err
        if not imports:
            response.check()
            raise VcsError(f"fetching {prefix}: no go-import meta tag found in {response.url}")
        return url.text(), imports

    def _check(self, found: MetaImport, url: str) -> None:
        if found.subdir[:1] in ("/", "-"):
            problem = "leading slash" if found.subdir[0] == "/" else "leading hyphen"
            raise VcsError(f"{url}: invalid subdirectory {go_quote(found.subdir)}: {problem}")
        try:
            scheme = parse(found.repo_root).scheme
            if not scheme:
                raise VcsError("no scheme")
            if scheme == "file":
                raise VcsError("file scheme disallowed")
        except GokilnError as err:
            raise VcsError(f"{url}: invalid repo root {go_quote(found.repo_root)}: {err}") from err


class MismatchError(VcsError):
    """No tag is for the import path."""


def match_import(imports: list[MetaImport], path: str) -> MetaImport:
    """The tag for an import path. Raises MismatchError when there is none, VcsError when there are several."""
    match: MetaImport | None = None
    mismatches = []
    for found in imports:
        if not has_path_prefix(path, found.prefix):
            mismatches.append(f"meta tag {found.prefix} did not match import path {path}")
        elif match is None:
            match = found
        elif match.vcs == "mod" and found.vcs != "mod":
            break  # the list begins with module proxies; one of them will do
        else:
            raise VcsError(f"multiple meta tags match import path {go_quote(path)}")
    if match is None:
        raise MismatchError(", ".join(mismatches))
    return match


def _page_url(path: str) -> GoUrl:
    """The page of an import path, without a scheme. Raises VcsError."""
    host, slash, rest = path.partition("/")
    if "." not in host:
        raise VcsError("import path does not begin with hostname")
    url = GoUrl("", host, slash + rest or "/")
    url.query = "go-get=1"
    return url
