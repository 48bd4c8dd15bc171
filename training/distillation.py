"""A draft learns from its target: the target's distributions, over text and over what the target itself writes.

Speculative decoding keeps a proposed token as often as draft and target agree, so their agreement is what is trained.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.text_data import TextData, encoded
from training.text_task import TextTask
from training.text_tokenizer import BEGIN
from training.transformer import Decoder, DecoderConfig

TEMPERATURES = (0.0, 0.0, 0.7, 1.0)  # of the pool's windows, in turn
PROMPT = 48  # tokens of text that each written window starts with
WRITTEN_AT_ONCE = 128


@dataclass(frozen=True)
class Distillation:
    target: str  # the target's model folder, beside the draft's
    after: int  # steps on text alone that come before
    text_batch: int  # windows of text in a step
    pool: int  # windows that the target writes
    written_batch: int  # of them in a step
    written_length: int  # tokens, more than PROMPT
    choice_weight: float  # weight of the cross entropy with the target's greedy choice, beside that of the divergence


@torch.no_grad()
def write_on(target: Decoder, prompts: np.ndarray, length: int, temperatures: np.ndarray, seed: int) -> np.ndarray:
    """`prompts` [n, p] continued to [n, length] tokens, each row at its temperature; 0 is greedy."""
    device = next(target.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    heat = torch.from_numpy(temperatures).float().to(device)[:, None]
    ids = torch.from_numpy(prompts.astype(np.int64)).to(device)
    logits, past = target(ids)
    rows = [ids]
    for _ in range(length - prompts.shape[1]):
        last = logits[:, -1].float()
        chances = F.softmax(last / heat.clamp(min=1e-3), dim=-1)
        sampled = torch.multinomial(chances, 1, generator=generator)
        chosen = torch.where(heat == 0, last.argmax(-1, keepdim=True), sampled)
        rows.append(chosen)
        logits, past = target(chosen, past)
    return torch.cat(rows, dim=1).cpu().numpy()


def written_pool(
    target: Decoder,
    tokens: np.ndarray,
    count: int,
    length: int,
    temperatures: tuple[float, ...],
    seed: int,
    cache: Path | None,
) -> np.ndarray:
    """[count, length]: pieces of `tokens`, half of them beginnings of documents, that the target writes on.

    Kept in `cache` under a hash of the target.
    """
    digest = hashlib.blake2b(repr((count, length, seed, PROMPT, temperatures)).encode(), digest_size=8)
    for parameter in target.parameters():
        digest.update(parameter.detach().cpu().numpy().tobytes())
    kept = None if cache is None else cache / f"written-{digest.hexdigest()}.npy"
    if kept is not None and kept.exists():
        return np.load(kept)
    rng = np.random.default_rng([seed, count])
    starts = rng.integers(len(tokens) - PROMPT, size=count)
    begins = np.flatnonzero(tokens[: len(tokens) - PROMPT] == BEGIN)
    of_documents = rng.random(count) < 0.5
    starts[of_documents] = rng.choice(begins, size=int(of_documents.sum()))
    prompts = np.stack([tokens[start : start + PROMPT] for start in starts])
    heat = np.resize(np.array(temperatures), count)
    parts = [slice(start, start + WRITTEN_AT_ONCE) for start in range(0, count, WRITTEN_AT_ONCE)]
    pool = np.concatenate([write_on(target, prompts[p], length, heat[p], seed + p.start) for p in parts])
    if kept is not None:
        np.save(kept, pool)
    return pool


def divergence(target: Tensor, draft: Tensor, choice_weight: float) -> Tensor:
    """Mean KL(target || draft) of next-token distributions, nats, and `choice_weight` of -ln draft(target's choice)."""
    wanted, found = F.log_softmax(target.float(), dim=-1), F.log_softmax(draft.float(), dim=-1)
    apart = F.kl_div(found, wanted, reduction="none", log_target=True).sum(-1).mean()
    return apart + choice_weight * F.nll_loss(found.flatten(0, 1), target.argmax(-1).flatten())


class DistillationTask(TextTask):
    """Cross entropy on text for the first steps, then the divergence from the target."""

    def __init__(
        self,
        config: DecoderConfig,
        data: TextData,
        batch_size: int,
        length: int,
        seed: int,
        device: str,
        settings: Distillation,
        target: Decoder,
        cache: Path | None,
    ) -> None:
        super().__init__(config, data, batch_size, length, seed, device)
        self.settings, self.cache = settings, cache
        self.target = target.to(device).eval()
        self.distilled = False  # whether the target has taught yet
        self.pool: np.ndarray | None = None
        held_out = encoded(data.tokenizer, data.held_out)
        self.written_validation = written_pool(self.target, held_out, 32, settings.written_length, (0.0,), seed, None)

    def written(self, step: int) -> np.ndarray:
        """The written windows of a step: the pool in another order each time it has been gone through."""
        settings = self.settings
        if self.pool is None:  # not before: it takes minutes
            self.pool = written_pool(
                self.target,
                self.data.train,
                settings.pool,
                settings.written_length,
                TEMPERATURES,
                self.seed,
                self.cache,
            )
        per_epoch = settings.pool // settings.written_batch
        epoch, within = divmod(step - settings.after, per_epoch)
        order = np.random.default_rng([self.seed, epoch]).permutation(settings.pool)
        return self.pool[order[within * settings.written_batch :][: settings.written_batch]]

    def apart(self, windows: np.ndarray) -> Tensor:
        ids = torch.from_numpy(windows).to(self.device)
        with torch.no_grad():
            wanted, _ = self.target(ids)
        found, _ = self.module.decoder(ids)
        return divergence(wanted, found, self.settings.choice_weight)

    def loss(self, step: int) -> Tensor:
        if step < self.settings.after:
            return super().loss(step)
        self.distilled = True
        return (self.apart(self.windows(step)[: self.settings.text_batch, :-1]) + self.apart(self.written(step))) / 2

    def agreement(self, windows: np.ndarray, start: int) -> float:
        """Share of places from `start` on where draft and target choose the same next token."""
        same = []
        for first in range(0, len(windows), 4):
            ids = torch.from_numpy(windows[first : first + 4]).to(self.device)
            wanted, found = self.target(ids)[0][:, start:], self.module.decoder(ids)[0][:, start:]
            same.append((wanted.argmax(-1) == found.argmax(-1)).float().mean(-1))
        return torch.cat(same).mean().item()

    def validate(self) -> dict[str, float]:
        """With the target's part once that has begun: before, the target need not be what it will be."""
        figures = super().validate()
        if self.distilled:
            figures["agreement_text"] = self.agreement(self.validation[:, :-1], 0)
            figures["agreement_written"] = self.agreement(self.written_validation, PROMPT - 1)
        return figures
