"""gokiln's own test options: `-gokiln.<name>`, or keys of GOKILN and gokiln.toml.

They are taken out of the command line before anything else sees it, so they never reach a test program, and no test
program's flag is ever taken for one. What stands after -args is not looked at.
"""

from __future__ import annotations

from gokiln.base.flagset import parse_bool
from gokiln.base.quote import go_quote
from gokiln.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gokiln.config.settings import Setting

PREFIX = "-gokiln."
_BOOLS = ("explain", "testcontent", "watch")
_STRINGS = ("coverhtml", "junit", "summary")
_DEFAULT_RERUNS = 2


class Options:
    """explain: say why each package ran. junit: file for a report. rerun_fails: how often failed tests get another
    chance. watch: run again when a file changes. coverhtml: directory for pages. testcontent: files that a test looks
    at count by content. summary: file for a table of the results in Markdown. unknown: settings that nobody knows.
    """

    __slots__ = ("coverhtml", "explain", "junit", "rerun_fails", "summary", "testcontent", "unknown", "watch")

    def __init__(self) -> None:
        self.explain = False
        self.testcontent = False
        self.watch = False
        self.coverhtml = ""
        self.junit = ""
        self.summary = ""
        self.rerun_fails = 0
        self.unknown: list[str] = []

    def set(self, name: str, value: str | None) -> None:
        """Set an option. value: None when none was given. Raises ValueError, KeyError for an unknown name."""
        if name in _BOOLS:
            setattr(self, name, True if value is None else parse_bool(value))
        elif name == "rerun-fails":
            self.rerun_fails = _DEFAULT_RERUNS if value is None else _count(value)
        elif name in _STRINGS:
            if not value:
                raise ValueError("a file name is wanted")
            setattr(self, name, value)
        else:
            raise KeyError(name)

    def set_from(self, settings: Mapping[str, Setting]) -> None:
        """Take over GOKILN's and gokiln.toml's keys: True is an option without a value. Raises UsageError."""
        for name, value in settings.items():
            if value is False and name in _STRINGS:
                continue
            text = value if isinstance(value, str) else None if value else "false"
            try:
                self.set(name, text)
            except KeyError:
                self.unknown.append(name)
            except ValueError as err:
                given = f"invalid value {go_quote(text)}: " if text is not None else ""
                raise UsageError(f"gokiln: setting {name}: {given}{err}") from None

    @property
    def wants_every_test(self) -> bool:
        """Whether results of single tests that pass are needed, which only -v tells."""
        return bool(self.junit)


def _count(text: str) -> int:
    if text in ("true", "false"):
        return _DEFAULT_RERUNS if text == "true" else 0
    if not text.isascii() or not text.isdigit():
        raise ValueError("parse error")
    return int(text)


def take_options(args: Sequence[str], settings: Mapping[str, Setting]) -> tuple[Options, list[str]]:
    """The options, and the command line without them.

    settings: keys of GOKILN and gokiln.toml. Raises UsageError.
    """
    options = Options()
    options.set_from(settings)
    rest: list[str] = []
    words = list(args)
    while words:
        word = words.pop(0)
        if word in ("-args", "--args", "--"):
            rest += [word, *words]
            break
        flag = word[1:] if word.startswith("--") else word
        if not flag.startswith(PREFIX):
            rest.append(word)
            continue
        name, equals, text = flag[len(PREFIX) :].partition("=")
        value_given: str | None = text if equals else None
        if not equals and name in _STRINGS and words:
            value_given = words.pop(0)
        try:
            options.set(name, value_given)
        except KeyError:
            raise UsageError(f"flag provided but not defined: {PREFIX}{name}") from None
        except ValueError as err:
            shown = go_quote(value_given or "")
            raise UsageError(f"invalid value {shown} for flag {PREFIX}{name}: {err}") from None
    return options, rest
