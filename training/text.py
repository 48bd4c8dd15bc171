"""Makes a text model: data, training, export, card. A draft (`--recipe draft`) learns from its target's folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from training import text_card
from training.command import run_command, trained
from training.distillation import DistillationTask
from training.model_folder import config_json, vivarium_block, write_folder
from training.onnx_weights import read_decoder
from training.paths import CACHE
from training.text_corpus import Document, load
from training.text_data import TextData, encoded, prepare
from training.text_recipes import RECIPES, Recipe
from training.text_task import TextTask
from training.text_tokenizer import tokenizer_config
from training.transformer import Decoder


def read_target(folder: Path, data: TextData) -> Decoder:
    """The model that a draft is made for, which must have the same tokens."""
    if not (folder / "config.json").exists():
        raise FileNotFoundError(f"{folder} is not there: make the model that is drafted for first")
    if Tokenizer.from_file(str(folder / "tokenizer.json")).to_str() != data.tokenizer.to_str():
        raise ValueError(f"{folder} has another tokenizer than this text gives: draft and target must share one")
    return read_decoder(folder)


def make_task(recipe: Recipe, data: TextData, folder: Path, device: str, cache: Path | None) -> TextTask:
    """The recipe's task; the target of a draft that is to be written into `folder` lies beside it."""
    sizes = (recipe.config, data, recipe.batch, recipe.length, recipe.schedule.seed, device)
    if recipe.distillation is None:
        torch.manual_seed(recipe.schedule.seed)
        return TextTask(*sizes)
    target = read_target(folder.parent / recipe.distillation.target, data)
    torch.manual_seed(recipe.schedule.seed)  # the draft begins with the same weights whatever its target is
    return DistillationTask(*sizes, recipe.distillation, target, cache)


def make_from(
    recipe: Recipe,
    documents: list[Document],
    run: Path,
    folder: Path,
    device: str,
    cache: Path | None = None,
    train: bool = True,
    start: Path | None = None,
) -> None:
    """The whole path. With `train=False` only what follows training, from the run's checkpoint."""
    data = prepare(documents, recipe.config.vocab_size, cache)
    task = make_task(recipe, data, folder, device, cache)
    trainer = trained(task, recipe, run, device, train, start)
    written = write_folder(
        folder,
        task.module.decoder,
        config_json(recipe.config, end=0, start=0, pad=None, vivarium=vivarium_block("text", recipe.draft_of)),
        {"bos_token_id": 0, "eos_token_id": 0, "do_sample": True, "temperature": 0.7, "top_p": 0.95},
        data.tokenizer,
        tokenizer_config(recipe.config.max_positions),
        encoded(data.tokenizer, data.held_out[:1])[None, : recipe.length].astype(np.int64),
        quantized=recipe.distillation is None,
    )
    text_card.write(folder, recipe, trainer, data, task.module.decoder.parameter_count(), device, written)


def make(recipe: Recipe, run: Path, folder: Path, device: str, train: bool, start: Path | None) -> None:
    make_from(recipe, load(CACHE, recipe.sources), run, folder, device, CACHE, train, start)


if __name__ == "__main__":
    run_command("python -m training.text", __doc__ or "", RECIPES, make)
