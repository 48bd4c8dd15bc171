"""Training LifeGPT: the loss, and quick figures on boards it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.life_boards import (
    MIDDLE,
    PREFIX,
    Mix,
    document_ids,
    neighbourhood,
    next_boards,
    random_boards,
    sparse_boards,
    training_boards,
)
from training.transformer import Decoder, DecoderConfig

VALIDATION_SEED = 10**6


@dataclass(frozen=True)
class LifeSettings:
    size: int  # cells along a side
    batch: int  # boards in a step
    hint_weight: float  # weight of the neighbourhood loss
    hint_layers: tuple[int, ...]  # blocks after which the neighbourhood is asked for
    mix: Mix = Mix()
    seed: int = 1
    validation_boards: int = 64


class LifeModule(nn.Module):
    """The decoder, and while training linear readers that ask a block's residual stream for the nine cells it needs."""

    def __init__(self, config: DecoderConfig, hints: int) -> None:
        super().__init__()
        self.decoder = Decoder(config)
        self.readers = nn.ModuleList(nn.Linear(config.hidden_size, 9) for _ in range(hints))


class LifeTask:
    def __init__(self, config: DecoderConfig, settings: LifeSettings, device: str, compiled: bool = False) -> None:
        self.settings, self.device = settings, device
        self.module = LifeModule(config, len(settings.hint_layers)).to(device)
        self.residuals = torch.compile(self.module.decoder.residuals) if compiled else self.module.decoder.residuals
        rng = np.random.default_rng([settings.seed, VALIDATION_SEED])
        half = settings.validation_boards // 2
        size = settings.size
        self.validation = np.concatenate([random_boards(rng, half, size), sparse_boards(rng, half, size)])

    def loss(self, step: int) -> Tensor:
        """Cross entropy of what follows the prompt; with hints on, also of the nine cells around each answer cell."""
        settings = self.settings
        boards = training_boards(settings.seed, step, settings.batch, settings.size, settings.mix)
        ids = torch.from_numpy(document_ids(boards)).to(self.device)
        cells = settings.size**2
        first = len(PREFIX) + cells + len(MIDDLE) - 1  # the position that predicts the first answer cell
        streams, _ = self.residuals(ids[:, :-1])
        start = len(PREFIX) + cells  # predicts " ", so that the whole answer is learned
        logits = self.module.decoder.logits(streams[-1][:, start:])
        loss = F.cross_entropy(logits.flatten(0, 1).float(), ids[:, start + 1 :].flatten())
        if settings.hint_weight > 0:
            wanted = torch.from_numpy(neighbourhood(boards).reshape(len(boards), cells, 9)).to(self.device).float()
            for layer, reader in zip(settings.hint_layers, self.module.readers, strict=True):
                read = reader(streams[layer][:, first : first + cells]).float()
                loss = loss + settings.hint_weight * F.binary_cross_entropy_with_logits(read, wanted)
        return loss

    def validate(self) -> dict[str, float]:
        """Share of cells, and of whole boards, that are right when the true cells before are given."""
        size = self.settings.size
        ids = torch.from_numpy(document_ids(self.validation)).to(self.device)
        first = len(PREFIX) + size**2 + len(MIDDLE) - 1
        streams, _ = self.module.decoder.residuals(ids)
        logits = self.module.decoder.logits(streams[-1][:, first : first + size**2])
        guesses = (logits.argmax(-1) == ord("1")).cpu().numpy()
        right = guesses == next_boards(self.validation).reshape(len(self.validation), -1)
        half = len(right) // 2
        figures = {
            "cells_random": float(right[:half].mean()),
            "cells_sparse": float(right[half:].mean()),
            "boards": float(right.all(axis=1).mean()),
        }
        if self.settings.hint_weight > 0:
            wanted = neighbourhood(self.validation).reshape(len(self.validation), -1, 9) > 0
            for layer, reader in zip(self.settings.hint_layers, self.module.readers, strict=True):
                read = (reader(streams[layer][:, first : first + size**2]) > 0).cpu().numpy()
                figures[f"neighbours_{layer}"] = float((read == wanted)[:half].mean())
        return figures
