"""Which functions of a source are tests, benchmarks, fuzz targets and examples."""

from __future__ import annotations

import pytest

from gokiln.golang.testfuncs import is_test, read_tests


def read(text: str) -> tuple[list[str], list[str], list[str], list[tuple[str, str, bool, bool]], bool, str]:
    found = read_tests("/m/x_test.go", ("package p\n\n" + text).encode())
    examples = [(e.name, e.output, e.unordered, e.has_output) for e in found.examples]
    return found.tests, found.benchmarks, found.fuzz_targets, examples, found.main, found.error


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("Test", "Test", True),
        ("TestA", "Test", True),
        ("Test_a", "Test", True),
        ("Test1", "Test", True),
        ("Testify", "Test", False),
        ("Testé", "Test", False),
        ("TestÉ", "Test", True),
        ("Tes", "Test", False),
    ],
)
def test_names(name: str, prefix: str, expected: bool) -> None:
    assert is_test(name, prefix) is expected


def test_all_kinds() -> None:
    text = """
func TestA(t *testing.T) { if true { } }
func BenchmarkB(b *testing.B) {}
func FuzzC(f *testing.F) {}
func TestMain(m *testing.M) {}
func (x T) TestMethod(t *testing.T) {}
func helper(t *testing.T) {}
func Testify(t *testing.T) {}
"""
    assert read(text) == (["TestA"], ["BenchmarkB"], ["FuzzC"], [], True, "")


def test_functions_that_only_look_like_declarations() -> None:
    text = """
var s = `
func TestInString(t *testing.T) {}
`
/*
func TestInComment(t *testing.T) {}
*/
type f func(TestType int)
var v =
	func(t *testing.T) {
		type g func(TestInner int)
	}
const r = '{'
func TestReal(t *T) { x := "}" ; _ = x; _ = '}' // }
}
func TestNext(
	t *testing.T,
) {
}
var _ = 1; func TestAfterSemicolon(t *testing.T) {}
"""
    assert read(text)[0] == ["TestReal", "TestNext", "TestAfterSemicolon"]


@pytest.mark.parametrize(
    "signature",
    ["()", "(t testing.T)", "(t, u *testing.T)", "(t *testing.B)", "(t *testing.T) int", "(t *testing.T, x int)"],
)
def test_wrong_signatures_are_errors_with_their_place(signature: str) -> None:
    error = read(f"func TestA{signature} {{}}\n")[5]
    assert error == "/m/x_test.go:3:1: wrong signature for TestA, must be: func TestA(t *testing.T)"


def test_generic_tests_are_refused() -> None:
    error = read("func TestA[P any](t *testing.T) {}\n")[5]
    assert error == "/m/x_test.go:3:1: wrong signature for TestA, test functions cannot have type parameters"


def test_line_comments_move_the_place() -> None:
    error = read("//line other.go:42\nfunc TestA() {}\n")[5]
    assert error.startswith("/m/other.go:42: wrong signature")


def test_main_may_be_a_test() -> None:
    assert read("func TestMain(t *testing.T) {}\n")[::4] == (["TestMain"], False)
    assert "must be: func TestMain(m *testing.M)" in read("func TestMain() {}\n")[5]
    assert read("func TestMain(m *M) {}\nfunc TestMain(m *M) {}\n")[5] == "multiple definitions of TestMain"


def test_unnamed_and_empty_results() -> None:
    assert read("func TestA(*testing.T) () {}\n")[0] == ["TestA"]
    assert read("func TestA(_ *T) {}\n")[0] == ["TestA"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\tf()\n\t// Output: a b\n", ("a b\n", False, True)),
        ("\tf()\n\t// Output:\n\t// a\n\t// b\n", ("a\nb\n", False, True)),
        ("\tf()\n\t// output:\n", ("", False, True)),
        ("\tf()\n\t// Unordered Output: x\n", ("x\n", True, True)),
        ("\tf()\n", ("", False, False)),
        ("\tf()\n\t// Output: a\n\tg()\n\t// something else\n", ("", False, False)),
        ("\tf() // Output: not alone\n\t// more\n", ("", False, False)),
        ("\t// note\n\n\t// Output: z\n", ("z\n", False, True)),
        ("\tf()\n\t/* Output: z\ny */\n", ("z\ny\n", False, True)),
        ("\tfor {\n\t}\n\t// Output: after } brace\n", ("after } brace\n", False, True)),
    ],
)
def test_examples_say_what_they_print(body: str, expected: tuple[str, bool, bool]) -> None:
    assert read(f"func ExampleF() {{\n{body}}}\n")[3] == [("F", *expected)]


def test_functions_that_are_no_examples() -> None:
    text = "func ExampleA(x int) {}\nfunc ExampleB() int { return 1 }\nfunc Examples() {}\nfunc ExampleC()\n"
    assert read(text)[3] == []


@pytest.mark.parametrize(
    "body",
    [
        'import\n\t"testing"\n',
        "var x chan\nint\n",
        "var f = func() {\n\tx := 1\n}\n\ntype (\n\ta int\n)\n",
        "var s = `\nx\n` +\n\ty\n",
        "// for\n/* if\n*/ const c = 'x'\n",
    ],
)
def test_declarations_of_all_kinds_may_stand_before(body: str) -> None:
    data = b"\xef\xbb\xbfpackage t\n" + body.encode() + b"func TestX(t *testing.T) {}\n"
    assert read_tests("t_test.go", data).tests == ["TestX"]
