"""The Life models: every size, share and learning rate that their weights are made from."""

from __future__ import annotations

from dataclasses import dataclass

from training.life_boards import Mix, document_length
from training.life_task import LifeSettings
from training.trainer import Schedule
from training.transformer import DecoderConfig


@dataclass(frozen=True)
class Recipe:
    model: str  # the model folder's name
    run: str  # the name of the folder of checkpoint and curve
    config: DecoderConfig
    settings: LifeSettings
    schedule: Schedule
    validate_every: int
    draft_of: str | None = None  # the model that this one drafts for
    goes_on: bool = False  # meant for weights that are there already


def decoder_config(
    size: int, width: int, layers: int, heads: int, rope_theta: float, head_dim: int = 16
) -> DecoderConfig:
    return DecoderConfig(
        vocab_size=256,
        hidden_size=width,
        layers=layers,
        heads=heads,
        head_dim=head_dim,
        intermediate_size=4 * width,
        max_positions=document_length(size),
        rope_theta=rope_theta,
        activation="relu2",
        qk_norm=True,
    )


TARGET = decoder_config(16, width=128, layers=3, heads=8, rope_theta=500.0)
TINY = decoder_config(4, width=32, layers=2, heads=4, rope_theta=200.0)

RECIPES = {
    "full": Recipe(
        model="lifegpt-16",
        run="lifegpt-16",
        config=TARGET,
        settings=LifeSettings(size=16, batch=6, hint_weight=1.0, hint_layers=(1, 2)),
        schedule=Schedule(steps=1600, matrix_lr=5e-3, other_lr=2e-3, warmup=30, cooldown=0.4, bfloat16=False),
        validate_every=50,
    ),
    "polish": Recipe(
        model="lifegpt-16",
        run="lifegpt-16-polish",
        config=TARGET,
        settings=LifeSettings(
            size=16, batch=12, hint_weight=0.0, hint_layers=(), mix=Mix(sparse=0.2, aged=0.2, patterns=0.2), seed=2
        ),
        schedule=Schedule(steps=500, matrix_lr=1e-3, other_lr=4e-4, warmup=20, cooldown=1.0, bfloat16=False),
        validate_every=25,
        goes_on=True,
    ),
    "draft": Recipe(
        model="lifegpt-16-draft",
        run="lifegpt-16-draft",
        config=decoder_config(16, width=64, layers=2, heads=8, rope_theta=500.0),
        settings=LifeSettings(size=16, batch=6, hint_weight=1.0, hint_layers=(0, 1)),
        schedule=Schedule(steps=2000, matrix_lr=8e-3, other_lr=3e-3, warmup=30, cooldown=0.5, bfloat16=False),
        validate_every=100,
        draft_of="lifegpt-16",
    ),
    "smoke": Recipe(
        model="life-smoke",
        run="life-smoke",
        config=TINY,
        settings=LifeSettings(size=4, batch=8, hint_weight=1.0, hint_layers=(1,), validation_boards=8),
        schedule=Schedule(steps=20, matrix_lr=5e-3, other_lr=2e-3, warmup=5, bfloat16=False),
        validate_every=10,
    ),
    "smoke-polish": Recipe(
        model="life-smoke",
        run="life-smoke-polish",
        config=TINY,
        settings=LifeSettings(
            size=4, batch=8, hint_weight=0.0, hint_layers=(), validation_boards=8, mix=Mix(patterns=0.25)
        ),
        schedule=Schedule(steps=4, matrix_lr=1e-3, other_lr=4e-4, warmup=1, cooldown=1.0, bfloat16=False),
        validate_every=2,
        goes_on=True,
    ),
    "smoke-draft": Recipe(
        model="life-smoke-draft",
        run="life-smoke-draft",
        config=decoder_config(4, width=16, layers=1, heads=2, rope_theta=200.0),
        settings=LifeSettings(size=4, batch=8, hint_weight=1.0, hint_layers=(0,), validation_boards=8),
        schedule=Schedule(steps=4, matrix_lr=5e-3, other_lr=2e-3, warmup=1, bfloat16=False),
        validate_every=2,
        draft_of="life-smoke",
    ),
}
