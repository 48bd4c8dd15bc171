"""Makes a Life model: `python -m training.life [--recipe full]`. Data, training, export, evaluation, card."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from training import life_card
from training.byte_tokenizer import byte_tokenizer, tokenizer_config
from training.device import choose_device, describe_device
from training.life_boards import END, MIDDLE, PREFIX, SUFFIX, document_ids, document_length, training_boards
from training.life_evaluate import evaluate
from training.life_task import LifeSettings, LifeTask
from training.model_folder import config_json, write_folder
from training.paths import MODELS, RUNS
from training.trainer import Schedule, Trainer
from training.transformer import DecoderConfig


@dataclass(frozen=True)
class Recipe:
    config: DecoderConfig
    settings: LifeSettings
    schedule: Schedule
    validate_every: int
    boards_per_order: int
    rollout_steps: int


def decoder_config(size: int, width: int, layers: int, heads: int, rope_theta: float) -> DecoderConfig:
    return DecoderConfig(
        vocab_size=256,
        hidden_size=width,
        layers=layers,
        heads=heads,
        head_dim=16,
        intermediate_size=4 * width,
        max_positions=document_length(size),
        rope_theta=rope_theta,
        activation="relu2",
        qk_norm=True,
    )


RECIPES = {
    "full": Recipe(
        config=decoder_config(16, width=128, layers=3, heads=8, rope_theta=500.0),
        settings=LifeSettings(size=16, batch=6, hint_weight=1.0, hint_layers=(1, 2)),
        schedule=Schedule(steps=1600, matrix_lr=5e-3, other_lr=2e-3, warmup=30, cooldown=0.4),
        validate_every=50,
        boards_per_order=100,
        rollout_steps=100,
    ),
    "smoke": Recipe(
        config=decoder_config(4, width=32, layers=2, heads=4, rope_theta=200.0),
        settings=LifeSettings(size=4, batch=8, hint_weight=1.0, hint_layers=(1,), validation_boards=8),
        schedule=Schedule(steps=20, matrix_lr=5e-3, other_lr=2e-3, warmup=5),
        validate_every=10,
        boards_per_order=2,
        rollout_steps=2,
    ),
}


def vivarium_block(size: int) -> dict[str, object]:
    """How a folder declares itself a Life model."""
    return {
        "task": "life",
        "role": "target",
        "width": size,
        "height": size,
        "topology": "torus",
        "rule": "B3/S23",
        "prompt": f"{PREFIX.decode()}{{cells}}{MIDDLE.decode()}",
        "answer": f"{{cells}}{SUFFIX.decode()}",
    }


def make(recipe: Recipe, run: Path, folder: Path, device: str, train: bool = True) -> None:
    """The whole path. With `train=False` only what follows training, from the run's checkpoint."""
    torch.manual_seed(recipe.schedule.seed)
    task = LifeTask(recipe.config, recipe.settings, device)
    trainer = Trainer(task, recipe.schedule, run, device)
    resumed = trainer.resume()
    if train:
        trainer.run(recipe.validate_every)
    elif not resumed:
        raise FileNotFoundError(f"no checkpoint in {run}: train first")
    size = recipe.settings.size
    differences = write_folder(
        folder,
        task.module.decoder,
        config_json(recipe.config, end=END, start=None, pad=0, vivarium=vivarium_block(size)),
        {"eos_token_id": END, "pad_token_id": 0, "do_sample": False, "max_new_tokens": size * size + len(SUFFIX)},
        byte_tokenizer(),
        tokenizer_config(recipe.config.max_positions),
        document_ids(training_boards(recipe.settings.seed, 10**7, 4, size)),
        quantized=False,
    )
    figures = evaluate(folder / "onnx" / "model.onnx", size, recipe.boards_per_order, recipe.rollout_steps)
    life_card.write(
        folder, recipe, trainer, task.module.decoder.parameter_count(), describe_device(device), differences, figures
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="full")
    parser.add_argument(
        "--steps", type=int, help="train to this step instead; a longer run goes on from the checkpoint"
    )
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--run", type=Path, help="folder of the checkpoint and the curve")
    parser.add_argument("--out", type=Path, help="model folder to write")
    parser.add_argument("--export-only", action="store_true", help="export and evaluate the checkpoint as it is")
    options = parser.parse_args()
    recipe = RECIPES[options.recipe]
    if options.steps is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, steps=options.steps))
    name = "lifegpt-16" if options.recipe == "full" else f"life-{options.recipe}"
    folder = options.out or (MODELS if options.recipe == "full" else RUNS / "models") / name
    device = choose_device(options.threads)
    make(recipe, options.run or RUNS / name, folder, device, train=not options.export_only)


if __name__ == "__main__":
    main()
