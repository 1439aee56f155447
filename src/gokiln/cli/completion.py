"""`gokiln completion bash|zsh|fish`: a script that completes gokiln's command lines, and `go`'s if that is a shim.

The scripts are made of the table of commands and start nothing, but for the names of tools, which are asked for.
"""

from __future__ import annotations

from gokiln.cli.commandtable import COMMANDS, FLAGS, GROUPS, OWN, Command
from gokiln.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.cli.invocation import Invocation

USAGE = "gokiln completion bash|zsh|fish"
_VARIABLES = (
    "AR CC CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_ENABLED CGO_FFLAGS CGO_LDFLAGS CXX GO111MODULE GOAMD64 GOARCH"
    " GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GODEBUG GOENV GOEXE GOEXPERIMENT GOFIPS140 GOFLAGS GOGCCFLAGS"
    " GOHOSTARCH GOHOSTOS GOINSECURE GOMOD GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPRIVATE GOPROXY GOROOT"
    " GOSUMDB GOTELEMETRY GOTELEMETRYDIR GOTMPDIR GOTOOLCHAIN GOTOOLDIR GOVCS GOVERSION GOWORK PKG_CONFIG"
)
_SHELLS = "bash zsh fish"


def run(inv: Invocation) -> int:
    """Print the script; returns 0. Raises UsageError for another shell."""
    scripts = {"bash": bash, "zsh": zsh, "fish": fish}
    if len(inv.args) != 1 or inv.args[0] not in scripts:
        raise UsageError(f"usage: {USAGE}")
    inv.stdout.write(scripts[inv.args[0]]())
    return 0


def _top() -> list[tuple[str, str]]:
    """(word, what it is for) of everything that can come first, sorted."""
    words = {command.name: command.words for command in (*COMMANDS, *OWN) if " " not in command.name}
    words.update(GROUPS)
    words["help"] = "show help on a command or topic"
    return sorted(words.items())


def _below(group: str) -> list[tuple[str, str]]:
    return [(c.name.split(" ")[1], c.words) for c in COMMANDS if c.name.startswith(group + " ")]


def _choices(command: Command) -> str:
    """The words that a command's arguments are taken from, "" when they are files or packages."""
    if command.takes == "variables":
        return _VARIABLES
    if command.takes == "shells":
        return _SHELLS
    return ""


def _with_dash(names: Iterable[str]) -> str:
    return " ".join("-" + name for name in names)


def bash() -> str:
    """The script for bash."""
    cases = []
    for command in (*COMMANDS, *OWN):
        cases.append(f'    "{command.name}") flags="{_with_dash(command.flags)}"; takes="{command.takes}"')
        cases[-1] += f'; words="{_choices(command)}" ;;'
    values: dict[str, list[str]] = {}
    for name, (kind, _) in FLAGS.items():
        if kind and kind != "text":
            values.setdefault(kind, []).append("-" + name)
    wants = []
    for kind, names in values.items():
        reply = {"file": "-f", "dir": "-d"}.get(kind, f'-W "{kind}"')
        wants.append(f'    {"|".join(names)}) COMPREPLY=($(compgen {reply} -- "$cur")); return ;;')
    groups = "\n".join(
        f'    {group}) words="{" ".join(n for n, _ in _below(group))}"; name="{group} ${{COMP_WORDS[2]}}"; at=3 ;;'
        for group in GROUPS
    )
    top = " ".join(name for name, _ in _top())
    return f"""# Completion of gokiln for bash: source this file, or put it into bash-completion's directory.
_gokiln() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}"
  local name="${{COMP_WORDS[1]}}" at=2 words="" flags="" takes=""
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "{top}" -- "$cur")); return; fi
  case "$name" in
{groups}
    help) COMPREPLY=($(compgen -W "{top}" -- "$cur")); return ;;
  esac
  if [ "$COMP_CWORD" -lt "$at" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  words=""
  case "$prev" in
{chr(10).join(wants)}
  esac
  case "$name" in
{chr(10).join(cases)}
  esac
  if [ "${{cur:0:1}}" = "-" ]; then COMPREPLY=($(compgen -W "$flags" -- "$cur")); return; fi
  case "$takes" in
    packages) COMPREPLY=($(compgen -d -S / -- "$cur") $(compgen -G "$cur*.go")
      $(compgen -W "./... all std cmd" -- "$cur")) ;;
    tools) COMPREPLY=($(compgen -W "$("${{COMP_WORDS[0]}}" tool 2>/dev/null)" -- "$cur")) ;;
    dirs) COMPREPLY=($(compgen -d -- "$cur")) ;;
    files) COMPREPLY=($(compgen -f -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}}
complete -o nospace -F _gokiln gokiln
case "$(readlink -f "$(command -v go)" 2>/dev/null)" in *gokiln*) complete -o nospace -F _gokiln go ;; esac
"""


def _zsh_quote(text: str) -> str:
    return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def _zsh_flag(name: str) -> str:
    kind, words = FLAGS[name]
    spec = f"-{name}[{_zsh_quote(words)}]"
    if kind:
        action = {"file": "_files", "dir": "_files -/", "text": " "}.get(kind, f"({kind})")
        spec = f"-{name}=-[{_zsh_quote(words)}]:{name}:{action}"
    return f"'{spec}'"


def _zsh_takes(command: Command) -> str:
    actions = {
        "packages": '\'*:package:_alternative "dirs:directory:_files -/" "files:file:_files -g \\*.go"\'',
        "files": "'*:file:_files'",
        "dirs": "'*:directory:_files -/'",
        "tools": "'*:tool:($(${words[1]} tool 2>/dev/null))'",
    }
    if command.takes in actions:
        return actions[command.takes]
    choices = _choices(command)
    return f"'*:word:({choices})'" if choices else ""


def zsh() -> str:
    """The script for zsh."""

    def listing(name: str, rows: Iterable[tuple[str, str]]) -> str:
        lines = "\n".join(f"    '{_zsh_quote(word)}:{_zsh_quote(words)}'" for word, words in rows)
        return f"  {name}=(\n{lines}\n  )\n"

    cases = []
    for command in (*COMMANDS, *OWN):
        flags = " \\\n        ".join([*map(_zsh_flag, command.flags), _zsh_takes(command)]).rstrip(" \\\n")
        cases.append(f"    '{command.name}')\n      _arguments \\\n        {flags or ':'}\n      ;;")
    groups = "".join(listing(f"local -a {group}_commands; {group}_commands", _below(group)) for group in GROUPS)
    below = "\n".join(
        f"    {group}) if (( CURRENT == 3 )); then _describe command {group}_commands; return; fi\n"
        f'      name="{group} ${{words[3]}}"; shift 2 words; (( CURRENT -= 2 )) ;;'
        for group in GROUPS
    )
    return f"""#compdef gokiln
# Completion of gokiln for zsh: save as _gokiln in a directory of $fpath.
_gokiln() {{
  local name="${{words[2]}}"
{listing("local -a commands; commands", _top())}{groups}
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$name" in
    help) _describe command commands; return ;;
{below}
    *) shift words; (( CURRENT -= 1 )) ;;
  esac
  case "$name" in
{chr(10).join(cases)}
  esac
}}
_gokiln "$@"
"""


def _fish_quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish() -> str:
    """The script for fish."""
    out = [
        "# Completion of gokiln for fish: save as gokiln.fish in ~/.config/fish/completions.",
        "complete -c gokiln -f",
    ]
    for word, words in _top():
        out.append(f"complete -c gokiln -n __fish_use_subcommand -a {word} -d {_fish_quote(words)}")
    for group in GROUPS:
        names = " ".join(name for name, _ in _below(group))
        for word, words in _below(group):
            when = f"__fish_seen_subcommand_from {group}; and not __fish_seen_subcommand_from {names}"
            out.append(f"complete -c gokiln -n {_fish_quote(when)} -a {word} -d {_fish_quote(words)}")
    for command in (*COMMANDS, *OWN):
        when = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in command.name.split(" "))
        start = f"complete -c gokiln -n {_fish_quote(when)}"
        out += [_fish_flag(start, name) for name in command.flags]
        choices = _choices(command)
        if command.takes in ("packages", "files"):
            out.append(f"{start} -F")
        elif command.takes == "dirs":
            out.append(f"{start} -a '(__fish_complete_directories)'")
        elif command.takes == "tools":
            out.append(f"{start} -a '(gokiln tool 2>/dev/null)'")
        elif choices:
            out.append(f"{start} -a {_fish_quote(choices)}")
    return "\n".join(out) + "\n"


def _fish_flag(start: str, name: str) -> str:
    kind, words = FLAGS[name]
    line = f"{start} -o {name} -d {_fish_quote(words)}"
    if not kind:
        return line
    more = {"file": "-r -F", "dir": "-x -a '(__fish_complete_directories)'", "text": "-x"}
    return f"{line} {more.get(kind, f'-x -a {_fish_quote(kind)}')}"
