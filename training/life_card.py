"""The README of a Life model: what it is and how it was trained. `npm run evaluate` adds what was measured."""

from __future__ import annotations

from pathlib import Path

from training.card import UNMEASURED, cooled, curve, percent, table, write_card
from training.command import earlier
from training.device import describe_device
from training.life_recipes import Recipe
from training.life_task import LifeSettings
from training.model_folder import Written
from training.trainer import Trainer


def boards(settings: LifeSettings) -> str:
    fresh, few, old, known = settings.mix.of(settings.batch)
    parts = [
        f"{fresh} with every cell alive at an order parameter drawn evenly from 0 to 1",
        f"{few} with small clumps up to 8 steps old on an empty torus",
        f"{old} random and up to 20 steps old",
    ]
    if known:
        parts.append(
            f"{known} with a glider or other known patterns up to 100 steps old, turned, anywhere on the torus"
        )
    return (
        f"Boards are made while training, seed {settings.seed}. Of the {settings.batch} boards of a step: "
        f"{', '.join(parts)}."
    )


def hint(settings: LifeSettings) -> str:
    if settings.hint_weight == 0:
        return ""
    blocks = " and ".join(f"block {layer + 1}" for layer in settings.hint_layers)
    return (
        f" In training alone, a linear reader of the residual stream after {blocks} was also asked for the "
        f"nine cells of the torus neighbourhood (binary cross entropy, weight {settings.hint_weight:g}); the readers "
        "are not part of the model. So where heads look was learned under guidance: mind that when reading attention."
    )


def training(recipe: Recipe, trainer: Trainer, device: str) -> str:
    settings, schedule = recipe.settings, recipe.schedule
    points = [
        [
            f"{p['step']:.0f}",
            f"{p['loss']:.1e}" if p["loss"] >= 1e-6 else "< 1e-06",
            percent(p["cells_random"]),
            percent(p["cells_sparse"]),
            percent(p["boards"]),
        ]
        for p in curve(trainer.folder)
    ]
    before = earlier(trainer.folder)
    goes_on = f"{before}\n\n### Then, from those weights\n\n" if before else ""
    return f"""{goes_on}{boards(settings)} Loss: cross entropy of what follows the prompt.{hint(settings)}

{trainer.step:,} steps of {settings.batch} boards, Muon ({schedule.matrix_lr:g}) for the matrices of the blocks and
AdamW ({schedule.other_lr:g}) for the rest, {cooled(schedule)}:
{trainer.seconds / 60:.0f} minutes on {describe_device(device)} (shared).

{table(["step", "loss", "cells, random", "cells, sparse", "boards"], points)}

({"the loss has the readers' part in it; " if settings.hint_weight else ""}cells and boards: of
{settings.validation_boards} that are held out, true cells given before the predicted one)"""


def write(folder: Path, recipe: Recipe, trainer: Trainer, parameters: int, device: str, written: Written) -> None:
    config, settings = recipe.config, recipe.settings
    cells = settings.size**2
    title = f"LifeGPT, {settings.size}x{settings.size} torus"
    purpose = (
        "much smaller than the paper's 12 layers of width 256"
        if recipe.draft_of is None
        else f"as a draft for `{recipe.draft_of}`: the same tokens for a fraction of the work. What it proposes, "
        "speculative decoding lets the larger model check"
    )
    text = f"""---
license: mit
pipeline_tag: text-generation
---

# {title if recipe.draft_of is None else f"{title}, draft"}

Given a board of Conway's Game of Life, it writes the next one, cell by cell, as text:
`@PredictNextState<{{{cells} cells}}> [{{{cells} cells}}]$`. Grammar and idea: LifeGPT (Berkovich and Buehler 2024,
arXiv 2409.12182), trained here from scratch, {purpose}.

## Architecture

{config.layers} layers, width {config.hidden_size}, {config.heads} heads of {config.head_dim}, squared ReLU of width
{config.intermediate_size}; RMSNorm before each part and on queries and keys per head; 1-D rotary positions, base
{config.rope_theta:g}; no biases; {parameters:,} parameters, fp32. One token per byte (256 ids). Nothing in it knows
the board's width or that it is a torus. `model_type` is `lifegpt`; inputs and outputs of `onnx/model.onnx` have the
names that optimum gives a Llama. Largest difference of a logit from PyTorch: {written.prefill:.1e} in one pass,
{written.token_by_token:.1e} token by token.

## Training

{training(recipe, trainer, device)}

## Measured

{UNMEASURED}

## Limits

It knows {settings.size}x{settings.size} boards, rule B3/S23, and this exact grammar; any other length or text gives
nonsense. It is not exact: see what was measured.

## Licence

MIT, as the rest of Vivarium. The data are generated; nothing of LifeGPT's weights or code was used.
"""
    write_card(folder, text, written.same_weights)
