"""The README of a Life model, written from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.card import curve, percent, table, wrapped
from training.trainer import Trainer

if TYPE_CHECKING:
    from training.life import Recipe


def first_wrong(step: int | None, steps: int) -> str:
    return f"none in {steps}" if step is None else str(step)


def write(
    folder: Path,
    recipe: Recipe,
    trainer: Trainer,
    parameters: int,
    hardware: str,
    differences: dict[str, float],
    figures: dict[str, Any],
) -> None:
    config, settings, schedule = recipe.config, recipe.settings, recipe.schedule
    size, steps = settings.size, figures["rollout_steps"]
    orders = [[f"{row['order']:.1f}", percent(row["cells"]), percent(row["boards"])] for row in figures["by_order"]]
    rollouts = [[name, first_wrong(step, steps)] for name, step in figures["first_wrong_step"].items()]
    points = [
        [
            f"{p['step']:.0f}",
            f"{p['loss']:.4f}",
            percent(p["cells_random"]),
            percent(p["cells_sparse"]),
            percent(p["boards"]),
        ]
        for p in curve(trainer.folder)
    ]
    blocks = ", ".join(str(layer + 1) for layer in settings.hint_layers)
    hint = (
        f"In training alone, a linear reader of the residual stream after block(s) {blocks} was also asked for the "
        f"nine cells of the torus neighbourhood (binary cross entropy, weight {settings.hint_weight:g}); the readers "
        "are not part of the model. So where heads look was learned under guidance: mind that when reading attention."
        if settings.hint_weight > 0
        else "There was no other training signal."
    )
    text = f"""---
license: mit
pipeline_tag: text-generation
---

# LifeGPT, {size}x{size} torus

Given a board of Conway's Game of Life, it writes the next one, cell by cell, as text:
`@PredictNextState<{{{size * size} cells}}> [{{{size * size} cells}}]$`. Grammar and idea: LifeGPT (Berkovich and
Buehler 2024, arXiv 2409.12182), trained here from scratch and much smaller than the paper's 12 layers of width 256.

## Architecture

{config.layers} layers, width {config.hidden_size}, {config.heads} heads of {config.head_dim}, squared ReLU of width
{config.intermediate_size}; RMSNorm before each part and on queries and keys per head; 1-D rotary positions, base
{config.rope_theta:g}; no biases; {parameters:,} parameters, fp32. One token per byte (256 ids). Nothing in it knows
the board's width or that it is a torus. `model_type` is `lifegpt`; inputs and outputs of `onnx/model.onnx` have the
names that optimum gives a Llama.

## Training

Boards are made while training, seed {settings.seed}: half with every cell alive at an order parameter drawn evenly
from 0 to 1, a quarter of small clumps up to 8 steps old on an empty board, a quarter of random boards up to 20 steps
old. Loss: cross entropy of what follows the prompt. {hint}

{trainer.step:,} steps of {settings.batch} boards, Muon ({schedule.matrix_lr:g}) for the matrices of the blocks and
AdamW ({schedule.other_lr:g}) for the rest, cooled to 0 over the last {schedule.cooldown:.0%}:
{trainer.seconds / 60:.0f} minutes on {hardware}.

{table(["step", "loss", "cells, random", "cells, sparse", "boards"], points)}

(cells before the predicted one given; 64 held-out boards)

## Measured

From the ONNX file in onnxruntime, greedy, the model continuing its own cells; {figures["boards_per_order"]} fresh
random boards at each order parameter. Made by `python -m training.life --export-only`.

{table(["order parameter", "cells right", "boards right"], orders)}

All together {percent(figures["cells"])} of cells, {percent(figures["boards"])} of boards. Its own boards fed back to
it, from one pattern in the middle of an empty torus:

{table(["pattern", "first wrong step"], rollouts)}

ONNX against PyTorch, largest difference of a logit: {differences["prefill"]:.1e} in one pass,
{differences["token_by_token"]:.1e} token by token.

## Limits

It knows {size}x{size} boards, rule B3/S23, and this exact grammar; any other length or text gives nonsense. It is not
exact: see the tables.

## Licence

MIT, as the rest of Vivarium. The data are generated; nothing of LifeGPT's weights or code was used.
"""
    (folder / "README.md").write_text(wrapped(text), encoding="utf-8")
