"""Where the vendor directory is, and what its modules.txt says, read once.

Source: cmd/go/internal/modload/vendor.go (readVendorList), init.go (VendorDir), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.errors import GokilnError
from gokiln.modules.modfile.vendor_modules import VendorList, parse_vendor_modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


def vendor_dir(ls: State) -> str:
    """The vendor directory in use. Raises GokilnError outside a module."""
    if ls.in_workspace_mode():
        return os.path.join(os.path.dirname(ls.work_file_path), "vendor")
    mms = ls.mains()
    root = mms.mod_root[mms.single()]
    if not root:
        raise GokilnError("vendor directory does not exist when in single module mode outside of a module")
    return os.path.join(root, "vendor")


def vendor_list(ls: State) -> VendorList:
    """vendor/modules.txt, read once. Raises GokilnError."""
    if ls.vendor is None:
        ls.vendor = VendorList()
        file = os.path.join(vendor_dir(ls), "modules.txt")
        try:
            data = ls.disk.read_file(file)
        except FileNotFoundError:
            return ls.vendor
        except OSError as err:
            raise GokilnError(read_error(file, err)) from err
        shown = ls.short_path(file)
        ls.vendor = parse_vendor_modules(data, ls.local, shown, ls.startup)
        for mod, meta in ls.vendor.meta.items():
            if meta.go_version:
                ls.raw_go_version[mod] = meta.go_version
    return ls.vendor
