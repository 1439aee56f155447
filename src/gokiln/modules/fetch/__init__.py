"""Getting modules: the module cache, proxies, zip files, checksums (cmd/go/internal/modfetch).

`Fetcher` (fetcher.py) is the door. Behind it:

- settings.py   the values of the configuration that this room needs
- cachedir.py   where things are in GOMODCACHE, its locks, whether a tree is whole
- diskcache.py  the .info and .mod files and version lists of the cache
- gosum.py      go.sum: what is known, what was used, what has to be written
- download.py   zip files into the cache, trees out of zip files
- zipcheck.py, unzip.py  what a module zip may hold, and its extraction
- repo.py       the interface of a source of versions; the cache in front of one
- proxy.py      GOPROXY's list and one module proxy; toolchainrepo.py the versions of Go itself
- http.py, auth.py, envproxy.py, goturl.py  requests as cmd/go makes them
- sumdb/        the checksum database: signed notes, the transparent log, the client

A module cache is shared with the go command at the same moment: same places, same locks, same bytes.
"""
