"""Which modules are in the build, and which of them gives each package (cmd/go/internal/modload).

`Loader` (loader.py) is the door. Behind it:

- state.py        what one command knows: roots, flags, caches; nothing here is global
- mainmodules.py, makemains.py  the main module (or the workspace's modules)
- modfiles.py     go.mod and go.work to main modules and root requirements
- modindex.py     what resolving asks of a go.mod file; summaries.py, replacements.py: of dependencies, in their place
- requirements.py root requirements and the module graph (pruned, lazily loaded); graphread.py reads it
- roots.py, tidyroots.py  keeping the roots consistent, and as few as possible
- imports.py      import path to module and directory
- load.py, pkgload.py  package patterns to the packages they reach; loaded.py, loadpkg.py: what came of it
- match.py, matchpkgs.py, localpkg.py  patterns to import paths
- commit.py       go.mod and go.sum brought up to date, or the refusal to
- query.py, queryimport.py, retract.py  versions that have to be looked up
- modinfo.py, listmods.py  what `list` shows of modules
- vendor.py, vendorlist.py  vendor directories
"""
