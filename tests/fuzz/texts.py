"""Targets that read text: module files, settings, Go sources' heads, messages and logs."""

from __future__ import annotations

import io

from gokiln.base import quoted
from gokiln.base.flagset import FlagSet
from gokiln.base.overlaydisk import OverlayDisk, OverlayError
from gokiln.base.pattern import match_pattern, match_prefix_patterns
from gokiln.base.quote import unquote
from gokiln.cache.progwire import ProtocolError, ValueReader, decode_response
from gokiln.config import envfile
from gokiln.config.goflags import parse_goflags
from gokiln.config.perpackage import PerPackageFlag
from gokiln.config.settings import parse_variable
from gokiln.errors import GokilnError
from gokiln.golang import constraint, duration, goregexp, gover, modpath, pseudo, semver
from gokiln.golang.buildinfo import parse_build_info
from gokiln.golang.cgodirective import CgoError, CgoFlags, save_cgo
from gokiln.golang.doctext import synopsis
from gokiln.golang.embedpat import parse_go_embed
from gokiln.golang.filename import name_tags
from gokiln.golang.source import read_comments, read_go_info
from gokiln.golang.template.engine import Template
from gokiln.golang.template.tokens import TemplateError
from gokiln.golang.testfuncs import read_tests
from gokiln.gotest.coverhtml import index_page, read_profile, source_page
from gokiln.gotest.inputs import InputReader, TestInputsError
from gokiln.gotest.test2json import Converter
from gokiln.modules.fetch.authprograms import parse_git_answer, parse_program_answer
from gokiln.modules.fetch.errors import NotExistError
from gokiln.modules.fetch.gosum import read_go_sum
from gokiln.modules.fetch.goturl import GoUrl
from gokiln.modules.fetch.goturl import parse as parse_url
from gokiln.modules.fetch.netrc import parse_netrc
from gokiln.modules.fetch.proxy import ProxyRepo
from gokiln.modules.fetch.revinfo import decode_info
from gokiln.modules.fetch.vcs.htmlhead import parse_meta_imports
from gokiln.modules.fetch.vcs.policy import parse_govcs
from gokiln.modules.modfile import fastparse, rule, work
from gokiln.modules.modfile.parser import module_path, parse_syntax
from gokiln.modules.modfile.printer import format_syntax
from gokiln.modules.modfile.vendor_modules import parse_vendor_modules
from gokiln.packages.embed import resolve_embed
from gokiln.packages.error import EmbedError
from gokiln.tools.cc import compiler_proper, version_line
from gokiln.tools.pkgconfig import split_arguments, split_output
from gokiln.tools.security import InvalidFlagError
from tests.fuzz.engine import Target, words
from tests.unit.packages.test_embed import DISK


def text(data: bytes) -> str:
    """As gokiln decodes what it reads."""
    return data.decode("utf-8", "surrogateescape")


GO_MOD = [
    b"module example.com/m\n\ngo 1.24\n\ntoolchain go1.26.8\n\nrequire (\n\texample.com/a v1.2.3 // indirect\n"
    b"\texample.com/b/v2 v2.0.0-20240102030405-abcdef123456\n)\n",
    b"replace example.com/a v1.0.0 => ../a\nexclude example.com/a v1.1.0\nretract [v1.0.0, v1.1.0] // why\n"
    b'tool example.com/a/cmd\nignore ./x\ngodebug default=go1.21\nmodule "x.y/z"\n',
    b"go 1.24\nuse (\n\t./a\n\t../b // c\n)\nreplace x.y/z => ./q\n",
    b"// Deprecated: no\nmodule `x.y/z`\nrequire x.y/a v1\n\xef\xbb\xbf(\r\n)\r\n/* */ \\\n",
]
GO_MOD_WORDS = words(
    'module require ) replace => retract go use tool // v1.2.3 v2.0.0+incompatible x.y/z ( [ , " ` /* '
    "v0.0.0-20240102030405-abcdef123456 godebug ignore toolchain \\",
    b"require (\n",
    b"// indirect",
    b"\r\n",
    b"\xc2\xa0",
    b"\x00",
)


def go_mod(data: bytes) -> None:
    """All readers, and printing what was read."""
    for parse in (rule.parse, rule.parse_lax, fastparse.parse_summary):
        try:
            parse("go.mod", data)
        except GokilnError:
            continue
    module_path(data)
    once = format_syntax(parse_syntax("go.mod", data))
    assert format_syntax(parse_syntax("go.mod", once)) == once


def sums(data: bytes) -> None:
    """go.sum."""
    read_go_sum({}, "go.sum", data, lax=True)


def build_constraint(data: bytes) -> None:
    """One line, as it is and as a part of a file."""
    line = text(data)
    for start in ("//go:build ", "// +build ", ""):
        try:
            expr = constraint.parse(start + line)
        except constraint.ConstraintError:
            continue
        expr.eval({"linux", "cgo"}.__contains__)
        assert constraint.parse("//go:build " + str(expr)) is not None
    read_comments(b"//go:build " + data + b"\n\npackage p\n")
    constraint.match_auto(line.replace("\n", " "), lambda tag: True)
    name_tags(line)


def go_source(data: bytes) -> None:
    """The head of a Go file, its tests, what stands before the code of another language."""
    info = read_go_info("f.go", data)
    assert info is not None
    read_comments(data)


def test_source(data: bytes) -> None:
    """The functions of a test file."""
    read_tests("f_test.go", data)


def cgo_lines(data: bytes) -> None:
    """`#cgo` lines."""
    save_cgo(CgoFlags(), "f.go", "/a dir/$x", text(data), lambda tag: tag != "windows")


def flags(data: bytes) -> None:
    """GOFLAGS, per-package flags, a command line."""
    line = text(data)
    for work_ in (
        lambda: quoted.split(line),
        lambda: parse_goflags(line, 26),
        lambda: PerPackageFlag("/m").set(line),
        lambda: FlagSet("go build").parse(line.split(" ")),
        lambda: parse_govcs(line),
        lambda: parse_variable(line),
        lambda: split_arguments(line.split(" ")),
        lambda: split_output(line),
        lambda: compiler_proper(" " + line),
        lambda: version_line(line),
        lambda: goregexp.compile_go(line[:200]),
        lambda: duration.parse_duration(line),
        lambda: unquote(line),
    ):
        try:
            work_()
        except (GokilnError, ValueError):
            continue


def env_file(data: bytes) -> None:
    """The file of `go env -w`."""
    settings = envfile.parse(data)
    edited = envfile.edit(text(data), {"GOFLAGS": "-x"}, ["CC"])
    assert envfile.parse(edited.encode("utf-8", "surrogateescape")).get("GOFLAGS") == "-x" or "GOFLAGS" in settings


PACKAGE = {"Name": "p", "Imports": ["a", "b"], "N": 3, "Map": {"k": "v"}, "None": None, "Yes": True}


def template(data: bytes) -> None:
    """`list -f`: parsing, and running over something like a package."""
    shown: list[str] = []

    def write(piece: str) -> None:
        shown.append(piece)
        if sum(map(len, shown)) > 1 << 20:
            raise TemplateError("long enough")

    Template("main", text(data)).execute(PACKAGE, write)


def versions(data: bytes) -> None:
    """Everything that takes apart module paths and versions."""
    line = text(data)
    path, _, version = line.partition("@")
    semver.canonical(version), semver.key(version), semver.is_valid(version)
    gover.is_valid(version), gover.lang(version), gover.compare(version, path), gover.from_toolchain(line)
    modpath.split_path_version(path), modpath.canonical_version(version), modpath.match_path_major(version, path)
    pseudo.is_pseudo_version(version)
    for work_ in (
        lambda: modpath.check(path, version),
        lambda: modpath.check_import_path(path),
        lambda: modpath.check_file_path(path),
        lambda: modpath.unescape_path(modpath.escape_path(path)),
        lambda: modpath.unescape_version(version),
        lambda: pseudo.pseudo_version_time(version),
        lambda: pseudo.pseudo_version_base(version),
    ):
        try:
            work_()
        except GokilnError:
            continue


def patterns(data: bytes) -> None:
    """Package patterns, GOPRIVATE's, GOFLAGS' in front of `=`."""
    pattern, _, name = text(data).partition("\n")
    match_pattern(pattern)(name)
    match_prefix_patterns(pattern, name)


def helper_lines(data: bytes) -> None:
    """What a GOCACHEPROG helper writes, in pieces."""
    stream = io.BytesIO(data)
    reader = ValueReader(lambda: stream.read(7), limit=1 << 16)
    while True:
        decode_response(reader.next())


def test_output(data: bytes) -> None:
    """test2json; no byte of a line may be lost."""
    events: list[object] = []
    converter = Converter(events.append)
    for at in range(0, len(data), 1000):
        converter.write(data[at : at + 1000])
    converter.exited(True)
    converter.close()


def coverage(data: bytes) -> None:
    """A coverage profile, and the pages made of it."""
    profile = read_profile(text(data))
    index_page(profile)
    for name, blocks in list(profile.items())[:20]:
        source_page(name, b"package p\n\nfunc F() {\n}\n", blocks)


def test_log(data: bytes) -> None:
    """What a test says that it has looked at. root: below nothing, so that no file is touched."""
    InputReader({"A": "b"}, "salt").read(data, "/nowhere/p", "/nowhere")


def credentials(data: bytes) -> None:
    """netrc, the answers of GOAUTH's programs, URLs, pages with meta tags, GOVCS."""
    line = text(data)
    parse_netrc(line)
    parse_git_answer(data)
    for work_ in (lambda: parse_program_answer(line), lambda: parse_url(line).redacted()):
        try:
            work_()
        except GokilnError:
            continue


def embed_patterns(data: bytes) -> None:
    """`//go:embed` patterns over a few files, a pattern a line; whatever matches is a file below the package."""
    for pattern in text(data).split("\n")[:20]:
        try:
            files, _ = resolve_embed(DISK, "/p", [pattern])
        except EmbedError:
            continue
        assert set(files) <= {"a.txt", "b.txt", "d/x", "d/.hidden", "d/_under", "d/sub/y", "empty/.only"}, files


class Answers:
    """Stands for a client of HTTP that gets the same bytes for every question but one."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def get_bytes(self, url: GoUrl, limit: int = 0) -> bytes:
        """The bytes; nothing for @latest."""
        if url.path.endswith("@latest"):
            raise NotExistError("no latest")
        return self.data


def proxy_answers(data: bytes) -> None:
    """@v/list and .info of a proxy."""
    for work_ in (
        lambda repo: repo.versions("v1"),
        lambda repo: repo.latest(),
        lambda repo: repo.stat("v1.0.0"),
        lambda repo: repo.stat("main"),
    ):
        try:
            work_(ProxyRepo("https://a.b", "x.y/z", Answers(data)))  # type: ignore[arg-type, no-untyped-call]
        except GokilnError:
            continue


GO_SOURCE = [
    b'// Package p is one. Really.\npackage p // import "x.y/p"\n\nimport (\n\t"fmt"\n\t_ "embed"\n\t. `os`\n)\n\n'
    b'//go:embed a.txt "b c" all:d\nvar f embed.FS\n',
    b'//go:build linux && (amd64 || !cgo)\n// +build linux\n\n/*\n#cgo LDFLAGS: -lm\n*/\nimport "C"\n',
    b'\xef\xbb\xbfpackage p; import "C"; import x "y/z"; //line x.go:3:4\n//go:debug panicnil=1\nfunc main() {}\n',
    b"package p\n\nfunc TestA(t *testing.T) {}\nfunc Example() {\n"
    b"\t// Unordered output:\n\t// x\n}\nfunc FuzzB(f *F) {}\n",
]
GO_WORDS = words(
    'package import ) "fmt" "C" ` " /* */ // //go:build //go:embed //line func Test { } \\ \' 0x1p _ . ; ... [ ]',
    b"import (\n",
    b"// +build ",
    b"\r",
    b"\x00",
    b"\xef\xbb\xbf",
    b"(t *testing.T)",
    b"// Output:\n",
    b"#cgo CFLAGS: ",
)
BUILD_WORDS = words("&& || ! ( ) linux go1.21 , unix _test.go _linux_amd64.go")

TARGETS = {
    "go.mod": Target(go_mod, GO_MOD, (GokilnError,), GO_MOD_WORDS),
    "go.work": Target(lambda d: work.parse_work("go.work", d), GO_MOD, (GokilnError,), GO_MOD_WORDS),
    "go.sum": Target(
        sums,
        [
            b"x.y/z v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx.y/z v1.0.0/go.mod h1:AAAA\n",
            b"<<<<<<< HEAD\n",
        ],
        (GokilnError,),
        words("h1: /go.mod v1.0.0", b"\r\n"),
    ),
    "vendor/modules.txt": Target(
        lambda d: parse_vendor_modules(d, "1.26.8", "vendor/modules.txt"),
        [b"# x.y/z v1.0.0 => ../z\n## explicit; go 1.24\nx.y/z/p\n# x.y/w v1.0.0\nx.y/w\n## workspace\n"],
        (GokilnError,),
        words("# => v1.0.0 x.y/z", b"## explicit", b"; go 1.99"),
    ),
    "build constraint": Target(
        build_constraint, [b"linux && (amd64 || !cgo)", b"a,!b c", b"go1.21 && unix"], (), BUILD_WORDS
    ),
    "Go file": Target(go_source, GO_SOURCE, (), GO_WORDS),
    "test file": Target(test_source, GO_SOURCE, (), GO_WORDS),
    "embed comment": Target(
        lambda d: parse_go_embed("//go:embed " + text(d)),
        [b'a "b c" `d` all:e', b"*.txt dir/..."],
        (),
        words('" ` \\x'),
    ),
    "embed patterns": Target(
        embed_patterns,
        [b"*.txt\nall:d\nd/*/y\n[a-z].txt\nd/.hidden"],
        (),
        words("* ? [ ] - ^ / .. all: \\\\ . d link .git"),
    ),
    "proxy answers": Target(
        proxy_answers,
        [
            b"v1.0.0\nv1.1.0 2020-01-02T03:04:05Z\nv0.0.0-20200102030405-abcdef123456\n",
            b'{"Version":"v1.0.0","Time":"2020-01-02T03:04:05Z"}',
        ],
        (),
        words('v1 - + 2020-01-02T03:04:05Z { } "Version": "Time": null', b"\r\n"),
    ),
    "cgo lines": Target(
        cgo_lines,
        [b"#cgo LDFLAGS: -lm -L${SRCDIR}/x\n#cgo linux,!arm CFLAGS: '-DX=a b' \"y\"\n#cgo pkg-config: gtk --static\n"],
        (CgoError,),
        words("#cgo CFLAGS: pkg-config: ${SRCDIR} ' \" \\ noescape nocallback $ :"),
    ),
    "doc comment": Target(
        lambda d: synopsis(text(d)),
        [b"Package p sorts. It is [a link] and `code`.\n\n# Heading\n\n - a list\n\n[x]: https://x.y\n"],
        (),
        words("[ ] ` '' . # - Copyright", b"\t"),
    ),
    "flags": Target(
        flags,
        [
            b"-p=4 '-ldflags=-X a=b' \"-x\"",
            b"all=-N -l",
            b"a/...=-l",
            b"github:git,*:off",
            b"1h2m3.5s",
            b'-I/x "a b" c\\ d',
        ],
        (InvalidFlagError,),
        words("' \" = - all= ... , : \\ * (?i) {1000} ( ) [ ] +"),
    ),
    "env file": Target(env_file, [b"GOFLAGS=-p=1\nGOPROXY=off\n# c\nCC=gcc\n", b"A=b\r\n=\n"], (), words("= #", b"\r")),
    "list -f": Target(
        template,
        [
            b'{{.Name}}{{range $i, $e := .Imports}}{{$i}}{{- $e -}}{{else}}x{{end}}{{join .Imports ","}}',
            b'{{with $x := .Map}}{{index $x "k"}}{{end}}'
            b'{{if and (eq .N 3) .Yes}}{{printf "%v %q %5d" .N .Name .N}}{{end}}',
            b'{{define "t"}}{{.}}{{template "t" .}}{{end}}{{block "b" .N}}{{len .}}{{end}}{{/* c */}}'
            b'{{html "<"}}{{slice .Name 0 1}}',
        ],
        (TemplateError,),
        words(
            "{{ }} {{end}} {{if | printf %v %*d %[1]d ( ) $x := . .Name \" ` index 1e9 0x 'a' nil "
            "not break %99999999d {{with call %.99999999f slice {{- -}}",
            b"{{range .Imports}}",
            b"{{else if ",
            b'{{template "t"}}',
        ),
    ),
    "versions": Target(
        versions,
        [
            b"x.y/z/v2@v2.0.0-20240102030405-abcdef123456",
            b"gopkg.in/a.v1@v1.2.3-rc.1+meta",
            b"go1.26rc1@1.26.8",
            b"!a/b@v1",
        ],
        (),
        words("v . - +incompatible @ /v2 0.20240102030405-abcdef123456 9999999999999999 rc1 !"),
    ),
    "patterns": Target(
        patterns, [b"./...\n./a/b", b"a/.../b,*.x\na/vendor/b", b"[a-c]*?\nb"], (), words("... * [ ] ? / , vendor \\")
    ),
    ".info": Target(
        decode_info,
        [
            b'{"Version":"v1.0.0","Time":"2020-01-02T03:04:05Z","Origin":{"VCS":"git","URL":"https://x.y","Hash":"ab","Ref":"r"}}'
        ],
        (GokilnError, ValueError),
        words('{ } [ " null 1e999 "Time": "Origin": \\ud800 NaN : ,'),
    ),
    "cacheprog": Target(
        helper_lines,
        [
            b'{"ID":0,"KnownCommands":["get","put","close"]}\n{"ID":1,"Miss":true}\n',
            b'{"ID":2,"OutputID":"AQI=","Size":3,"Time":"2026-01-02T03:04:05.5+01:00","DiskPath":"/x"}\n{"ID":3,"Err":"no"}',
        ],
        (EOFError, ProtocolError),
        words('{ } "ID": "Size": -1 " \\ null [ 9223372036854775808 1e400 true'),
    ),
    "test output": Target(
        test_output,
        [
            b"=== RUN   TestA\n=== RUN   TestA/b\n    x_test.go:3: hi\n    --- FAIL: TestA/b (0.01s)\n"
            b"--- FAIL: TestA (0.01s)\nFAIL\n",
            b"\x16=== NAME  T\nBenchmarkX-8\t 100\t 5 ns/op\n--- BENCH: B\n"
            b"PASS\ncoverage: 3.0% of statements\nok  \tp\t0.1s\n",
        ],
        (),
        words(
            "Benchmark / (1s)",
            b"=== RUN   ",
            b"--- PASS: ",
            b"\x16",
            b"\r\n",
            b"=== CONT  ",
            b"\xff",
            b"    ",
            b"\x0e",
            b"\x0f",
        ),
    ),
    "coverage profile": Target(
        coverage,
        [b"mode: set\nx.y/p/a.go:1.2,3.4 5 6\nx.y/p/b.go:3.1,3.9 1 0\nx.y/q/c.go:1.1,1.1 0 1\n"],
        (GokilnError, ValueError),
        words(": , . 99999999999 -1 / ../", b"mode: atomic\n"),
    ),
    "test log": Target(
        test_log,
        [b"# test log\ngetenv HOME\nchdir /nowhere/x\nopen a.txt\nstat ../b\nopen /etc/x\n"],
        (TestInputsError,),
        words("getenv open stat chdir ../ /nowhere/", b"\x00"),
    ),
    "credentials": Target(
        credentials,
        [
            b"machine a.b login u password p\nmacdef m\nx\n\ndefault login x password y\n",
            b"protocol=https\nhost=a.b\npath=x\nusername=u\npassword=p\nurl=https://a.b/c\n",
            b"https://a.b\n\nAuthorization: Basic eA==\n\n",
            b"https://u:p%20@a.b:80/x?y#z",
        ],
        (),
        words("machine login macdef = : https:// % [::1] @ ? #", b"\n\n", b"\r\n"),
    ),
    "meta page": Target(
        parse_meta_imports,
        [
            b'<!doctype html><html><head><meta name="go-import" content="a.b/c git https://a.b/c"><title>x</title></head><body>'
        ],
        (GokilnError,),
        words('< > <meta name="go-import" content= <!-- --> <![CDATA[ <?xml &amp; &# </ /> <! \''),
    ),
    "overlay": Target(
        lambda d: OverlayDisk.from_json(d, "/m"),
        [b'{"Replace":{"/m/a.go":"/x/a.go","b.go":"","/m/d/e.go":"y"}}', b'{"Replace":{"/a":"b","/a/b":"c"}}'],
        (OverlayError, GokilnError),
        words('{ "Replace": " null [ / .. \\u0000 : ,'),
    ),
    "build information": Target(
        lambda d: parse_build_info(text(d)),
        [b'go\tgo1.26.8\npath\tx.y/z\nmod\tx.y/z\tv1.0.0\th1:x\ndep\ta.b/c\tv1\n=>\t./d\t\nbuild\t-ldflags="-X a=b"\n'],
        (GokilnError, ValueError),
        words('= " ` \\', b"path\t", b"mod\t", b"dep\t", b"=>\t", b"build\t", b"\t"),
    ),
}
