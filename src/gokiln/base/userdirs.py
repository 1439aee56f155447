"""Where a user's settings, caches and temporary files lie, by the rules of each operating system.

Source: os/file.go (UserConfigDir, UserCacheDir, TempDir), go1.26.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def user_config_dir(environ: Mapping[str, str], host_os: str) -> str:
    """Where a user's settings lie (os.UserConfigDir). host_os: as GOOS names it. Raises ValueError with Go's reason."""
    return _user_dir(
        environ, host_os, "AppData", "/Library/Application Support", "/lib", ("XDG_CONFIG_HOME", "/.config")
    )


def user_cache_dir(environ: Mapping[str, str], host_os: str) -> str:
    """Where a user's caches lie (os.UserCacheDir). host_os: as GOOS names it. Raises ValueError with Go's reason."""
    return _user_dir(environ, host_os, "LocalAppData", "/Library/Caches", "/lib/cache", ("XDG_CACHE_HOME", "/.cache"))


def _user_dir(
    environ: Mapping[str, str], host_os: str, windows: str, darwin: str, plan9: str, xdg: tuple[str, str]
) -> str:
    """windows: a variable. darwin, plan9: below the home directory. xdg: a variable, and below home without it."""
    if host_os == "windows":
        return _windows(environ, windows)
    if host_os in ("darwin", "ios"):
        return _variable(environ, "HOME", "$HOME is not defined") + darwin
    if host_os == "plan9":
        return _variable(environ, "home", "$home is not defined") + plan9
    return _xdg(environ, *xdg)


def _variable(environ: Mapping[str, str], name: str, missing: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise ValueError(missing)
    return value


def _xdg(environ: Mapping[str, str], name: str, below_home: str) -> str:
    folder = environ.get(name, "")
    if folder:
        if not folder.startswith("/"):
            raise ValueError(f"path in ${name} is relative")
        return folder
    return _variable(environ, "HOME", f"neither ${name} nor $HOME are defined") + below_home


def _windows(environ: Mapping[str, str], name: str) -> str:
    """A variable of Windows, where Python spells the names in capitals."""
    return environ.get(name) or _variable(environ, name.upper(), f"%{name}% is not defined")


def temp_dir(environ: Mapping[str, str], host_os: str) -> str:
    """Where temporary files go (os.TempDir)."""
    if host_os == "windows":
        return environ.get("TMP") or environ.get("TEMP") or environ.get("USERPROFILE") or "C:\\Windows"
    return environ.get("TMPDIR") or ("/data/local/tmp" if host_os == "android" else "/tmp")
