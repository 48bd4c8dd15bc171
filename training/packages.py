"""Fetch and open the packages that the text comes from, with the registries' own clients (npm, apt)."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    kind: str  # "npm" or "deb"
    name: str
    version: str  # npm: exact; deb: the one the figures were made with (apt gives the release's own)
    contents: str  # for the card
    licence: str


def find(package: Package, cache: Path) -> Path | None:
    stem = package.name.lstrip("@").replace("/", "-")
    pattern = f"{stem}-{package.version}.tgz" if package.kind == "npm" else f"{stem}_*.deb"
    return next(iter(sorted(cache.glob(pattern))), None)


def fetch(package: Package, cache: Path) -> Path:
    """The package's file in `cache`, downloaded if it is not there. Without npm or apt put the files there by hand."""
    cache.mkdir(parents=True, exist_ok=True)
    found = find(package, cache)
    if found is not None:
        return found
    spec = f"{package.name}@{package.version}" if package.kind == "npm" else package.name
    command = ["npm", "pack", "--silent", spec] if package.kind == "npm" else ["apt-get", "download", spec]
    program = shutil.which(command[0])
    if program is not None:
        subprocess.run([program, *command[1:]], cwd=cache, check=True, stdout=subprocess.DEVNULL)
        found = find(package, cache)
    if found is None:
        raise FileNotFoundError(f"{spec}: `{' '.join(command)}` gave nothing; put the package's file into {cache}")
    return found


def members(path: Path) -> dict[str, bytes]:
    """All files in an npm tarball or a Debian package, by path."""
    if path.suffix == ".deb":
        name, data = next((n, d) for n, d in archive_members(path.read_bytes()) if n.startswith("data.tar"))
        stream: io.BytesIO = io.BytesIO(data)
        if name.endswith(".zst"):
            raise ValueError(f"{path.name} is compressed with zstd, which this reader does not open")
    else:
        stream = io.BytesIO(path.read_bytes())
    with tarfile.open(fileobj=stream, mode="r:*") as archive:
        files = [member for member in archive if member.isfile()]
        return {member.name.removeprefix("./"): archive.extractfile(member).read() for member in files}  # type: ignore[union-attr]


def archive_members(data: bytes) -> list[tuple[str, bytes]]:
    """The parts of a Unix `ar` archive: headers of 60 bytes, data padded to even length."""
    parts, at = [], len(b"!<arch>\n")
    while at + 60 <= len(data):
        name = data[at : at + 16].decode().strip().rstrip("/")
        size = int(data[at + 48 : at + 58])
        parts.append((name, data[at + 60 : at + 60 + size]))
        at += 60 + size + size % 2
    return parts


def gunzip(data: bytes) -> bytes:
    return gzip.decompress(data)


def unpack_lzw(data: bytes, length: int, widest: int = 16) -> bytes:
    """The LZW of Unix `compress` in block mode, without its 3-byte header; `length` is the size of what it holds."""
    table = [bytes([byte]) for byte in range(256)] + [b""]  # 256 is the clear code
    width, at, bits, held = 9, 0, 0, 0
    output = bytearray()
    before = b""
    group = 0  # codes come in groups of eight, and a change of width abandons the rest of a group

    def next_code() -> int:
        nonlocal at, bits, held, group
        while bits < width:
            held |= (data[at] if at < len(data) else 0) << bits
            at, bits = at + 1, bits + 8
        code = held & ((1 << width) - 1)
        held, bits = held >> width, bits - width
        group = (group + 1) % 8
        return code

    def skip_group() -> None:
        while group:
            next_code()

    while len(output) < length:
        code = next_code()
        if code == 256:
            skip_group()
            del table[257:]
            width, before = 9, b""
            continue
        entry = table[code] if code < len(table) else before + before[:1]
        output += entry
        if before and len(table) < 1 << widest:
            table.append(before + entry[:1])
            # the writer is one entry ahead of the reader: it widens when its table is full
            if len(table) == 1 << width and width < widest:
                skip_group()
                width += 1
        before = entry
    return bytes(output[:length])
