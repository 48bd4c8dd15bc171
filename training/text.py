"""Makes a text model: `python -m training.text [--recipe full]`. Data, training, export, evaluation, card."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from training import ngram, text_card
from training.device import choose_device, describe_device
from training.model_folder import config_json, write_folder
from training.onnx_check import OnnxDecoder
from training.paths import CACHE, MODELS, RUNS
from training.text_corpus import SOURCES, Document, is_held_out, load
from training.text_data import encoded, prepare
from training.text_evaluate import bits_per_byte, greedy_agreement, samples
from training.text_task import TextTask
from training.text_tokenizer import tokenizer_config
from training.trainer import Schedule, Trainer
from training.transformer import DecoderConfig


@dataclass(frozen=True)
class Recipe:
    config: DecoderConfig
    sources: tuple[str, ...]
    batch: int
    length: int
    schedule: Schedule
    validate_every: int
    evaluated_documents: int  # held-out documents that the exact figures use, at most
    sample_tokens: int


def decoder_config(vocabulary: int, width: int, layers: int, intermediate: int, length: int) -> DecoderConfig:
    return DecoderConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        layers=layers,
        heads=width // 32,
        head_dim=32,
        intermediate_size=intermediate,
        max_positions=length,
        rope_theta=10000.0,
        activation="swiglu",
        tied=True,
    )


RECIPES = {
    "full": Recipe(
        config=decoder_config(1536, width=256, layers=6, intermediate=640, length=512),
        sources=tuple(SOURCES),
        batch=8,
        length=512,
        schedule=Schedule(steps=2400, matrix_lr=6e-3, other_lr=3e-3, warmup=30, cooldown=0.5, weight_decay=0.02),
        validate_every=100,
        evaluated_documents=50,
        sample_tokens=120,
    ),
    "smoke": Recipe(
        config=decoder_config(512, width=32, layers=2, intermediate=64, length=64),
        sources=("moby-dick",),
        batch=4,
        length=64,
        schedule=Schedule(steps=10, matrix_lr=8e-3, other_lr=4e-3, warmup=5),
        validate_every=5,
        evaluated_documents=1,
        sample_tokens=8,
    ),
}


def evaluated(held_out: list[Document], most: int) -> list[Document]:
    """At most `most` held-out documents, evenly spaced, so that every source has its share."""
    return held_out[:: -(-len(held_out) // most)] if held_out else []


def baseline(documents: list[Document], held_out: list[Document]) -> float:
    """Bits per byte of the byte 5-gram, trained on all documents that are not held out."""
    train = "".join(document.text for document in documents if not is_held_out(document)).encode()
    return ngram.bits_per_byte(train, "".join(document.text for document in held_out).encode())


def make(
    recipe: Recipe,
    documents: list[Document],
    run: Path,
    folder: Path,
    device: str,
    cache: Path | None = None,
    train: bool = True,
) -> None:
    """The whole path. With `train=False` only what follows training, from the run's checkpoint."""
    torch.manual_seed(recipe.schedule.seed)
    data = prepare(documents, recipe.config.vocab_size, cache)
    task = TextTask(recipe.config, data, recipe.batch, recipe.length, recipe.schedule.seed, device)
    trainer = Trainer(task, recipe.schedule, run, device)
    resumed = trainer.resume()
    if train:
        trainer.run(recipe.validate_every)
    elif not resumed:
        raise FileNotFoundError(f"no checkpoint in {run}: train first")
    held_out = evaluated(data.held_out, recipe.evaluated_documents)
    ids = encoded(data.tokenizer, held_out)[: recipe.length]
    differences = write_folder(
        folder,
        task.module.decoder,
        config_json(recipe.config, end=0, start=0, pad=None, vivarium={"task": "text", "role": "target"}),
        {"bos_token_id": 0, "eos_token_id": 0, "do_sample": True, "temperature": 0.7, "top_p": 0.95},
        data.tokenizer,
        tokenizer_config(recipe.config.max_positions),
        ids[None, :].astype(np.int64),
        quantized=True,
    )
    onnx, int8 = folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx"
    figures = {
        "bits_per_byte": bits_per_byte(OnnxDecoder(onnx), data.tokenizer, held_out, recipe.length),
        "int8_bits_per_byte": bits_per_byte(OnnxDecoder(int8), data.tokenizer, held_out, recipe.length),
        "int8_agreement": greedy_agreement(onnx, int8, data.tokenizer, held_out, recipe.length),
        "baseline": baseline(documents, held_out),
    }
    said = samples(onnx, data.tokenizer, recipe.sample_tokens)
    parameters = task.module.decoder.parameter_count()
    text_card.write(
        folder, recipe, trainer, data, len(held_out), parameters, describe_device(device), differences, figures, said
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
    name = "almanac" if options.recipe == "full" else f"text-{options.recipe}"
    folder = options.out or (MODELS if options.recipe == "full" else RUNS / "models") / name
    device = choose_device(options.threads)
    documents = load(CACHE, recipe.sources)
    make(recipe, documents, options.run or RUNS / name, folder, device, CACHE, train=not options.export_only)


if __name__ == "__main__":
    main()
