"""The README of a text model, written from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from training.card import curve, percent, table, wrapped
from training.text_corpus import SOURCES
from training.text_data import KEPT_IN_100, TextData
from training.trainer import Trainer

if TYPE_CHECKING:
    from training.text import Recipe


def write(
    folder: Path,
    recipe: Recipe,
    trainer: Trainer,
    data: TextData,
    evaluated: int,
    parameters: int,
    hardware: str,
    differences: dict[str, float],
    figures: dict[str, float],
    samples: list[str],
) -> None:
    config, schedule = recipe.config, recipe.schedule
    used = [(name, SOURCES[name]) for name in recipe.sources]
    sources = [
        [
            p.contents,
            f"{'npm' if p.kind == 'npm' else 'Debian'} `{p.name}` {p.version}",
            f"{KEPT_IN_100.get(n, 100)} %",
            p.licence,
        ]
        for n, p in used
    ]
    points = [
        [f"{p['step']:.0f}", f"{p['loss']:.3f}", f"{p['held_out_loss']:.3f}", f"{p['bits_per_byte']:.3f}"]
        for p in curve(trainer.folder)
    ]
    quotes = "\n\n".join("> " + text.strip().replace("\n", "\n> ") for text in samples)
    seen = trainer.step * recipe.batch * recipe.length
    passes = seen / max(1, len(data.train))
    unread = f"It has read {passes:.0%} of its text, once: it is undertrained. " if passes < 1 else ""
    text = f"""---
license: mit
language: en
pipeline_tag: text-generation
---

# Almanac

A very small English language model, trained from scratch for looking into: {parameters:,} parameters, {config.layers}
layers of {config.heads} heads. It writes in the manner of what it read: presidents, prophets, whalers and a
dictionary. An ordinary Llama to every tool that reads `config.json`.

## Architecture

Llama: width {config.hidden_size}, {config.layers} layers, {config.heads} heads of {config.head_dim}, SwiGLU of width
{config.intermediate_size}, RMSNorm, rotary positions (base {config.rope_theta:g}), no biases, embeddings tied,
context {config.max_positions} tokens. Byte-level BPE tokenizer of {config.vocab_size:,} entries, trained on the same
text; `<|endoftext|>` (id 0) starts every text.

`onnx/model.onnx` is fp32 with a KV cache; `onnx/model_quantized.onnx` has int8 weights.

## Data

{table(["what", "package", "kept", "licence"], [list(row) for row in sources])}

Quotes and dashes made plain, repeated paragraphs dropped. About 2 in 100 documents, chosen by a hash of their text,
are held out ({data.held_out_bytes:,} bytes in {len(data.held_out)} documents); {len(data.train):,} tokens are left to
train on.

## Training

{trainer.step:,} steps of {recipe.batch} x {recipe.length} tokens ({seen:,} tokens, {passes:.2f} passes over the text),
seed {schedule.seed}; Muon ({schedule.matrix_lr:g}) for the matrices of the blocks, AdamW ({schedule.other_lr:g}) for
the rest, cooled to 0 over the last {schedule.cooldown:.0%}. {trainer.seconds / 60:.0f} minutes on {hardware}.

{table(["step", "loss", "held-out loss", "held-out bits per byte, estimated"], points)}

## Measured

From the ONNX files in onnxruntime, made by `python -m training.text --export-only`, on {evaluated} of the
held-out documents:

| | bits per byte |
| --- | --- |
| `model.onnx` | {figures["bits_per_byte"]:.3f} |
| `model_quantized.onnx` | {figures["int8_bits_per_byte"]:.3f} |
| byte 5-gram (Witten-Bell), all training text | {figures["baseline"]:.3f} |

The int8 file chooses the same next token as the fp32 file in {percent(figures["int8_agreement"])} of places. ONNX
against PyTorch, largest difference of a logit: {differences["prefill"]:.1e} in one pass,
{differences["token_by_token"]:.1e} token by token.

## Samples

Temperature 0.7, top-p 0.95, seed 7, not chosen.

{quotes}

## Limits

{unread}It knows no facts worth trusting, loses its thread within a sentence or two, and carries the views of its
sources and their times. It is for looking inside, not for use.

## Licence

The weights: MIT, as the rest of Vivarium. The sources: see the table. WordNet 3.0: (c) 2006 Princeton University,
used under the WordNet licence, "provided as is", without warranty.
"""
    (folder / "README.md").write_text(wrapped(text), encoding="utf-8")
