"""What the results of all tests of a command have in common: the store, how old they may be, what arguments they have.

Source: runCache.tryCacheWithID (which arguments a result may have) in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

from gokiln.cache.inputhash import InputHash
from gokiln.events import Text
from gokiln.gotest.inputs import InputReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.cache.store import Store
    from gokiln.gotest.state import Session

_CACHEABLE = frozenset(
    "-test." + name for name in "benchtime cpu list parallel run short skip timeout failfast v fullpath".split()
)
_IGNORED = frozenset(("-test.coverprofile", "-test.outputdir"))


def cacheable_args(args: Sequence[str]) -> tuple[list[str], str]:
    """(the arguments that name a result, the first one with which nothing is cached or "")."""
    out: list[str] = []
    for arg in args:
        name, equals, _ = arg.partition("=")
        if not equals or (name not in _CACHEABLE and name not in _IGNORED):
            return [], arg
        if name in _CACHEABLE:
            out.append(arg)
    return out, ""


class ResultStore:
    """What the results of all tests of one command have in common.

    expiry: results older than this moment (Unix ns) do not count. debug: GODEBUG=gocachetest=1.
    """

    def __init__(self, session: Session, expiry: int, content: bool) -> None:
        builder, config = session.builder, session.config
        self.session = session
        self.store: Store = builder.store
        self.salt = builder.facts.salt
        self.trace = builder.trace
        self.expiry = expiry
        settings = config.env.environ.get("GODEBUG", "").split(",")
        self.debug = "gocachetest=1" in settings
        self.reader = InputReader(config.child_environ(), self.salt, self.trace, content=content)
        self.args, self.bad_arg = cacheable_args(session.flags.test_args)

    def new_hash(self, name: str) -> InputHash:
        """An empty salted hash."""
        return InputHash(self.salt, name, self.trace)

    def tell(self, text: str) -> None:
        """A line of GODEBUG=gocachetest=1."""
        if self.debug:
            self.session.config.sink.tell(Text(f"testcache: {text}\n"))
