"""Version control systems (cmd/go/internal/vcs).

- systems.py    what is known of each system, and whose directory a directory is in
- status.py     the state of a checkout: revision, time, whether anything is uncommitted
- policy.py     GOVCS: which systems may be used for which modules
- htmlhead.py   go-import meta tags of web pages
- lookup.py     from an import path to its repository
"""
