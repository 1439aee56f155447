"""Laws of the configuration's formats, for any input."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gokiln.base.flagset import FlagSet, parse_int
from gokiln.base.quoted import join, split
from gokiln.config import envfile
from gokiln.config.envvars import shell_quote
from gokiln.config.parallelism import parse_cpu_cgroup, parse_cpu_mount
from gokiln.errors import UsageError

WORDS = st.text(min_size=1).filter(lambda w: not ("'" in w and '"' in w))
KEYS = st.from_regex(r"\A[A-Z][A-Z0-9_]{0,8}\Z")
VALUES = st.text(alphabet=st.characters(blacklist_characters="\n\r\0", blacklist_categories=("Cs",)))


@given(st.lists(WORDS))
def test_split_undoes_join(words: list[str]) -> None:
    assert split(join(words)) == words


@given(st.text())
def test_split_gives_words_or_says_why(text: str) -> None:
    try:
        words = split(text)
    except ValueError as err:
        assert str(err) in ("unterminated ' string", 'unterminated " string')
        return
    assert sum(map(len, words)) <= len(text)


@given(st.integers(-(2**63), 2**63 - 1))
def test_parse_int_in_each_base(value: int) -> None:
    sign, size = ("-" if value < 0 else ""), abs(value)
    for text in (str(size), f"0x{size:x}", f"0b{size:b}", f"0o{size:o}", f"0{size:o}"):
        assert parse_int(sign + text) == value


@given(st.text())
def test_parse_int_gives_an_int_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(parse_int(text), int)
    except ValueError as err:
        assert str(err) in ("parse error", "value out of range")


@given(
    st.lists(st.sampled_from(["-a", "-a=0", "-o", "-o=x", "--", "-", "x", "-zz", "-p=3", "---", "-=", ""]) | st.text())
)
def test_parse_consumes_flags_only(args: list[str]) -> None:
    class Values:
        a = False
        o = ""
        p = 1

    flags, values = FlagSet("go x [y]"), Values()
    flags.bool("a", values, "a")
    flags.string("o", values, "o")
    flags.int("p", values, "p")
    try:
        rest = flags.parse(args)
    except UsageError as err:
        assert str(err).endswith("usage: go x [y]\nRun 'go help x' for details.")
        return
    assert args[len(args) - len(rest) :] == rest
    used = args[: len(args) - len(rest)]
    assert not rest or used[-1:] == ["--"] or len(rest[0]) < 2 or not rest[0].startswith("-")


@given(st.dictionaries(KEYS, VALUES), st.text())
def test_edited_settings_are_read_back(add: dict[str, str], text: str) -> None:
    after = envfile.edit(text, add, [])
    read = envfile.parse(after.encode("utf-8", "surrogatepass"))
    for key, value in add.items():
        assert read[key] == value
    assert envfile.edit(after, {}, []) == after


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_removed_settings_are_gone(settings: dict[str, str]) -> None:
    text = envfile.edit("# head\n", settings, [])
    gone = sorted(settings)[0]
    assert gone not in envfile.parse(envfile.edit(text, {}, [gone]).encode())


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")))
def test_shell_quote_is_one_word_to_a_shell(text: str) -> None:
    import shlex

    assert shlex.split(shell_quote(text)) == [text]


@given(st.text(), st.text(), st.text(), st.sampled_from([1, 2]))
def test_control_group_files_never_break_us(groups: str, mounts: str, path: str, version: int) -> None:
    parse_cpu_cgroup(groups)
    parse_cpu_mount(mounts, path, version)
