"""The whole path of both models at a tiny size, in less than a minute: `python -m training.smoke`.

Data, training, going on from a checkpoint, export, comparison with PyTorch, evaluation, card. Made-up sentences stand
in for the text, so that no network is asked. Exits with an error if any part fails.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from training import life, text
from training.text_corpus import Document

FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "onnx/model.onnx",
    "README.md",
)


def made_up_documents(count: int) -> list[Document]:
    rng = np.random.default_rng(1)
    words = [
        ["The", "A", "Every", "No"],
        ["whale", "captain", "prophet", "cell", "glider"],
        ["sees", "follows", "remembers", "becomes"],
        ["the sea.", "its neighbour.", "a quiet board.", "the next step."],
    ]
    sentences = [[" ".join(rng.choice(kind) for kind in words) for _ in range(12)] for _ in range(count)]
    return [Document("made-up", " ".join(lines)) for lines in sentences]


def check_folder(folder: Path) -> None:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder.name} lacks {', '.join(missing)}")
    print(f"{folder.name}: complete")


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        recipe = life.RECIPES["smoke"]
        half = replace(recipe, schedule=replace(recipe.schedule, steps=recipe.schedule.steps // 2))
        for part in (half, recipe):  # the second goes on from the first one's checkpoint
            life.make(part, root / "run-life", root / "life", "cpu")
        check_folder(root / "life")
        text.make(text.RECIPES["smoke"], made_up_documents(300), root / "run-text", root / "text", "cpu")
        check_folder(root / "text")
    print("smoke test passed")


if __name__ == "__main__":
    main()
