"""What both trainings share: the command line, and training up to where it ends."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from torch import nn

from training.card import training_section
from training.device import choose_device
from training.onnx_weights import load_decoder
from training.paths import MODELS, RUNS
from training.trainer import Schedule, Task, Trainer
from training.transformer import Decoder

EARLIER = "earlier.md"  # in a run that began with a model's weights: how those were trained, for the card


class AnyRecipe(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def run(self) -> str: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def validate_every(self) -> int: ...
    @property
    def goes_on(self) -> bool: ...


R = TypeVar("R", bound=AnyRecipe)
Make = Callable[[R, Path, Path, str, bool, Path | None], None]  # recipe, run, folder, device, train, start


def start_from(decoder: nn.Module, folder: Path, run: Path) -> None:
    """Take the weights of a model folder, and keep what its card says of its training."""
    assert isinstance(decoder, Decoder)
    load_decoder(decoder, folder / "onnx" / "model.onnx")
    card = folder / "README.md"
    run.mkdir(parents=True, exist_ok=True)
    earlier = training_section(card.read_text(encoding="utf-8")) if card.exists() else ""
    (run / EARLIER).write_text(earlier, encoding="utf-8")


def earlier(run: Path) -> str:
    """How the weights that a run began with were trained; nothing if it began at random."""
    kept = run / EARLIER
    return kept.read_text(encoding="utf-8") if kept.exists() else ""


def trained(task: Task, recipe: AnyRecipe, run: Path, device: str, train: bool, start: Path | None) -> Trainer:
    """The task's model as the run's checkpoint has it, trained to the recipe's end unless `train` is false.

    Without a checkpoint training begins with the weights of the model folder `start`, or at random.
    """
    trainer = Trainer(task, recipe.schedule, run, device)
    if not trainer.resume():
        if not train:
            raise FileNotFoundError(f"no checkpoint in {run}: train first")
        if start is not None:
            start_from(task.module.decoder, start, run)  # type: ignore[arg-type]
        elif recipe.goes_on:
            raise ValueError(f"this recipe goes on from a model: give --from {MODELS.name}/{recipe.model}")
    if train:
        trainer.run(recipe.validate_every)
    return trainer


def run_command(name: str, description: str, recipes: Mapping[str, Any], make: Make[Any]) -> None:
    """Read the command line and make what it asks for."""
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--recipe", choices=sorted(recipes), default="full")
    parser.add_argument(
        "--steps", type=int, help="train to this step instead; a longer run goes on from the checkpoint"
    )
    parser.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this model's weights")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--run", type=Path, help="folder of the checkpoint and the curve")
    parser.add_argument("--out", type=Path, help="model folder to write")
    parser.add_argument("--export-only", action="store_true", help="export the checkpoint as it is")
    options = parser.parse_args()
    recipe = recipes[options.recipe]
    if options.steps is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, steps=options.steps))
    place = RUNS / "models" if options.recipe.startswith("smoke") else MODELS
    device = choose_device(options.threads)
    folder = options.out or place / recipe.model
    make(recipe, options.run or RUNS / recipe.run, folder, device, not options.export_only, options.start)
