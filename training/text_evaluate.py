"""Figures of an exported text model, from its ONNX file alone: bits per byte, and samples."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.onnx_check import OnnxDecoder
from training.text_corpus import Document

PROMPTS = ("In the beginning", "The state of the Union is", "The whale")


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def document_nats(decoder: OnnxDecoder, ids: np.ndarray, length: int) -> float:
    """-ln p of a document after its first token. Windows overlap by half: a token sees half a context at least."""
    total, scored = 0.0, 1
    for start in range(0, len(ids), length // 2):
        window = ids[start : start + length]
        decoder.reset(1)
        chances = log_softmax(decoder.feed(window[None, :])[0].astype(np.float64))
        first = scored - start
        targets = window[first:]
        total -= chances[np.arange(first - 1, first - 1 + len(targets)), targets].sum()
        scored = start + len(window)
        if scored == len(ids):
            break
    return total


def bits_per_byte(decoder: OnnxDecoder, tokenizer: Tokenizer, documents: Iterable[Document], length: int) -> float:
    nats, count = 0.0, 0
    for document in documents:
        ids = np.array(tokenizer.encode(document.text).ids, np.int64)
        nats += document_nats(decoder, ids, length)
        count += len(document.text.encode())
    return nats / math.log(2) / max(1, count)


def sample(
    decoder: OnnxDecoder, tokenizer: Tokenizer, prompt: str, count: int, seed: int, temperature: float, top_p: float
) -> str:
    """`count` tokens at a temperature, from the smallest set of tokens that holds `top_p` of the probability."""
    rng = np.random.default_rng(seed)
    ids = list(tokenizer.encode(prompt).ids)
    decoder.reset(1)
    logits = decoder.feed(np.array([ids]))[0, -1]
    for _ in range(count):
        chances = np.exp(log_softmax(logits.astype(np.float64) / temperature))
        order = np.argsort(-chances)
        kept = order[: int(np.searchsorted(np.cumsum(chances[order]), top_p)) + 1]
        ids.append(int(rng.choice(kept, p=chances[kept] / chances[kept].sum())))
        logits = decoder.feed(np.array([[ids[-1]]]))[0, -1]
    return tokenizer.decode(ids)


def samples(path: Path, tokenizer: Tokenizer, count: int) -> list[str]:
    decoder = OnnxDecoder(path)
    return [sample(decoder, tokenizer, prompt, count, 7, 0.7, 0.95) for prompt in PROMPTS]


def greedy_agreement(path: Path, other: Path, tokenizer: Tokenizer, documents: list[Document], length: int) -> float:
    """How often two files choose the same next token, over the first window of each document."""
    one, two = OnnxDecoder(path), OnnxDecoder(other)
    same, count = 0, 0
    for document in documents:
        ids = np.array([tokenizer.encode(document.text).ids[:length]])
        one.reset(1)
        two.reset(1)
        choices = one.feed(ids).argmax(-1) == two.feed(ids).argmax(-1)
        same, count = same + int(choices.sum()), count + choices.size
    return same / max(1, count)
