"""Figures of an exported Life model, from its ONNX file alone: free-running greedy answers on fresh boards."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.life_boards import END, document_ids, next_boards, prompt_ids, random_boards
from training.onnx_check import OnnxDecoder

TEST_SEED = 2 * 10**6
BATCH = 20

PATTERNS: dict[str, list[str]] = {
    "glider": [".O.", "..O", "OOO"],
    "blinker": ["OOO"],
    "block": ["OO", "OO"],
    "beehive": [".OO.", "O..O", ".OO."],
    "r-pentomino": [".OO", "OO.", ".O."],
}


def greedy_answers(decoder: OnnxDecoder, boards: np.ndarray) -> np.ndarray:
    """[n, size, size]: the model's next boards, each cell chosen greedily after the model's own cells before it.

    A cell is 2 where the model wrote anything but `0` or `1`, or did not end the board with `]$`.
    """
    count, cells = len(boards), boards[0].size
    decoder.reset(count)
    logits = decoder.feed(prompt_ids(boards))[:, -1]
    written = np.zeros((count, cells + 2), np.int64)
    for position in range(cells + 2):
        written[:, position] = logits.argmax(-1)
        if position < cells + 1:
            logits = decoder.feed(written[:, [position]])[:, -1]
    answer = written[:, :cells] - ord("0")
    answer[(answer != 0) & (answer != 1)] = 2
    ended = (written[:, cells] == ord("]")) & (written[:, cells + 1] == END)
    answer[~ended] = 2
    return answer.reshape(boards.shape).astype(np.uint8)


def answers_in_one_pass(decoder: OnnxDecoder, boards: np.ndarray) -> np.ndarray:
    """What `greedy_answers` gives, faster: where each greedy choice after the true tokens is the true one, the truth is
    what the model writes; only the other boards are written token by token."""
    ids = document_ids(boards)
    decoder.reset(len(boards))
    start = prompt_ids(boards).shape[1]
    choices = decoder.feed(ids[:, :-1])[:, start - 1 :].argmax(-1)
    right = (choices == ids[:, start:]).all(axis=1)
    found = next_boards(boards)
    if not right.all():
        found[~right] = greedy_answers(decoder, boards[~right])
    return found


def answers(decoder: OnnxDecoder, boards: np.ndarray) -> np.ndarray:
    parts = [boards[start : start + BATCH] for start in range(0, len(boards), BATCH)]
    return np.concatenate([answers_in_one_pass(decoder, part) for part in parts])


def by_order(decoder: OnnxDecoder, size: int, boards_per_order: int) -> list[dict[str, float]]:
    """Share of cells and boards that are right at each order parameter 0, 0.1 .. 1."""
    table = []
    for tenth in range(11):
        rng = np.random.default_rng([TEST_SEED, tenth])
        boards = random_boards(rng, boards_per_order, size, tenth / 10)
        right = answers(decoder, boards) == next_boards(boards)
        table.append(
            {"order": tenth / 10, "cells": float(right.mean()), "boards": float(right.all(axis=(1, 2)).mean())}
        )
    return table


def placed(rows: list[str], size: int) -> np.ndarray:
    """A pattern near the middle of an empty torus."""
    board = np.zeros((size, size), np.uint8)
    top, left = (size - len(rows)) // 2, (size - len(rows[0])) // 2
    for row, text in enumerate(rows):
        for column, cell in enumerate(text):
            board[top + row, left + column] = cell == "O"
    return board


def rollout(decoder: OnnxDecoder, steps: int, size: int) -> dict[str, int | None]:
    """Feed the model its own boards: for each pattern the first step that differs from the true history, or None."""
    names = list(PATTERNS)
    truth = np.stack([placed(PATTERNS[name], size) for name in names])
    boards = truth.copy()
    wrong: dict[str, int | None] = dict.fromkeys(names)
    for step in range(1, steps + 1):
        boards, truth = answers(decoder, boards), next_boards(truth)
        for name, mine, true in zip(names, boards, truth, strict=True):
            if wrong[name] is None and not np.array_equal(mine, true):
                wrong[name] = step
        if all(first is not None for first in wrong.values()):
            break
        boards = np.where(boards == 2, 0, boards).astype(np.uint8)
    return wrong


def evaluate(path: Path, size: int, boards_per_order: int, steps: int) -> dict[str, object]:
    decoder = OnnxDecoder(path)
    table = by_order(decoder, size, boards_per_order)
    return {
        "boards_per_order": boards_per_order,
        "by_order": table,
        "cells": float(np.mean([row["cells"] for row in table])),
        "boards": float(np.mean([row["boards"] for row in table])),
        "rollout_steps": steps,
        "first_wrong_step": rollout(decoder, steps, size),
    }
