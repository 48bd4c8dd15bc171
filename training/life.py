"""Makes a Life model: data, training, export, card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from training import life_card
from training.byte_tokenizer import byte_tokenizer, tokenizer_config
from training.command import run_command, trained
from training.life_boards import END, MIDDLE, PREFIX, SUFFIX, document_ids, training_boards
from training.life_recipes import RECIPES, Recipe
from training.life_task import LifeTask
from training.model_folder import config_json, vivarium_block, write_folder


def block(recipe: Recipe) -> dict[str, Any]:
    """How the folder declares itself a Life model."""
    size = recipe.settings.size
    grid = {
        "width": size,
        "height": size,
        "topology": "torus",
        "rule": "B3/S23",
        "prompt": f"{PREFIX.decode()}{{cells}}{MIDDLE.decode()}",
        "answer": f"{{cells}}{SUFFIX.decode()}",
    }
    return {**vivarium_block("life", recipe.draft_of), **grid}


def make(recipe: Recipe, run: Path, folder: Path, device: str, train: bool = True, start: Path | None = None) -> None:
    """The whole path. With `train=False` only what follows training, from the run's checkpoint."""
    torch.manual_seed(recipe.schedule.seed)
    settings = recipe.settings
    task = LifeTask(recipe.config, settings, device)
    trainer = trained(task, recipe, run, device, train, start)
    written = write_folder(
        folder,
        task.module.decoder,
        config_json(recipe.config, end=END, start=None, pad=0, vivarium=block(recipe)),
        {"eos_token_id": END, "pad_token_id": 0, "do_sample": False, "max_new_tokens": settings.size**2 + len(SUFFIX)},
        byte_tokenizer(),
        tokenizer_config(recipe.config.max_positions),
        document_ids(training_boards(settings.seed, 10**7, 4, settings.size, settings.mix)),
        quantized=False,
    )
    life_card.write(folder, recipe, trainer, task.module.decoder.parameter_count(), device, written)


if __name__ == "__main__":
    run_command("python -m training.life", __doc__ or "", RECIPES, make)
