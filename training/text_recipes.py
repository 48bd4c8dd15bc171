"""The text models: every size, share and learning rate that their weights are made from."""

from __future__ import annotations

from dataclasses import dataclass

from training.distillation import Distillation
from training.text_corpus import SOURCES
from training.trainer import Schedule
from training.transformer import DecoderConfig

VOCABULARY, CONTEXT = 1536, 512


@dataclass(frozen=True)
class Recipe:
    model: str  # the model folder's name
    run: str  # the name of the folder of checkpoint and curve
    config: DecoderConfig
    sources: tuple[str, ...]
    batch: int  # windows of text in a step
    length: int  # tokens in a window
    schedule: Schedule
    validate_every: int
    distillation: Distillation | None = None  # for a draft
    goes_on: bool = False  # meant for weights that are there already

    @property
    def draft_of(self) -> str | None:
        return None if self.distillation is None else self.distillation.target

    def text_tokens(self, steps: int) -> int:
        """Tokens of text that `steps` steps read."""
        alone = steps if self.distillation is None else min(steps, self.distillation.after)
        beside = 0 if self.distillation is None else (steps - alone) * self.distillation.text_batch
        return (alone * self.batch + beside) * self.length


def decoder_config(
    vocabulary: int, width: int, layers: int, heads: int, intermediate: int, length: int, head_dim: int | None = None
) -> DecoderConfig:
    return DecoderConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        layers=layers,
        heads=heads,
        head_dim=head_dim or width // heads,
        intermediate_size=intermediate,
        max_positions=length,
        rope_theta=10000.0,
        activation="swiglu",
        tied=True,
    )


RECIPES = {
    "full": Recipe(
        model="almanac",
        run="almanac",
        config=decoder_config(VOCABULARY, width=256, layers=6, heads=8, intermediate=640, length=CONTEXT),
        sources=tuple(SOURCES),
        batch=8,
        length=CONTEXT,
        schedule=Schedule(steps=2400, matrix_lr=6e-3, other_lr=3e-3, warmup=30, cooldown=0.5, weight_decay=0.02),
        validate_every=100,
    ),
    "draft": Recipe(
        model="almanac-draft",
        run="almanac-draft",
        config=decoder_config(VOCABULARY, width=112, layers=2, heads=4, intermediate=304, length=CONTEXT, head_dim=32),
        sources=tuple(SOURCES),
        batch=8,
        length=CONTEXT,
        schedule=Schedule(steps=2400, matrix_lr=8e-3, other_lr=4e-3, warmup=30, cooldown=0.4),
        validate_every=100,
        distillation=Distillation(
            target="almanac",
            after=1600,
            text_batch=4,
            pool=2048,
            written_batch=16,
            written_length=192,
            choice_weight=1.0,
        ),
    ),
    "polish-draft": Recipe(
        model="almanac-draft",
        run="almanac-draft-polish",
        config=decoder_config(VOCABULARY, width=112, layers=2, heads=4, intermediate=304, length=CONTEXT, head_dim=32),
        sources=tuple(SOURCES),
        batch=2,
        length=CONTEXT,
        schedule=Schedule(steps=600, matrix_lr=4e-3, other_lr=2e-3, warmup=30, cooldown=0.8),
        validate_every=100,
        distillation=Distillation(
            target="almanac",
            after=0,
            text_batch=2,
            pool=2048,
            written_batch=16,
            written_length=192,
            choice_weight=1.0,
        ),
        goes_on=True,
    ),
    "smoke": Recipe(
        model="text-smoke",
        run="text-smoke",
        config=decoder_config(512, width=32, layers=2, heads=1, intermediate=64, length=64),
        sources=("moby-dick",),
        batch=4,
        length=64,
        schedule=Schedule(steps=10, matrix_lr=8e-3, other_lr=4e-3, warmup=5),
        validate_every=5,
    ),
    "smoke-draft": Recipe(
        model="text-smoke-draft",
        run="text-smoke-draft",
        config=decoder_config(512, width=16, layers=1, heads=1, intermediate=32, length=64),
        sources=("moby-dick",),
        batch=4,
        length=64,
        schedule=Schedule(steps=6, matrix_lr=8e-3, other_lr=4e-3, warmup=1),
        validate_every=2,
        distillation=Distillation(
            target="text-smoke",
            after=2,
            text_batch=2,
            pool=8,
            written_batch=4,
            written_length=64,
            choice_weight=1.0,
        ),
    ),
}
