"""Training a text model: the loss, and bits per byte on held-out documents."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.text_data import TextData, batch, encoded
from training.transformer import Decoder, DecoderConfig


class TextModule(nn.Module):
    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.decoder = Decoder(config)


class TextTask:
    def __init__(
        self, config: DecoderConfig, data: TextData, batch_size: int, length: int, seed: int, device: str
    ) -> None:
        self.data, self.batch_size, self.length, self.seed, self.device = data, batch_size, length, seed, device
        self.module = TextModule(config).to(device)
        ids = encoded(data.tokenizer, data.held_out)
        count = min(32, (len(ids) - 1) // length)
        starts = np.linspace(0, len(ids) - length - 1, count).astype(int)
        self.validation = np.stack([ids[start : start + length + 1] for start in starts]).astype(np.int64)
        share = (count * length) / max(1, len(ids))
        self.validation_bytes = data.held_out_bytes * share

    def cross_entropy(self, windows: np.ndarray, reduction: str) -> Tensor:
        ids = torch.from_numpy(windows).to(self.device)
        logits, _ = self.module.decoder(ids[:, :-1])
        return F.cross_entropy(logits.flatten(0, 1).float(), ids[:, 1:].flatten(), reduction=reduction)

    def windows(self, step: int) -> np.ndarray:
        """[windows, length + 1]: the text of a step."""
        return batch(self.data.train, self.seed, step, self.batch_size, self.length)

    def loss(self, step: int) -> Tensor:
        return self.cross_entropy(self.windows(step), "mean")

    def validate(self) -> dict[str, float]:
        """A quick estimate on evenly spaced held-out windows; `npm run evaluate` has the exact figure."""
        nats = sum(
            self.cross_entropy(self.validation[i : i + 4], "sum").item() for i in range(0, len(self.validation), 4)
        )
        return {
            "held_out_loss": nats / (len(self.validation) * self.length),
            "bits_per_byte": nats / math.log(2) / self.validation_bytes,
        }
