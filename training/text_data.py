"""The corpus as token arrays, and the batches cut out of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.text_corpus import Document, is_held_out
from training.text_tokenizer import train_tokenizer

KEPT_IN_100 = {
    "wordnet": 40
}  # of the training documents; the others are kept whole. Definitions would drown the prose.


@dataclass(frozen=True)
class TextData:
    tokenizer: Tokenizer
    train: np.ndarray  # uint16, documents one after another, each begun by the end-of-text token
    held_out: list[Document]

    @property
    def held_out_bytes(self) -> int:
        return sum(len(document.text.encode()) for document in self.held_out)


def is_kept(document: Document) -> bool:
    digest = hashlib.blake2b(document.text.encode(), digest_size=4, salt=b"keep").digest()
    return int.from_bytes(digest, "big") % 100 < KEPT_IN_100.get(document.source, 100)


def encoded(tokenizer: Tokenizer, documents: Iterable[Document]) -> np.ndarray:
    encodings = tokenizer.encode_batch([document.text for document in documents])
    return np.concatenate([np.array(encoding.ids, np.uint16) for encoding in encodings])


def prepare(documents: list[Document], vocabulary: int, cache: Path | None) -> TextData:
    """Split, train the tokenizer and encode; kept in the folder `cache` under a hash of what went in."""
    held_out = [document for document in documents if is_held_out(document)]
    kept = [document for document in documents if not is_held_out(document) and is_kept(document)]
    digest = hashlib.blake2b("\0".join(document.text for document in kept).encode(), digest_size=8).hexdigest()
    stem = None if cache is None else cache / f"tokens-{vocabulary}-{digest}"
    if stem is not None and stem.with_suffix(".npy").exists():
        tokenizer = Tokenizer.from_file(str(stem.with_suffix(".json")))
        return TextData(tokenizer, np.load(stem.with_suffix(".npy")), held_out)
    tokenizer = train_tokenizer((document.text for document in kept), vocabulary)
    order = np.random.default_rng(1).permutation(len(kept))
    train = encoded(tokenizer, [kept[index] for index in order])
    if stem is not None:
        tokenizer.save(str(stem.with_suffix(".json")))
        np.save(stem.with_suffix(".npy"), train)
    return TextData(tokenizer, train, held_out)


def batch(train: np.ndarray, seed: int, step: int, size: int, length: int) -> np.ndarray:
    """[size, length + 1] windows of one step: each epoch cuts the tokens at another offset and shuffles the pieces."""
    windows = (len(train) - length - 1) // length - 1
    per_epoch = max(1, windows // size)
    epoch, within = divmod(step, per_epoch)
    rng = np.random.default_rng([seed, epoch])
    offset = rng.integers(length)
    chosen = rng.permutation(windows)[within * size : (within + 1) * size]
    return np.stack([train[offset + index * length :][: length + 1] for index in chosen]).astype(np.int64)
