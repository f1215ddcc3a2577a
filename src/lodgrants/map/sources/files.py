"""From the path in a mapping to a plain UTF-8 file on disk: roots, permission, compression, encoding."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast
from urllib.parse import unquote, urlsplit

from lodgrants.errors import InputError, Problem, UnsupportedError, Where
from lodgrants.map.model import FileSource
from lodgrants.map.sources.relation import Room

_COMPRESSIONS = {
    ".gz": "gzip",
    ".tgz": "targz",
    ".zip": "zip",
    ".xz": "xz",
    ".zst": "zstd",
    ".bz2": "bzip2",
}
_BLOCK = 1 << 20
_DOWNLOAD_LIMIT = 8 << 30


def plain_file(source: FileSource, room: Room, where: Where | None = None) -> Path:
    """Return a file with the source's bytes, uncompressed and in UTF-8 without a byte order mark."""
    path = locate(source, room, where)
    try:
        unpacked = _uncompressed(path, source.compression, room)
        return _utf8(unpacked, source.encoding or source.dialect.encoding, room)
    except (OSError, EOFError, UnicodeError, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise _unreadable(f"the source cannot be read: {error}", path, where) from error


def locate(source: FileSource, room: Room, where: Where | None = None) -> Path:
    """Return where the file of a source is; raise InputError when it may not be read or is not there."""
    bound = room.settings.sources.get(source.path)
    if isinstance(bound, str | Path):
        return _existing(Path(bound), where)
    if "\0" in source.path:
        raise _unreadable("a path cannot hold the character U+0000", repr(source.path), where)
    scheme = urlsplit(source.path).scheme
    if scheme in ("http", "https"):
        return _downloaded(source.path, room, where)
    path = Path(unquote(urlsplit(source.path).path)) if scheme == "file" else Path(source.path)
    mapping_folder = Path(room.mapping_file).parent if room.mapping_file else Path.cwd()
    roots = {"MappingDirectory": mapping_folder, "CurrentWorkingDirectory": Path.cwd()}
    named = roots.get(source.root, mapping_folder / source.root)
    candidates = [folder / path for folder in dict.fromkeys((named, *roots.values()))]
    found = next((each for each in candidates if each.exists()), candidates[0])
    allowed = [*roots.values(), *room.settings.roots]
    if not any(found.resolve().is_relative_to(folder.resolve()) for folder in allowed):
        hint = f"allow its folder with --allow {found.resolve().parent}"
        problem = Problem(
            "LG-MAP-004", "the source lies outside the allowed folders", where, str(found), hint=hint
        )
        raise InputError(problem)
    return _existing(found, where)


def _existing(path: Path, where: Where | None) -> Path:
    if not path.is_file():
        raise _unreadable("there is no such file", path, where)
    return path


def _unreadable(message: str, path: Path | str, where: Where | None) -> InputError:
    return InputError(Problem("LG-MAP-004", message, where, str(path)))


def _downloaded(url: str, room: Room, where: Where | None) -> Path:
    if not room.settings.allow_http:
        hint = "allow it with --allow-http, or download the file first"
        raise InputError(Problem("LG-MAP-004", "the source is on the web", where, url, hint=hint))
    import requests

    target = room.folder / f"{room.name('download')}{''.join(Path(urlsplit(url).path).suffixes)}"
    try:
        with requests.get(url, stream=True, timeout=60) as response, target.open("wb") as file:
            response.raise_for_status()
            for number, block in enumerate(response.iter_content(_BLOCK)):
                if number * _BLOCK > _DOWNLOAD_LIMIT:
                    raise _unreadable("the download is larger than 8 GiB", url, where)
                file.write(block)
    except requests.RequestException as error:
        raise _unreadable(f"the download failed: {error}", url, where) from error
    return target


def _uncompressed(path: Path, compression: str | None, room: Room) -> Path:
    kind = compression or _compression_by_name(path)
    if kind in (None, "none"):
        return path
    openers: dict[str, Callable[[Path], IO[bytes]]] = {
        "gzip": _open_gzip,
        "bzip2": bz2.BZ2File,
        "xz": lzma.LZMAFile,
        "zstd": _open_zstd,
        "zip": _open_zip,
        "targz": _open_tar,
        "tarxz": _open_tar,
        "tar": _open_tar,
    }
    if kind not in openers:
        problem = Problem("LG-MAP-007", f"the compression {kind} is not supported", value=str(path))
        raise UnsupportedError(problem)
    target = room.folder / f"{room.name('plain')}{_inner_suffix(path)}"
    with openers[str(kind)](path) as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, _BLOCK)
    return target


def _compression_by_name(path: Path) -> str | None:
    suffixes = [each.lower() for each in path.suffixes]
    if suffixes[-2:-1] == [".tar"]:
        return "tar"
    last = suffixes[-1] if suffixes else ""
    return _COMPRESSIONS.get(last) if last not in (".xlsx", ".ods") else None


def _inner_suffix(path: Path) -> str:
    kept = [each for each in path.suffixes if each.lower() not in (*_COMPRESSIONS, ".tar")]
    return kept[-1] if kept else ""


def _open_gzip(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path))


def _open_zstd(path: Path) -> IO[bytes]:
    import pyarrow as pa

    stream: IO[bytes] = pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    return stream


def _open_zip(path: Path) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    names = [each for each in archive.namelist() if not each.endswith("/")]
    if len(names) != 1:
        raise OSError(f"the archive holds {len(names)} files; it must hold one")
    return archive.open(names[0])


def _open_tar(path: Path) -> IO[bytes]:
    archive = tarfile.open(path)  # noqa: SIM115 (the member's stream needs it open)
    members = [each for each in archive if each.isfile()]
    stream = archive.extractfile(members[0]) if len(members) == 1 else None
    if stream is None:
        raise OSError(f"the archive holds {len(members)} files; it must hold one")
    return stream


def _utf8(path: Path, encoding: str | None, room: Room) -> Path:
    with path.open("rb") as file:
        start = file.read(4)
    name = _encoding(start, encoding)
    if name is None:
        return path
    target = room.folder / f"{room.name('utf8')}{path.suffix}"
    with (
        path.open(encoding=name, newline="") as coded,
        target.open("w", encoding="utf8", newline="") as plain,
    ):
        shutil.copyfileobj(coded, plain, _BLOCK)
    return target


def _encoding(start: bytes, given: str | None) -> str | None:
    """Return the encoding to decode from, or None when the bytes are UTF-8 already."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if given is None or given.lower() in ("utf-8", "utf8", "us-ascii"):
        return None
    if given.lower() in ("utf-16", "utf16"):
        return "utf-16-be" if start[:1] == b"\0" else "utf-16-le"
    try:
        return codecs.lookup(given).name
    except LookupError as error:
        raise UnsupportedError(Problem("LG-MAP-007", f"the encoding {given} is not supported")) from error
