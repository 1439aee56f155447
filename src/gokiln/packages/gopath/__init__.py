"""GOPATH mode: packages without modules (GO111MODULE=off, or =auto where there is no go.mod).

An import path is a directory below GOROOT/src or below src in an entry of GOPATH, or below a `vendor` directory on
the way up from who imports. Nothing here is loaded in module mode.

- places.py    import path -> directory, and back (go/build's Context.Import)
- vendored.py  what an import path means where it is written: vendor directories, major versions of modules
- matching.py  patterns of a command line -> import paths
- graph.py     the import graph that asks these instead of the module loader
"""
