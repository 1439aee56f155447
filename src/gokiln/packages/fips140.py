"""GOFIPS140: finding the FIPS 140 code that is to be built in, and unpacking it.

"off" and "latest" take crypto/internal/fips140 as it stands in GOROOT; a version takes a snapshot of the source that
GOROOT/lib/fips140 holds as a module zip. The snapshot's packages are crypto/internal/fips140/v1.2.3/..., their files
lie in the module cache, and the disk shows them in place of GOROOT/src/crypto/internal/fips140, so that patterns like
`std` find them.
Source: cmd/go/internal/fips140/fips140.go (Init, initVersion, initDir, lookupZipSum, verifyZipSum), go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.base.quote import go_quote
from gokiln.config.fips140 import FIPS, Fips140
from gokiln.errors import GokilnError, PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config

_SUMS_SINCE = 27  # minor release in which the zips are held against GOROOT/lib/fips140/fips140.sum
_PUREGO_REFUSED_SINCE = 26  # minor release


def init_fips140(config: Config) -> None:
    """Set config.fips140, and for a snapshot the build tag and the disk; once. Raises PlainError in cmd/go's words."""
    if config.fips140 is not None:
        return
    version = _version(config)
    if version in ("off", "latest"):
        config.fips140 = Fips140(version)
    else:
        from gokiln.golang.semver import major_minor

        config.target.build_tags.append("fips140" + major_minor(version))
        config.fips140 = Fips140(version, _unpack(config, version))
        _bind(config, config.fips140.dir)
    if version != "off":
        if "goexperiment.boringcrypto" in config.target.tool_tags:
            raise PlainError("go: cannot use GOFIPS140 with GOEXPERIMENT=boringcrypto")
        if "purego" in config.target.build_tags and config.toolchain.release.minor >= _PUREGO_REFUSED_SINCE:
            raise PlainError("go: cannot use GOFIPS140 with the purego build tag")


def _version(config: Config) -> str:
    """ "off", "latest" or the version of a snapshot that is there."""
    setting = config.env.get("GOFIPS140") or config.toolchain.release.default("DefaultGOFIPS140") or "off"
    if setting in ("off", "latest"):
        return setting
    if "/" in setting or "\\" in setting or ".." in setting:
        raise PlainError(f"go: malformed GOFIPS140 version {go_quote(setting)}")
    where = os.path.join(config.toolchain.goroot, "lib", "fips140")
    version, origin = setting, ""
    try:
        with open(os.path.join(where, setting + ".txt"), encoding="utf-8") as file:
            version = file.read().strip()
        origin = f" (from {go_quote(setting)})"
    except OSError:
        version = setting  # not another name of a version
    if not os.path.exists(os.path.join(where, version + ".zip")):
        raise PlainError(f"go: unknown GOFIPS140 version {go_quote(version)}{origin}")
    return version


def _unpack(config: Config, version: str) -> str:
    """The snapshot's crypto/internal/fips140 in the module cache."""
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.version import ModVersion

    zip_file = os.path.join(config.toolchain.goroot, "lib", "fips140", version + ".zip")
    mod = ModVersion("golang.org/fips140", version)
    try:
        if config.toolchain.release.minor < _SUMS_SINCE:
            tree = Fetcher(config).unzip(mod, zip_file)
        else:
            sums = _ZipSums(zip_file, version)
            tree = Fetcher(config).unzip_verified(mod, zip_file, sums.module_hash, sums.verify)
    except GokilnError as err:
        raise PlainError(f"go: unpacking GOFIPS140={version}: {err}") from err
    return os.path.join(tree, "fips140")


class _ZipSums:
    """What GOROOT/lib/fips140/fips140.sum says of a snapshot: `sha256`, in hexadecimal, and `module_hash`, an h1: hash.

    Raises PlainError when it says nothing.
    """

    def __init__(self, zip_file: str, version: str) -> None:
        self.zip_file = zip_file
        self.sum_file = os.path.join(os.path.dirname(zip_file), "fips140.sum")
        try:
            self.sha256, self.module_hash = self._look_up(os.path.basename(zip_file))
        except OSError as err:
            raise PlainError(f"go: verifying GOFIPS140={version}: {read_error(self.sum_file, err)}") from err
        except ValueError as err:
            raise PlainError(f"go: verifying GOFIPS140={version}: {err}") from err

    def _look_up(self, name: str) -> tuple[str, str]:
        with open(self.sum_file, encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.split() for line in file.read().split("\n") if not line.strip().startswith("#")]
        for fields in lines:
            if len(fields) == 3 and fields[0] == name:
                if not fields[2].startswith("h1:"):
                    text = f"malformed module zip hash {go_quote(fields[2])} for {name} in {self.sum_file}"
                    raise ValueError(text)
                return fields[1], fields[2]
        raise ValueError(f"no entry for {name} in {self.sum_file}")

    def verify(self) -> None:
        """Hash the zip. Raises GokilnError when it is not the one."""
        import hashlib

        try:
            with open(self.zip_file, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as err:
            raise GokilnError(read_error(self.zip_file, err)) from err
        if found != self.sha256:
            name = os.path.basename(self.zip_file)
            raise GokilnError(f"SHA-256 hash of {name} is {found}, want {self.sha256} (from {self.sum_file})")


def _bind(config: Config, directory: str) -> None:
    from gokiln.base.binddisk import BindDisk

    config.disk = BindDisk(config.disk, directory, os.path.join(config.toolchain.goroot, "src", *FIPS.split("/")))
