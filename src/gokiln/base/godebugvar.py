"""One setting of the variable GODEBUG: `name=value,...`, of which the last counts.

Source: internal/godebug (parse), go1.26.
"""

from __future__ import annotations


def godebug_value(godebug: str, name: str) -> str:
    """The value of a setting in GODEBUG's text, "" for none. A `#pattern` after it is not part of it."""
    for item in reversed(godebug.split(",")):
        key, equals, value = item.partition("=")
        if equals and key == name:
            return value.partition("#")[0]
    return ""
