"""Members of zip files taken in one piece, and those that are left to zipfile."""

from __future__ import annotations

import hashlib
import zipfile

import pytest

from gokiln.golang.dirhash import DirHashError, hash1, hash_zip, small_member

FILES = {"m@v1/go.mod": b"module m\n", "m@v1/empty": b"", "m@v1/caf\u00e9.go": b"package m\n" * 9000}


def _zip(path, compression, extra=b""):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in FILES.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            info.extra = extra
            archive.writestr(info, data)
    return str(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("extra", [b"", b"\x99\x99" + (200).to_bytes(2, "little") + bytes(200)])
def test_same_bytes_as_zipfile(tmp_path, compression, extra):
    path = _zip(tmp_path / "a.zip", compression, extra)
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            found = small_member(archive, info)
            # An extra field longer than guessed costs the short way, not the bytes.
            assert found in (archive.read(info), None)
            assert extra or found is not None
    digest = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}
    assert hash_zip(path) == hash1(FILES, digest.__getitem__)


def test_damage_is_left_to_zipfile(tmp_path):
    path = tmp_path / "a.zip"
    _zip(path, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"module m\n")] ^= 1
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert small_member(archive, archive.infolist()[0]) is None
    with pytest.raises(DirHashError, match=r"^zip: checksum error$"):
        hash_zip(str(path))


def test_more_bytes_than_declared_are_left_to_zipfile(tmp_path):
    path = _zip(tmp_path / "a.zip", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path) as archive:
        info = archive.infolist()[2]
        info.file_size -= 1
        assert small_member(archive, info) is None


@pytest.mark.parametrize("change", [{"flag_bits": 1}, {"compress_type": 12}, {"file_size": 1 << 23}])
def test_unusual_members_are_left_to_zipfile(tmp_path, change):
    path = _zip(tmp_path / "a.zip", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path) as archive:
        info = archive.infolist()[0]
        for name, value in change.items():
            setattr(info, name, value)
        assert small_member(archive, info) is None
