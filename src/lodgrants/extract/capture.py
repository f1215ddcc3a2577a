"""Captures: the bytes as fetched or given, and the text that offsets refer to.

A text file's text is its decoded content, character for character. A web page's text is a
layout-preserving conversion: blocks on lines of their own, list marks kept, table cells separated by tabs.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding
from resiliparse.parse.html import HTMLTree

from lodgrants.errors import InputError, Problem, Where
from lodgrants.extract.words import BLANK

LARGEST = 20 * 1024 * 1024
ARCHIVES = (".warc.gz", ".wet.gz", ".warc", ".wet")
ENDINGS = (".txt", ".html", ".htm", *ARCHIVES)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_SNIFFED = 65_536
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawCapture:
    """A page's bytes and what is known of where they come from; ``where`` names it in messages."""

    content: bytes
    media_type: str
    file: str
    where: str
    url: str | None = None
    retrieved: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as captured; ``file`` is the name of the file it came in, ``retrieved`` an xsd:dateTime.

    ``heading`` is the one main heading of a web page, empty where there is none or several.
    """

    sha256: str
    media_type: str
    size: int
    file: str
    text: str
    url: str | None = None
    retrieved: str | None = None
    heading: str = ""


def capture_files(folder: Path) -> list[Path]:
    """Return the files under a folder (or the one file) that may hold captures, in a stable order."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InputError(Problem("LG-EXT-001", "there is no such file or folder", Where(str(folder))))
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name.lower().endswith(ENDINGS)
    )


def read_raw(path: Path) -> Iterator[RawCapture | InputError]:
    """Yield the pages in a file as bytes; what cannot be read comes as an error in its place."""
    try:
        if path.name.lower().endswith(ARCHIVES):
            yield from _from_archive(path)
            return
        size = path.stat().st_size
        if size > LARGEST:
            raise _too_large(str(path), size)
        media_type = "text/html" if path.suffix.lower() in (".html", ".htm") else "text/plain"
        yield RawCapture(path.read_bytes(), media_type, path.name, str(path))
    except InputError as error:
        yield error
    except OSError as error:
        yield InputError(Problem("LG-EXT-002", f"the file cannot be read: {error}", Where(str(path))))


def to_capture(raw: RawCapture) -> Capture:
    """Turn bytes into text; raise InputError when they are empty or no text."""
    text, url, heading = _decode(raw.content, raw.media_type, raw.where), raw.url, ""
    if raw.media_type == "text/html":
        url, tree = url or _saved_from(text), HTMLTree.parse(text)
        text, heading = extract_plain_text(tree, alt_texts=False), _main_heading(tree)
    if not text.strip(BLANK):
        raise InputError(Problem("LG-EXT-003", "the page is empty", Where(raw.where), hint="fetch it again"))
    digest = hashlib.sha256(raw.content).hexdigest()
    return Capture(digest, raw.media_type, len(raw.content), raw.file, text, url, raw.retrieved, heading)


def _main_heading(tree: HTMLTree) -> str:
    """Return the text of the only h1, but not when it is the site's name, with which the title ends, too."""
    if tree.body is None:
        return ""
    headings = tree.body.query_selector_all("h1")
    heading = " ".join((headings[0].text or "").split()) if len(headings) == 1 else ""
    title = (tree.title or "").strip()
    front = title.removesuffix(heading) if heading and title.endswith(heading) else ""
    return "" if front.rstrip(" \u00a0").endswith(("|", "–", "—", "·", " -")) else heading


def _decode(content: bytes, media_type: str, where: str) -> str:
    """Decode as the page declares, else as UTF-8; refuse what is not text rather than guess."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding, where)
    if _NOT_TEXT.search(content[:_SNIFFED]):
        expected = "text or HTML in UTF-8 or in the encoding that the page declares"
        raise InputError(Problem("LG-EXT-004", "this is not a text", Where(where), expected=expected))
    declared = _META_CHARSET.search(content[:_SNIFFED]) if media_type == "text/html" else None
    if declared:
        return _strictly(content, declared[1].decode("ascii"), where)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if media_type == "text/html":
            return _strictly(content, detect_encoding(content) or "utf-8", where)
        raise _wrong_encoding(content, "utf-8", error, where) from error


def _strictly(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError as error:
        problem = Problem("LG-EXT-005", f"the page declares an unknown encoding {encoding!r}", Where(where))
        raise InputError(problem) from error
    except UnicodeDecodeError as error:
        raise _wrong_encoding(content, encoding, error, where) from error


def _wrong_encoding(content: bytes, encoding: str, error: UnicodeDecodeError, where: str) -> InputError:
    line = content.count(b"\n", 0, error.start) + 1
    guess = detect_encoding(content)
    return InputError(
        Problem(
            "LG-EXT-005",
            f"the text is not {encoding}",
            Where(where, line),
            value=f"byte 0x{content[error.start]:02x} at offset {error.start}",
            expected="UTF-8, or a web page that declares its encoding",
            hint=f"it may be {guess}: iconv -f {guess} -t utf-8",
        )
    )


def _too_large(where: str, size: int) -> InputError:
    return InputError(
        Problem(
            "LG-EXT-006",
            f"the page has {size / 1e6:.0f} MB, more than any project page",
            Where(where),
            expected=f"at most {LARGEST // 1024 // 1024} MB a page",
            hint="split it, or give the pages as .warc.gz",
        )
    )


def _saved_from(html: str) -> str | None:
    """Return the address that a saved page names: its canonical link or the browser's comment."""
    head = html[:_SNIFFED]
    for pattern in (
        r"<link[^>]+rel=[\"']canonical[\"'][^>]+href=[\"'](https?://[^\"'>]+)",
        r"<link[^>]+href=[\"'](https?://[^\"'>]+)[\"'][^>]+rel=[\"']canonical",
        r"<meta[^>]+property=[\"']og:url[\"'][^>]+content=[\"'](https?://[^\"'>]+)",
        r"<!-- saved from url=\(\d+\)(https?://\S+) -->",
    ):
        if match := re.search(pattern, head, re.IGNORECASE):
            return match[1]
    return None


def _from_archive(path: Path) -> Iterator[RawCapture | InputError]:
    """Yield the pages of a WARC or WET file, one at a time."""
    kinds = WarcRecordType.response | WarcRecordType.conversion | WarcRecordType.resource
    found = False
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=kinds, parse_http=True):
            found = True
            yield _archived(record, path)
    if not found:
        problem = Problem("LG-EXT-007", "the archive holds no page", Where(str(path)), expected="WARC or WET")
        raise InputError(problem)


def _archived(record: Any, path: Path) -> RawCapture | InputError:
    url = record.headers.get("WARC-Target-URI")
    where = f"{path}: {url or record.record_id}"
    content = record.reader.read(LARGEST + 1)
    if len(content) > LARGEST:
        return _too_large(where, len(content))
    if len(content) < record.content_length:
        hint = "fetch the archive again; the pages before this one were read"
        return InputError(
            Problem("LG-EXT-009", "the archive ends in the middle of this page", Where(where), hint=hint)
        )
    declared = record.http_content_type or record.headers.get("Content-Type") or ""
    media_type = "text/html" if "html" in declared else "text/plain"
    return RawCapture(content, media_type, path.name, where, url, record.headers.get("WARC-Date"))
