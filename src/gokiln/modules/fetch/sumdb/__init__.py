"""The checksum database: a public, signed, append-only log of the hashes of all module versions.

- use.py     whether a module is to be looked up at all
- note.py    signed notes (the tree head is one)
- tlog.py, tiles.py  the log's hashes, proofs, and the tiles they are stored in
- client.py  looking a module up and proving that the answer is in the log we have always seen
- dial.py    GOSUMDB: which database, through which proxy, cached where
"""
