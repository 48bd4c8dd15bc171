"""Conway's Life on a torus: the rule, boards to train and test on, and LifeGPT's grammar as token ids.

Grammar (Berkovich and Buehler 2024, arXiv 2409.12182): `@PredictNextState<cells> [cells]$`, one token per byte,
cells row by row as `0` and `1`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PREFIX, MIDDLE, SUFFIX = b"@PredictNextState<", b"> [", b"]$"
END = ord("$")


def neighbourhood(boards: np.ndarray) -> np.ndarray:
    """[n, rows, columns] to [n, rows, columns, 9]: the 3 x 3 torus neighbourhood of each cell, row by row."""
    shifts = [(row, column) for row in (1, 0, -1) for column in (1, 0, -1)]
    return np.stack([np.roll(boards, shift, axis=(1, 2)) for shift in shifts], axis=-1)


def next_boards(boards: np.ndarray) -> np.ndarray:
    """One step of B3/S23 on the torus."""
    total = neighbourhood(boards).sum(axis=-1, dtype=np.uint8)
    return ((total == 3) | ((total == 4) & (boards == 1))).astype(np.uint8)


def random_boards(rng: np.random.Generator, count: int, size: int, order: float | None = None) -> np.ndarray:
    """Cells alive with probability `order`, or with one drawn evenly from 0 to 1 for each board."""
    orders = rng.random(count) if order is None else np.full(count, order)
    return (rng.random((count, size, size)) < orders[:, None, None]).astype(np.uint8)


def sparse_boards(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """A few small random clumps on an empty torus, up to eight steps old; gliders and blinkers come out of such."""
    boards = np.zeros((count, size, size), np.uint8)
    for board in boards:
        for _ in range(rng.integers(1, 4)):
            side = int(rng.integers(2, 6))
            rows = (rng.integers(size) + np.arange(side)) % size
            columns = (rng.integers(size) + np.arange(side)) % size
            board[np.ix_(rows, columns)] = rng.random((side, side)) < rng.uniform(0.3, 0.7)
    return aged(rng, boards, 8)


def aged(rng: np.random.Generator, boards: np.ndarray, oldest: int) -> np.ndarray:
    ages = rng.integers(0, oldest + 1, len(boards))
    for age in range(1, oldest + 1):
        boards = np.where((ages >= age)[:, None, None], next_boards(boards), boards)
    return boards


PATTERNS: dict[str, list[str]] = {
    "glider": [".O.", "..O", "OOO"],
    "blinker": ["OOO"],
    "block": ["OO", "OO"],
    "beehive": [".OO.", "O..O", ".OO."],
    "r-pentomino": [".OO", "OO.", ".O."],
}


def pattern_boards(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """One or two well-known patterns on an empty torus, turned, anywhere, over any edge; half of them lone gliders.

    Up to 100 steps old, so that a glider is seen in each of its forms and an r-pentomino in all that comes of it.
    """
    boards = np.zeros((count, size, size), np.uint8)
    names = list(PATTERNS)
    for index, board in enumerate(boards):
        lone = index % 2 == 0
        for _ in range(1 if lone else int(rng.integers(1, 3))):
            rows = PATTERNS["glider" if lone else names[rng.integers(len(names))]]
            cells = np.array([[cell == "O" for cell in row] for row in rows])
            cells = np.rot90(cells, int(rng.integers(4)))
            cells = cells.T if rng.random() < 0.5 else cells
            where = np.ix_(
                (rng.integers(size) + np.arange(cells.shape[0])) % size,
                (rng.integers(size) + np.arange(cells.shape[1])) % size,
            )
            board[where] |= cells
    return aged(rng, boards, 100)


@dataclass(frozen=True)
class Mix:
    """Shares of a step's boards, rounded down to whole ones. The rest is random, at orders drawn evenly from 0 to 1."""

    sparse: float = 0.25  # small clumps up to 8 steps old on an empty torus
    aged: float = 0.25  # random boards up to 20 steps old
    patterns: float = 0.0  # well-known patterns up to 100 steps old

    def of(self, count: int) -> tuple[int, int, int, int]:
        """How many of `count` boards are random, sparse, aged, patterns."""
        few, old, known = int(count * self.sparse), int(count * self.aged), int(count * self.patterns)
        return count - few - old - known, few, old, known


def training_boards(seed: int, step: int, count: int, size: int, mix: Mix) -> np.ndarray:
    """The boards of one step, [count, size, size]; a function of its arguments alone."""
    rng = np.random.default_rng([seed, step])
    fresh, few, old, known = mix.of(count)
    soups = (rng.random((old, size, size)) < rng.uniform(0.2, 0.6, (old, 1, 1))).astype(np.uint8)
    return np.concatenate(
        [
            random_boards(rng, fresh, size),
            sparse_boards(rng, few, size),
            aged(rng, soups, 20),
            pattern_boards(rng, known, size),
        ]
    )


def as_bytes(text: bytes, count: int) -> np.ndarray:
    return np.broadcast_to(np.frombuffer(text, np.uint8), (count, len(text)))


def prompt_ids(boards: np.ndarray) -> np.ndarray:
    """[n, 18 + cells + 3]: up to and with ` [`, so that the next token is the first cell of the answer."""
    count = len(boards)
    cells = boards.reshape(count, -1) + ord("0")
    return np.concatenate([as_bytes(PREFIX, count), cells, as_bytes(MIDDLE, count)], axis=1).astype(np.int64)


def document_ids(boards: np.ndarray) -> np.ndarray:
    """[n, 18 + cells + 3 + cells + 2]: a board, its successor, and the end."""
    count = len(boards)
    cells = next_boards(boards).reshape(count, -1) + ord("0")
    return np.concatenate([prompt_ids(boards), cells, as_bytes(SUFFIX, count)], axis=1).astype(np.int64)


def document_length(size: int) -> int:
    return len(PREFIX) + len(MIDDLE) + len(SUFFIX) + 2 * size * size
