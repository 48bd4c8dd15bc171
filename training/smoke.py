"""The whole path of all models at a tiny size, in less than a minute: `python -m training.smoke`.

Data, training, going on from a checkpoint and from a model's weights, distillation, export, comparison with PyTorch,
cards. Made-up sentences stand in for the text, so that no network is asked. Exits with an error if any part fails.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from training import life, text
from training.card import BEGIN, END, UNMEASURED
from training.onnx_export import export
from training.onnx_weights import read_decoder
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


def check_weights(folder: Path) -> None:
    """What is read back from a folder must export to the same file, bit for bit."""
    again = folder / "again.onnx"
    export(read_decoder(folder), again)
    if again.read_bytes() != (folder / "onnx" / "model.onnx").read_bytes():
        raise ValueError(f"{folder.name}: the weights that are read back from it are not those that were written")


def check_card(folder: Path, again: Callable[[], None]) -> None:
    """A card that is written again for the same weights keeps what `npm run evaluate` put between its marks."""
    card = folder / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace(UNMEASURED, f"{BEGIN}\nfigures\n{END}"), encoding="utf-8")
    again()
    if f"{BEGIN}\nfigures\n{END}" not in card.read_text(encoding="utf-8"):
        raise ValueError(f"{folder.name}: the figures of its card are lost")


def check_life(root: Path) -> None:
    recipe, folder = life.RECIPES["smoke"], root / "life-smoke"
    half = replace(recipe, schedule=replace(recipe.schedule, steps=recipe.schedule.steps // 2))
    for part in (half, recipe):  # the second goes on from the first one's checkpoint
        life.make(part, root / "run-life", folder, "cpu")
    check_folder(folder)
    check_weights(folder)
    check_card(folder, lambda: life.make(recipe, root / "run-life", folder, "cpu", train=False))
    life.make(life.RECIPES["smoke-polish"], root / "run-polish", folder, "cpu", start=folder)
    card = (folder / "README.md").read_text(encoding="utf-8")
    if "figures" in card or "### Then" not in card:
        raise ValueError(
            f"{folder.name}: its card does not tell of both trainings, or has the figures of other weights"
        )
    life.make(life.RECIPES["smoke-draft"], root / "run-life-draft", root / "life-smoke-draft", "cpu")
    check_folder(root / "life-smoke-draft")


def check_text(root: Path) -> None:
    documents = made_up_documents(300)
    for name in ("smoke", "smoke-draft"):
        recipe = text.RECIPES[name]
        text.make_from(recipe, documents, root / f"run-{recipe.run}", root / recipe.model, "cpu")
        check_folder(root / recipe.model)
        check_weights(root / recipe.model)


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        check_life(Path(place))
        check_text(Path(place))
    print("smoke test passed")


if __name__ == "__main__":
    main()
