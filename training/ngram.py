"""The baseline a text model must beat: a byte n-gram with Witten-Bell smoothing."""

from __future__ import annotations

import numpy as np


def grams(data: np.ndarray, order: int) -> np.ndarray:
    """[n - order + 1] uint64: each run of `order` bytes as one number, the last byte lowest."""
    keys = np.zeros(len(data) - order + 1, np.uint64)
    for offset in range(order):
        keys = (keys << np.uint64(8)) | data[offset : offset + len(keys)].astype(np.uint64)
    return keys


def looked_up(keys: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, counts[place], 0)


def bits_per_byte(train: bytes, held_out: bytes, order: int = 5) -> float:
    """Mean -log2 p of the held-out bytes under an interpolated Witten-Bell `order`-gram (Bell, Cleary and Witten 1990).

    p_n(c | context) = (count(context, c) + kinds(context) p_{n-1}(c)) / (count(context) + kinds(context)), p_0 = 1/256.
    """
    seen, wanted = np.frombuffer(train, np.uint8), np.frombuffer(held_out, np.uint8)
    probability = np.full(len(wanted), 1 / 256)
    for n in range(1, order + 1):
        keys, counts = np.unique(grams(seen, n), return_counts=True)
        contexts, kinds = np.unique(keys >> np.uint64(8), return_counts=True)
        totals = np.add.reduceat(counts, np.searchsorted(keys >> np.uint64(8), contexts))
        asked = grams(wanted, n)
        joint = looked_up(keys, counts, asked)
        kind = looked_up(contexts, kinds, asked >> np.uint64(8))
        total = looked_up(contexts, totals, asked >> np.uint64(8))
        tail = probability[n - 1 :]
        known = total > 0
        tail[known] = ((joint + kind * tail) / np.maximum(total + kind, 1))[known]
    return float(-np.log2(probability).mean())
