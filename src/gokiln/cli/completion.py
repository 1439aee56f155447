"""`gokiln completion bash|zsh|fish`: a script that completes gokiln's command lines, and `go`'s if that is a shim.

The scripts are made of the table of commands and start nothing, but for the names of tools, which are asked for.
"""

from __future__ import annotations

from gokiln.cli.commandtable import COMMANDS, OWN_COMMANDS, OWN_TOPICS, TOPICS, Table
from gokiln.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.cli.commandtable import Flag, Page
    from gokiln.cli.invocation import Invocation

USAGE = "gokiln completion bash|zsh|fish"
_CHOICES = {"shells": "bash zsh fish", "modes": "off local on"}
_PATTERNS = "./... all std cmd"


def run(inv: Invocation) -> int:
    """Print the script; returns 0. Raises UsageError for another shell."""
    from gokiln.cli.help import release_in_use

    scripts = {"bash": bash, "zsh": zsh, "fish": fish}
    if len(inv.args) != 1 or inv.args[0] not in scripts:
        raise UsageError(f"usage: {USAGE}")
    inv.stdout.write(scripts[inv.args[0]](Table(release_in_use(inv))))
    return 0


def _leaves(table: Table) -> list[Page]:
    """Every command that runs: not the groups."""
    return [page for page in table.pages((*COMMANDS, *OWN_COMMANDS)) if page.kind != "group"]


def _groups(table: Table) -> list[Page]:
    return [page for page in table.pages(COMMANDS) if page.kind == "group"]


def _top(table: Table) -> list[tuple[str, str]]:
    """(word, what it is for) of everything that can come first, sorted."""
    words = {page.name: page.short for page in table.pages((*COMMANDS, *OWN_COMMANDS)) if " " not in page.name}
    words["help"] = "show help on a command or topic"
    return sorted(words.items())


def _helped(table: Table) -> list[tuple[str, str]]:
    """(word, what it is about) of everything that can follow `help`."""
    pages = table.pages((*TOPICS, *OWN_TOPICS))
    return sorted([row for row in _top(table) if row[0] != "help"] + [(page.name, page.short) for page in pages])


def _below(table: Table, group: str) -> list[tuple[str, str]]:
    return [(page.name.split(" ")[1], page.short) for page in table.below(group)]


def _choices(table: Table, page: Page) -> str:
    """The words that a command's arguments are taken from, "" when they are files or packages."""
    return " ".join(table.variables()) if page.takes == "variables" else _CHOICES.get(page.takes, "")


def _words(names: Iterable[str]) -> str:
    return " ".join(names)


def _bash_case(table: Table, page: Page) -> str:
    flags = table.all_flags(page)
    kinds: dict[str, list[str]] = {"file": [], "dir": [], "any": []}
    for flag in flags:
        if not flag.is_bool:
            kinds[flag.kind if flag.kind in kinds else "any"].append("-" + flag.name)
    lists = "; ".join(f'{name}=" {_words(names)} "' for name, names in kinds.items())
    return (
        f'    "{page.name}") flags="{_words("-" + flag.name for flag in flags)}"; {lists}\n'
        f'      takes="{page.takes}"; words="{_choices(table, page)}" ;;'
    )


def _bash_values(table: Table) -> str:
    """The lines of a case that gives the words a flag's value is taken from."""
    values: dict[str, dict[str, None]] = {}
    for page in _leaves(table):
        for flag in table.all_flags(page):
            values.setdefault(flag.name, {}).update(dict.fromkeys(flag.choices))
    return "\n".join(
        f'    -{name}) COMPREPLY=($(compgen -W "{_words(words)}" -- "$cur")) ;;'
        for name, words in sorted(values.items())
        if words
    )


# @word@ stands for what bash() fills in.
_BASH = """# Completion of gokiln for bash: source this file, or put it into bash-completion's directory.
_gokiln_value() {  # what can follow the flag $1; false if it takes nothing as a word of its own
  case "$1" in
@values@
  esac
  case "$file" in *" $1 "*) COMPREPLY+=($(compgen -f -- "$cur")); return 0 ;; esac
  case "$dir" in *" $1 "*) COMPREPLY=($(compgen -d -- "$cur")); return 0 ;; esac
  case "$any" in *" $1 "*) return 0 ;; esac
  [ -n "$attached" ]
}
_gokiln_help() {
  local words="@help_words@"
  if [ "$COMP_CWORD" -gt 3 ]; then return; fi
  if [ "$COMP_CWORD" -eq 3 ]; then
    case "${COMP_WORDS[2]}" in
@help_cases@
    *) return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_gokiln() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" attached=""
  local name="${COMP_WORDS[1]}" at=2 words="" flags="" takes="" file="" dir="" any=""
  COMPREPLY=()
  if [ "$cur" = "=" ]; then
    cur="" attached=1
  elif [ "$prev" = "=" ] && [ "$COMP_CWORD" -gt 2 ]; then
    prev="${COMP_WORDS[COMP_CWORD-2]}" attached=1
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "@top_words@" -- "$cur"))
    return
  fi
  case "$name" in
@group_cases@
    help) _gokiln_help; return ;;
  esac
  if [ "$COMP_CWORD" -lt "$at" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  words=""
  case "$name" in
@command_cases@
  esac
  if [ -n "$attached" ] || [[ "$file$dir$any" == *" $prev "* ]]; then
    if _gokiln_value "$prev"; then return; fi
  fi
  if [ "${cur:0:1}" = "-" ]; then COMPREPLY=($(compgen -W "$flags" -- "$cur")); return; fi
  case "$takes" in
    packages) COMPREPLY=($(compgen -d -S / -- "$cur") $(compgen -G "$cur*.go")
      $(compgen -W "@patterns@" -- "$cur")) ;;
    tools) COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" tool 2>/dev/null)" -- "$cur")) ;;
    dirs) COMPREPLY=($(compgen -d -- "$cur")) ;;
    files) COMPREPLY=($(compgen -f -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -o nospace -F _gokiln gokiln
case "$(readlink -f "$(command -v go)" 2>/dev/null)" in *gokiln*) complete -o nospace -F _gokiln go ;; esac
"""


def bash(table: Table) -> str:
    """The script for bash."""
    groups = [(group.name, _words(name for name, _ in _below(table, group.name))) for group in _groups(table)]
    parts = {
        "values": _bash_values(table),
        "help_words": _words(name for name, _ in _helped(table)),
        "help_cases": "\n".join(f'    {name}) words="{words}" ;;' for name, words in groups),
        "top_words": _words(name for name, _ in _top(table)),
        "group_cases": "\n".join(
            f'    {name}) words="{words}"; at=3\n      name="{name} ${{COMP_WORDS[2]}}" ;;' for name, words in groups
        ),
        "command_cases": "\n".join(_bash_case(table, page) for page in _leaves(table)),
        "patterns": _PATTERNS,
    }
    script = _BASH
    for name, text in parts.items():
        script = script.replace(f"@{name}@", text)
    return script


def _zsh_quote(text: str) -> str:
    return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def _zsh_flag(flag: Flag) -> list[str]:
    """The words for _arguments. A value that can only be attached makes two: with it and without."""
    said = _zsh_quote(flag.short)
    action = {"file": "_files", "dir": "_files -/"}.get(flag.kind, f"({_words(flag.choices)})" if flag.choices else " ")
    if not flag.value:
        return [f"'-{flag.name}[{said}]'"]
    label = _zsh_quote(flag.value.split(" ")[0].strip("'"))
    if flag.optional:
        return [f"'-{flag.name}[{said}]'", f"'-{flag.name}=-[{said}]:{label}:{action}'"]
    return [f"'-{flag.name}=[{said}]:{label}:{action}'"]


def _zsh_takes(table: Table, page: Page) -> str:
    actions = {
        "packages": '\'*:package:_alternative "dirs:directory:_files -/" "files:file:_files -g \\*.go"'
        f' "patterns:pattern:({_PATTERNS})"\'',
        "files": "'*:file:_files'",
        "dirs": "'*:directory:_files -/'",
        "tools": "'*:tool:($(_call_program tools ${words[1]} tool))'",
    }
    choices = _choices(table, page)
    return actions.get(page.takes, f"'*:word:({choices})'" if choices else "")


def _zsh_list(name: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "\n".join(f"    '{_zsh_quote(word)}:{_zsh_quote(words)}'" for word, words in rows)
    return f"  local -a {name}; {name}=(\n{lines}\n  )\n"


def zsh(table: Table) -> str:
    """The script for zsh."""
    cases = []
    for page in _leaves(table):
        flags = [spec for flag in table.all_flags(page) for spec in _zsh_flag(flag)]
        specs = " \\\n        ".join(word for word in (*flags, _zsh_takes(table, page)) if word)
        cases.append(f"    '{page.name}')\n      _arguments \\\n        {specs or ':'}\n      ;;")
    groups = [group.name for group in _groups(table)]
    lists = "".join(_zsh_list(f"{group}_commands", _below(table, group)) for group in groups)
    below = "\n".join(
        f"    {group}) if (( CURRENT == 3 )); then _describe command {group}_commands; return; fi\n"
        f'      name="{group} ${{words[3]}}"; words=("${{words[1]}}" "${{(@)words[4,-1]}}"); (( CURRENT -= 2 )) ;;'
        for group in groups
    )
    helped = " ".join(f"{group}) _describe command {group}_commands ;;" for group in groups)
    return f"""#compdef gokiln
# Completion of gokiln for zsh: save as _gokiln in a directory of $fpath.
_gokiln() {{
  local name="${{words[2]}}"
{_zsh_list("commands", _top(table))}{_zsh_list("topics", _helped(table))}{lists}
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$name" in
    help) if (( CURRENT == 3 )); then _describe topic topics; return; fi
      case "${{words[3]}}" in {helped} esac; return ;;
{below}
    *) words=("${{words[1]}}" "${{(@)words[3,-1]}}"); (( CURRENT -= 1 )) ;;
  esac
  case "$name" in
{chr(10).join(cases)}
  esac
}}
if [ "$funcstack[1]" = "_gokiln" ]; then _gokiln "$@"; else compdef _gokiln gokiln; fi
"""


def _fish_quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(table: Table) -> str:
    """The script for fish."""
    out = [
        "# Completion of gokiln for fish: save as gokiln.fish in ~/.config/fish/completions.",
        "function __gokiln_at --description 'Whether the command line begins with these words'",
        "    set -l words (commandline -opc)",
        '    string match -q -- "$argv *" "$words[2..-1] "',
        "end",
        "function __gokiln_bare --description 'Whether these words are all there is'",
        '    set -l words (commandline -opc); test "$words[2..-1]" = "$argv"',
        "end",
        "complete -c gokiln -f",
    ]
    out += [_fish_word("test (count (commandline -opc)) -eq 1", *row) for row in _top(table)]
    out += [_fish_word("__gokiln_bare help", *row) for row in _helped(table)]
    for group in _groups(table):
        for before in (group.name, f"help {group.name}"):
            out += [_fish_word(f"__gokiln_bare {before}", *row) for row in _below(table, group.name)]
    for page in _leaves(table):
        start = f"complete -c gokiln -n '__gokiln_at {page.name}'"
        out += [_fish_flag(start, flag) for flag in table.all_flags(page)]
        choices = _choices(table, page)
        if page.takes == "packages":
            out.append(f"{start} -F -a {_fish_quote(_PATTERNS)}")
        elif page.takes == "files":
            out.append(f"{start} -F")
        elif page.takes == "dirs":
            out.append(f"{start} -a '(__fish_complete_directories)'")
        elif page.takes == "tools":
            out.append(f"{start} -a '(gokiln tool 2>/dev/null)'")
        elif choices:
            out.append(f"{start} -a {_fish_quote(choices)}")
    return "\n".join(out) + "\n"


def _fish_word(when: str, word: str, said: str) -> str:
    return f"complete -c gokiln -n {_fish_quote(when)} -a {word} -d {_fish_quote(said)}"


def _fish_flag(start: str, flag: Flag) -> str:
    line = f"{start} -o {flag.name} -d {_fish_quote(flag.short)}"
    if flag.is_bool:
        return line
    choices = f" -a {_fish_quote(_words(flag.choices))}" if flag.choices else ""
    more = {"file": "-r -F", "dir": "-x -a '(__fish_complete_directories)'"}
    return f"{line} {more.get(flag.kind, '-x' + choices)}"
