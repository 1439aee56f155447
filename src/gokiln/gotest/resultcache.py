"""Test results in the build cache: a result is found twice, by the program's inputs and by the program itself.

First half of the name: the program (the link's action ID, so that nobody has to link; or the content ID of what was
linked) and its arguments. Under it stands the log of what the test looked at. Second half: the state of all that
now. Under both stands the output. Each decision is noted in `why`, for -gokiln.explain.

Source: runCache in cmd/go/internal/test/test.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import quote_list
from gokiln.cache.inputhash import subkey
from gokiln.gotest.inputs import TEST_LOG_MAGIC, TestInputsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.gotest.inputs import Input
    from gokiln.gotest.resultstore import ResultStore
    from gokiln.gotest.state import TestRun


_COVERED_COUNT_SINCE = 26  # minor release whose stored coverage profiles go with the packages that were covered


def and_inputs(test_id: bytes, inputs_id: bytes) -> bytes:
    """The key of the output."""
    return subkey(test_id, "inputs:" + inputs_id.hex())


class RunCache:
    """The result of one test, found or to be stored. output: the found one, ready to be printed, or None."""

    def __init__(self, results: ResultStore, run: TestRun) -> None:
        self.results = results
        self.run = run
        self.package = run.package
        self.disabled = False
        self.output: bytes | None = None
        self.ids: list[bytes] = []
        self.cover_meta = b""

    # --- looking ---

    def try_link(self, run_action: Action, link: Action) -> bool:
        """Whether the result is known by the inputs of the link."""
        builder = self.results.session.builder
        if self.try_id(builder.result(link).build_id.split("/", 1)[0], run_action):
            return True
        if not self.disabled and not self.run.why:
            from gokiln.gotest.explain import why_new_program

            self.run.why = why_new_program(self.results, self.run, link)
        return False

    def try_id(self, program: str, run_action: Action) -> bool:
        """Whether the result is known by a name of the program; if so, `output` is set."""
        results, session = self.results, self.results.session
        path = self.package.import_path
        if session.local_directory:
            return self._disable("caching disabled in local directory mode", "local directory mode is never cached")
        if not self.package.root:
            text = f"caching disabled for package outside of module root, GOPATH, or GOROOT: {path}"
            return self._disable(text, "outside of any module")
        if session.cover_packages and session.config.toolchain.release.minor >= _COVERED_COUNT_SINCE:
            self.cover_meta = self._cover_meta(run_action)
        if results.bad_arg:
            text = f"caching disabled for test argument: {results.bad_arg}"
            return self._disable(text, f"not cacheable with {results.bad_arg}")
        h = results.new_hash("testResult")
        execs = quote_list(session.exec_words)
        h.add(f"test binary {program} args {quote_list(results.args)} execcmd {execs}")
        test_id = h.digest()
        self.ids.append(test_id)
        results.tell(f"{path}: test ID {program.encode().hex()} => {test_id.hex()}")
        return self._look_up(test_id)

    def _disable(self, text: str, why: str) -> bool:
        self.results.tell(text)
        self.disabled = True
        self.run.why = why
        return False

    def _cover_meta(self, run_action: Action) -> bytes:
        """The hash of all packages that -coverpkg covers."""
        results, session = self.results, self.results.session
        deps = run_action.deps
        for dep in deps:
            if dep.mode == "test barrier":
                deps = dep.deps
                break
        if session.meta_action is None or session.meta_action not in deps:
            return b""
        h = results.new_hash("covermeta")
        for covered in session.meta_action.deps:
            action_id = session.builder.result(covered).build_id.split("/", 1)[0]
            if action_id:
                h.add(f"dep {action_id}\n")
        return h.digest()

    def profile_key(self, test_id: bytes, inputs_id: bytes) -> bytes:
        """The key of the coverage profile."""
        key = and_inputs(test_id, inputs_id)
        if self.cover_meta:
            key = subkey(key, "coverdeps:" + self.cover_meta.hex())
        return subkey(key, "coverprofile")

    def _look_up(self, test_id: bytes) -> bool:
        results, path = self.results, self.package.import_path
        found = results.store.get_bytes(test_id)
        if found is None:
            self._tell_missing("input list not found", test_id)
            return False
        log = found[0]
        if not log.startswith(TEST_LOG_MAGIC) or not log.endswith(b"\n"):
            results.tell(f"{path}: input list malformed")
            self.run.why = "the stored list of inputs is damaged"
            return False
        inputs = self._inputs(log)
        if inputs is None:
            return False
        inputs_id = results.reader.digest(inputs)
        key = and_inputs(test_id, inputs_id)
        results.tell(f"{path}: test ID {test_id.hex()} => input ID {inputs_id.hex()} => {key.hex()}")
        entry = results.store.get_bytes(key)
        if not self._profile_found(test_id, inputs_id):
            return False
        if entry is None or not entry[0].endswith(b"\n"):
            if entry is None:
                self._tell_missing("test output not found", key)
            else:
                results.tell(f"{path}: test output malformed")
            self.run.why = self._changed(test_id, inputs)
            return False
        if entry[1].time_ns < results.expiry:
            results.tell(f"{path}: test output expired due to go clean -testcache")
            self.run.why = "results were expired by clean -testcache"
            return False
        self.output = cached_output(entry[0])
        if self.output is None:
            results.tell(f"{path}: test output malformed")
            self.run.why = "the stored output is damaged"
            return False
        self.run.cached = True
        self.run.cached_at = entry[1].time_ns
        return True

    def _tell_missing(self, what: str, key: bytes) -> None:
        if self.results.debug:
            self.results.tell(f"{self.package.import_path}: {what}: {self.results.store.why_missing(key)}")

    def _inputs(self, log: bytes) -> list[Input] | None:
        """The inputs as they are now; None when they cannot be hashed."""
        results, path = self.results, self.package.import_path
        try:
            return results.reader.read(log, self.package.dir, self.package.root)
        except TestInputsError as err:
            where = f"input file {err.name}: " if err.name else ""
            results.tell(f"{path}: {where}{err}")
            self.run.why = f"{where}{err}"
            return None

    def _profile_found(self, test_id: bytes, inputs_id: bytes) -> bool:
        """Whether the coverage profile is there too, if one is wanted; it is merged then."""
        session = self.results.session
        profile = session.flags.text("coverprofile")
        if not profile and not self.cover_meta:
            return True
        key = self.profile_key(test_id, inputs_id)
        found = self.results.store.get_file(key)
        if found is None:
            what = "cached cover profile missing" if profile else "coverage metadata changed, re-running test"
            self._tell_missing(what, key)
            self.run.why = "the coverage profile is not known" if profile else "a covered package changed"
            return False
        if profile and session.profile is not None:
            session.profile.merge(found[0])
        return True

    # --- storing ---

    def save(self, objdir: str, output: bytes) -> None:
        """Store the output of a test that passed, under all its names."""
        results, path = self.results, self.package.import_path
        if not self.ids or self.disabled:
            return
        log = self._read(objdir + "testlog.txt", "testlog")
        if log is None:
            return
        if not log.startswith(TEST_LOG_MAGIC) or not log.endswith(b"\n"):
            results.tell(f"{path}: reading testlog: malformed")
            return
        why = self.run.why
        inputs = self._inputs(log)
        self.run.why = why
        if inputs is None:
            return
        profile: bytes | None = None
        if results.session.flags.text("coverprofile"):
            profile = self._read(objdir + "_cover_.out", "cover profile")
            if profile is None:
                return
        elif self.cover_meta:
            profile = b""  # says that the covered packages have not changed since
        inputs_id = results.reader.digest(inputs)
        for test_id in self.ids:
            key = and_inputs(test_id, inputs_id)
            results.tell(f"{path}: save test ID {test_id.hex()} => input ID {inputs_id.hex()} => {key.hex()}")
            results.store.put_bytes(test_id, log, verify=False)
            results.store.put_bytes(key, output, verify=False)
            if profile is not None:
                results.store.put_bytes(self.profile_key(test_id, inputs_id), profile, verify=False)
        self._remember(inputs)

    def _read(self, path: str, what: str) -> bytes | None:
        """A file that the test left, None (and a line of GODEBUG=gocachetest=1) when it cannot be read."""
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as err:
            from gokiln.base.oserror import os_error_text

            self.results.tell(f"{self.package.import_path}: reading {what}: {os_error_text(err)}")
            return None

    # --- why ---

    def _remember(self, inputs: list[Input]) -> None:
        """Keep the state of the inputs beside the result, so that the next miss can be explained."""
        from gokiln.gotest.explain import remember, remember_program

        remember(self.results, self.ids, inputs)
        remember_program(self.results, self.run)

    def _changed(self, test_id: bytes, inputs: list[Input]) -> str:
        from gokiln.gotest.explain import what_changed

        return what_changed(self.results, test_id, inputs)


def cached_output(data: bytes) -> bytes | None:
    """A stored output with "(cached)" in place of its time; None if it does not end in a line that has one."""
    start = data.rfind(b"\n", 0, len(data) - 1) + 1
    if not data.startswith(b"ok  \t", start):
        return None
    tab = data.find(b"\t", start + 5)
    if tab < 0:
        return None
    end = tab + 1
    while end < len(data) and data[end] in b"0123456789.s":
        end += 1
    return data[: tab + 1] + b"(cached)" + data[end:]
