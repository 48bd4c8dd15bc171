"""The README of a text model: what it is and how it was trained. `npm run evaluate` adds what was measured."""

from __future__ import annotations

from pathlib import Path

from training.card import UNMEASURED, cooled, curve, percent, table, write_card
from training.command import earlier
from training.device import describe_device
from training.distillation import PROMPT, TEMPERATURES
from training.model_folder import Written
from training.text_corpus import SOURCES
from training.text_data import KEPT_IN_100, TextData
from training.text_recipes import Recipe
from training.trainer import Trainer


def title(recipe: Recipe) -> str:
    return "Almanac" if recipe.draft_of is None else "Almanac, draft"


def purpose(recipe: Recipe, parameters: int) -> str:
    config = recipe.config
    sizes = f"{parameters:,} parameters, {config.layers} layers of {config.heads} heads"
    if recipe.draft_of is None:
        return (
            f"A very small English language model, trained from scratch for looking into: {sizes}. It writes in the "
            "manner of what it read: presidents, prophets, whalers and a dictionary. An ordinary Llama to every tool "
            "that reads `config.json`."
        )
    return (
        f"A draft for `{recipe.draft_of}`: {sizes}, the same tokens. What it proposes, speculative decoding lets the "
        "larger model check. An ordinary Llama to every tool that reads `config.json`."
    )


def stages(recipe: Recipe, steps: int) -> str:
    settings = recipe.distillation
    if settings is None:
        return f"{steps:,} steps of {recipe.batch} x {recipe.length} tokens:"
    heat = ", ".join(f"{TEMPERATURES.count(t) / len(TEMPERATURES):.0%} at {t:g}" for t in sorted({*TEMPERATURES}))
    text = f"{min(steps, settings.after):,} steps of {recipe.batch} x {recipe.length} tokens learn the text itself. "
    return (
        f"{text if settings.after else ''}"
        f"{max(0, steps - settings.after):,} {'more' if settings.after else 'steps'} learn from `{settings.target}`: half of the loss is over "
        f"{settings.text_batch} x {recipe.length} tokens of text, half over {settings.written_batch} x "
        f"{settings.written_length} tokens that the target wrote on after {PROMPT} tokens of training text "
        f"({settings.pool:,} pieces, half of them beginnings of documents; by temperature: {heat}). Loss there: the "
        "divergence KL(target || draft) of the next token's distributions at temperature 1, and "
        f"{settings.choice_weight:g} times the cross entropy with the target's greedy choice. In all:"
    )


def training(recipe: Recipe, trainer: Trainer, data: TextData, device: str) -> str:
    schedule, settings = recipe.schedule, recipe.distillation
    seen = recipe.text_tokens(trainer.step)
    passes = seen / max(1, len(data.train))
    points = curve(trainer.folder)
    head = ["step", "loss", "held-out loss", "held-out bits per byte, estimated"]
    rows = [
        [f"{p['step']:.0f}", f"{p['loss']:.3f}", f"{p['held_out_loss']:.3f}", f"{p['bits_per_byte']:.3f}"]
        for p in points
    ]
    note = ""
    if settings is not None:
        head += ["same choice, text", "same choice, written"]
        rows = [
            [*row, *(percent(p[name]) if name in p else "" for name in ("agreement_text", "agreement_written"))]
            for row, p in zip(rows, points, strict=True)
        ]
        change = f"the loss is another one after step {settings.after:,}; " if settings.after else ""
        note = (
            f"\n\n({change}same choice: how often the draft's greedy token is the target's, on held-out text and on what "
            "the target writes after it)"
        )
    before = earlier(trainer.folder)
    goes_on = f"{before}\n\n### Then, from those weights\n\n" if before else ""
    return f"""{goes_on}{stages(recipe, trainer.step)} {seen:,} tokens of text, {passes:.2f} passes over it, seed
{schedule.seed}; Muon ({schedule.matrix_lr:g}) for the matrices of the blocks, AdamW ({schedule.other_lr:g}) for the
rest, {cooled(schedule)}; matrix products in bfloat16 where that is quicker. {trainer.seconds / 60:.0f} minutes on
{describe_device(device)} (shared).

{table(head, rows)}{note}"""


def sources(recipe: Recipe) -> str:
    rows = []
    for name in recipe.sources:
        package = SOURCES[name]
        kind = "npm" if package.kind == "npm" else "Debian"
        kept = f"{KEPT_IN_100.get(name, 100)} %"
        rows.append([package.contents, f"{kind} `{package.name}` {package.version}", kept, package.licence])
    return table(["what", "package", "kept", "licence"], rows)


def limits(recipe: Recipe, trainer: Trainer, data: TextData) -> str:
    passes = recipe.text_tokens(trainer.step) / max(1, len(data.train))
    if earlier(trainer.folder):
        read = ""  # most of it before this run
    elif passes < 1:
        read = f"It has read {passes:.0%} of its text, once: it is undertrained. "
    else:
        read = f"It has read its text {passes:.1f} times. "
    return (
        f"{read}It knows no facts worth trusting, loses its thread within a sentence or two, and carries the views of "
        "its sources and their times. It is for looking inside, not for use."
    )


def write(
    folder: Path,
    recipe: Recipe,
    trainer: Trainer,
    data: TextData,
    parameters: int,
    device: str,
    written: Written,
) -> None:
    config = recipe.config
    int8 = " `onnx/model_quantized.onnx` has int8 weights." if recipe.distillation is None else ""
    text = f"""---
license: mit
language: en
pipeline_tag: text-generation
---

# {title(recipe)}

{purpose(recipe, parameters)}

## Architecture

Llama: width {config.hidden_size}, {config.layers} layers, {config.heads} heads of {config.head_dim}, SwiGLU of width
{config.intermediate_size}, RMSNorm, rotary positions (base {config.rope_theta:g}), no biases, embeddings tied,
context {config.max_positions} tokens. Byte-level BPE tokenizer of {config.vocab_size:,} entries, trained on the same
text; `<|endoftext|>` (id 0) starts every text.

`onnx/model.onnx` is fp32 with a KV cache; largest difference of a logit from PyTorch: {written.prefill:.1e} in one
pass, {written.token_by_token:.1e} token by token.{int8}

## Data

{sources(recipe)}

Quotes and dashes made plain, repeated paragraphs dropped. About 2 in 100 documents, chosen by a hash of their text,
are held out ({data.held_out_bytes:,} bytes in {len(data.held_out)} documents); {len(data.train):,} tokens are left to
train on.

## Training

{training(recipe, trainer, data, device)}

## Measured

{UNMEASURED}

## Limits

{limits(recipe, trainer, data)}

## Licence

The weights: MIT, as the rest of Vivarium. The sources: see the table. WordNet 3.0: (c) 2006 Princeton University,
used under the WordNet licence, "provided as is", without warranty.
"""
    write_card(folder, text, written.same_weights)
