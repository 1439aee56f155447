"""Every command in one table: its usage line, what it is for, its flags. In our own words, but for the usage lines.

Completions, the man page, and `help` where no Go toolchain is found are all made of it. The usage lines are the go
command's and the same as in the commands' own modules (a test compares them).
"""

from __future__ import annotations

# name -> (what follows it, words for people). What follows: "" nothing (boolean), "file", "dir", "text", or the
# words to choose from, separated by blanks.
FLAGS: dict[str, tuple[str, str]] = {
    "C": ("dir", "change to this directory first; must be the first flag"),
    "a": ("", "rebuild everything, whatever is up to date"),
    "all": ("", "everything a package documents"),
    "args": ("text", "all that follows is for the test program"),
    "artifacts": ("", "keep the files that tests write as artifacts"),
    "asan": ("", "build with the address sanitizer"),
    "asmflags": ("text", "arguments for the assembler, `pattern=` before them for some packages only"),
    "bench": ("text", "run the benchmarks whose names match"),
    "benchmem": ("", "show how much memory benchmarks allocate"),
    "benchtime": ("text", "how long, or how often (`100x`), each benchmark runs"),
    "blockprofile": ("file", "write a profile of blocking to this file"),
    "blockprofilerate": ("text", "record one blocking event per so many nanoseconds"),
    "buildmode": ("archive c-archive c-shared default exe pie plugin shared", "what kind of file to make"),
    "buildvcs": ("true false auto", "note the state of the repository in programs"),
    "c": ("", "compile the test, do not run it"),
    "cache": ("", "remove the whole build cache"),
    "changed": ("", "only what differs from the default"),
    "cmd": ("", "treat a command as any other package"),
    "compat": ("text", "keep go.sum good for this Go version too"),
    "compiled": ("", "show the files given to the compiler"),
    "compiler": ("gc gccgo", "which compiler to use"),
    "count": ("text", "run each test so many times; 1 also runs what is cached"),
    "cover": ("", "measure coverage"),
    "covermode": ("set count atomic", "how coverage is counted"),
    "coverpkg": ("text", "measure coverage of packages that match"),
    "coverprofile": ("file", "write a coverage profile to this file"),
    "cpu": ("text", "list of GOMAXPROCS values to run with"),
    "cpuprofile": ("file", "write a processor profile to this file"),
    "debug-actiongraph": ("file", "write the graph of all steps to this file"),
    "debug-runtime-trace": ("file", "write a trace of the go command's runtime to this file"),
    "debug-trace": ("file", "write a trace of the steps to this file"),
    "deps": ("", "with all the packages they need"),
    "diff": ("", "show what would change as a patch"),
    "dropexclude": ("text", "remove an exclude"),
    "dropgodebug": ("text", "remove a godebug setting"),
    "dropignore": ("text", "remove an ignore"),
    "dropreplace": ("text", "remove a replacement"),
    "droprequire": ("text", "remove a requirement"),
    "dropretract": ("text", "remove a retraction"),
    "droptool": ("text", "remove a tool"),
    "dropuse": ("text", "remove a module from the workspace"),
    "e": ("", "go on past errors in packages"),
    "exclude": ("text", "add an exclude, path@version"),
    "exec": ("text", "run programs with this command before them"),
    "export": ("", "show where export data lies, building it if need be"),
    "f": ("text", "print with this template"),
    "failfast": ("", "stop after the first test that fails"),
    "find": ("", "find the packages, but not what they import"),
    "fix": ("", "apply the first fix of each finding"),
    "fixtool": ("file", "analyze with this program"),
    "fmt": ("", "only format the file"),
    "fullpath": ("", "whole file names in test messages"),
    "fuzz": ("text", "fuzz the one test whose name matches"),
    "fuzzcache": ("", "remove what fuzzing has found"),
    "fuzzminimizetime": ("text", "how long to shrink a failing input"),
    "fuzztime": ("text", "how long to fuzz"),
    "gccgoflags": ("text", "arguments for gccgo"),
    "gcflags": ("text", "arguments for the compiler, `pattern=` before them for some packages only"),
    "go": ("text", "set the Go version"),
    "godebug": ("text", "add a godebug setting, key=value"),
    "http": ("", "serve documentation as web pages"),
    "i": ("", "remove what was installed"),
    "ignore": ("text", "add a directory to ignore"),
    "installsuffix": ("text", "suffix of the directory that packages are installed in"),
    "json": ("", "print JSON"),
    "ldflags": ("text", "arguments for the linker, `pattern=` before them for some packages only"),
    "linkshared": ("", "link against shared libraries of Go packages"),
    "list": ("text", "list the tests that match, run none"),
    "m": ("", "modules instead of packages"),
    "memprofile": ("file", "write a memory profile to this file"),
    "memprofilerate": ("text", "record one allocation per so many bytes"),
    "mod": ("readonly vendor mod", "whether go.mod may change, and where modules come from"),
    "modcache": ("", "remove the whole module cache"),
    "modcacherw": ("", "leave new files in the module cache writable"),
    "modfile": ("file", "use another file in place of go.mod"),
    "module": ("text", "set the module's path"),
    "msan": ("", "build with the memory sanitizer"),
    "mutexprofile": ("file", "write a profile of contended mutexes to this file"),
    "mutexprofilefraction": ("text", "record one contention in so many"),
    "n": ("", "show the steps, do nothing"),
    "o": ("file", "where to write the result"),
    "outputdir": ("dir", "where profiles are written"),
    "overlay": ("file", "JSON file that replaces source files by others"),
    "p": ("text", "how many things to do at once"),
    "parallel": ("text", "how many parallel tests of a program run at once"),
    "pgo": ("auto off", "profile for the compiler, or `off`"),
    "pkgdir": ("dir", "install packages here"),
    "print": ("", "print the file, do not write it"),
    "r": ("", "also below"),
    "race": ("", "build with the race detector"),
    "replace": ("text", "add a replacement, old[@v]=new[@v]"),
    "require": ("text", "add a requirement, path@version"),
    "retract": ("text", "add a retraction"),
    "retracted": ("", "show retracted versions too"),
    "reuse": ("file", "what an earlier call printed as JSON, so that less is asked"),
    "run": ("text", "only what matches"),
    "short": ("", "leave out what takes long"),
    "shuffle": ("off on", "run tests in random order, or by this seed"),
    "skip": ("text", "not what matches"),
    "src": ("", "show the source"),
    "t": ("", "also what tests need"),
    "tags": ("text", "build tags, separated by commas"),
    "test": ("", "also packages of tests"),
    "testcache": ("", "forget test results"),
    "timeout": ("text", "end a test program after this time"),
    "tool": ("text", "a tool of the module"),
    "toolchain": ("text", "set the toolchain line"),
    "toolexec": ("text", "run compiler, assembler, linker ... with this command before them"),
    "trace": ("file", "write an execution trace to this file"),
    "trimpath": ("", "leave this machine's paths out of the result"),
    "u": ("", "update; for env: unset; for doc: also what is not exported"),
    "use": ("dir", "add a module to the workspace"),
    "v": ("", "say more"),
    "vendor": ("", "without tests of dependencies"),
    "versions": ("", "all known versions"),
    "vet": ("text", "analyzers to run before the test, or `off`"),
    "vettool": ("file", "analyze with this program"),
    "w": ("", "keep the setting"),
    "work": ("", "keep the directory of intermediate files, and say where it is"),
    "x": ("", "show the steps"),
}

_BUILD_FLAGS = (
    "C a n p race msan asan cover covermode coverpkg v work x asmflags buildmode buildvcs compiler gccgoflags gcflags"
    " installsuffix json ldflags linkshared mod modcacherw modfile overlay pgo pkgdir tags trimpath toolexec"
    " debug-actiongraph debug-runtime-trace debug-trace"
)
_MOD_FLAGS = "C modcacherw modfile overlay"
_TEST_FLAGS = (
    "args artifacts bench benchmem benchtime blockprofile blockprofilerate c count coverprofile cpu cpuprofile exec"
    " failfast fullpath fuzz fuzzminimizetime fuzztime list memprofile memprofilerate mutexprofile"
    " mutexprofilefraction o outputdir parallel run short shuffle skip timeout trace vet"
)


class Command:
    """usage: the usage line, with `go` or, for our own commands, `gokiln`. words: what it is for. flags: names.

    takes: what its arguments are: "packages", "files", "dirs", "tools", "variables", "commands", "shells" or "".
    """

    __slots__ = ("flags", "name", "takes", "usage", "words")

    def __init__(self, name: str, usage: str, words: str, flags: str = "", takes: str = "") -> None:
        self.name = name
        self.usage = usage
        self.words = words
        self.flags = list(dict.fromkeys(flags.split()))
        self.takes = takes


COMMANDS: tuple[Command, ...] = (
    Command("bug", "go bug", "start a bug report for the Go project", "C v"),
    Command("build", "go build [-o output] [build flags] [packages]", "compile packages and what they need",
            f"o {_BUILD_FLAGS}", "packages"),
    Command("clean", "go clean [-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]",
            "remove object files and cached files", f"i r cache testcache modcache fuzzcache {_BUILD_FLAGS}",
            "packages"),
    Command("doc", "go doc [doc flags] [package|[package.]symbol[.methodOrField]]",
            "show documentation of a package or symbol", "C all c cmd http short src u", "packages"),
    Command("env", "go env [-json] [-changed] [-u] [-w] [var ...]", "show or keep settings",
            "C json changed u w", "variables"),
    Command("fix", "go fix [build flags] [-fixtool prog] [fix flags] [packages]",
            "bring source files up to date with language and libraries", f"fixtool diff {_BUILD_FLAGS}", "packages"),
    Command("fmt", "go fmt [-n] [-x] [packages]", "format source files with gofmt", f"n x mod {_MOD_FLAGS}",
            "packages"),
    Command("generate", "go generate [-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]",
            "run the commands that //go:generate lines hold", f"run skip {_BUILD_FLAGS}", "packages"),
    Command("get", "go get [-t] [-u] [-tool] [build flags] [packages]",
            "add requirements to the module, or change their versions", f"t u tool {_BUILD_FLAGS}", "packages"),
    Command("install", "go install [build flags] [packages]", "compile, and install programs", _BUILD_FLAGS,
            "packages"),
    Command("list", "go list [-f format] [-json] [-m] [list flags] [build flags] [packages]",
            "list packages or modules",
            f"f json m compiled deps e export find retracted reuse t test u versions {_BUILD_FLAGS}", "packages"),
    Command("mod download", "go mod download [-x] [-json] [-reuse=old.json] [modules]",
            "fetch modules into the module cache", f"x json reuse {_MOD_FLAGS}"),
    Command("mod edit", "go mod edit [editing flags] [-fmt|-print|-json] [go.mod]", "edit go.mod from scripts",
            "C fmt print json module go toolchain godebug dropgodebug require droprequire exclude dropexclude replace"
            " dropreplace retract dropretract tool droptool ignore dropignore n x", "files"),
    Command("mod graph", "go mod graph [-go=version] [-x]", "print which module requires which", f"go x {_MOD_FLAGS}"),
    Command("mod init", "go mod init [module-path]", "make a module of this directory", _MOD_FLAGS),
    Command("mod tidy", "go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]",
            "add missing requirements, remove what is not used", f"e v x diff go compat {_MOD_FLAGS}"),
    Command("mod vendor", "go mod vendor [-e] [-v] [-o outdir]", "copy what is needed to the vendor directory",
            f"e v o {_MOD_FLAGS}"),
    Command("mod verify", "go mod verify", "check that the module cache holds what was fetched", _MOD_FLAGS),
    Command("mod why", "go mod why [-m] [-vendor] packages...", "show why packages or modules are needed",
            f"m vendor {_MOD_FLAGS}", "packages"),
    Command("run", "go run [build flags] [-exec xprog] package [arguments...]", "compile a program and run it",
            f"exec {_BUILD_FLAGS}", "packages"),
    Command("telemetry", "go telemetry [off|local|on]", "show or set the Go toolchain's telemetry mode", "C"),
    Command("test", "go test [build/test flags] [packages] [build/test flags & test binary flags]",
            "compile and run tests", f"{_TEST_FLAGS} {_BUILD_FLAGS}", "packages"),
    Command("tool", "go tool [-n] command [args...]", "run a tool of the toolchain or of the module",
            f"n {_MOD_FLAGS}", "tools"),
    Command("version", "go version [-m] [-v] [-json] [file ...]", "show the Go version, or that of programs",
            "C m v json", "files"),
    Command("vet", "go vet [build flags] [-vettool prog] [vet flags] [packages]", "report likely mistakes",
            f"vettool fix diff json {_BUILD_FLAGS}", "packages"),
    Command("work edit", "go work edit [editing flags] [go.work]", "edit go.work from scripts",
            "C fmt print json go toolchain godebug dropgodebug use dropuse replace dropreplace", "files"),
    Command("work init", "go work init [moddirs]", "make a go.work file", _MOD_FLAGS, "dirs"),
    Command("work sync", "go work sync", "bring the workspace's versions to its modules", _MOD_FLAGS),
    Command("work use", "go work use [-r] [moddirs]", "add modules to the workspace", f"r {_MOD_FLAGS}", "dirs"),
    Command("work vendor", "go work vendor [-e] [-v] [-o outdir]",
            "copy what the workspace needs to a vendor directory",
            f"e v o {_MOD_FLAGS}"),
)  # fmt: skip

OWN: tuple[Command, ...] = (
    Command("completion", "gokiln completion bash|zsh|fish", "print a script that completes command lines",
            takes="shells"),
    Command("manpage", "gokiln manpage", "print the manual page (roff)"),
    Command("shim", "gokiln shim dir", "make a link named go, for programs that call the go command", takes="dirs"),
)  # fmt: skip

GROUPS = {"mod": "look after the module", "work": "look after the workspace"}


def find(name: str) -> Command | None:
    """The command of that name ("mod tidy"), or None."""
    return next((command for command in (*COMMANDS, *OWN) if command.name == name), None)
