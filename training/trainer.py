"""One training loop for every model: warm up, hold, cool down; resumable at any step; CPU or GPU.

Batches are a function of (seed, step), so a run that was stopped and resumed sees exactly the data it would have seen.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from training.device import multiplies_in_bfloat16
from training.muon import Muon


@dataclass(frozen=True)
class Schedule:
    """How long and how fast. Learning rates rise over `warmup` steps and fall to 0 over the last `cooldown` part."""

    steps: int
    matrix_lr: float  # Muon, weight matrices of the blocks
    other_lr: float  # AdamW, embeddings, LM head, norms
    warmup: int = 50
    cooldown: float = 0.4
    weight_decay: float = 0.0
    clip: float = 1.0
    seed: int = 1
    bfloat16: bool = True  # matrix products in bfloat16 where that is quicker

    def factor(self, step: int) -> float:
        rise = min(1.0, (step + 1) / self.warmup)
        fall = (self.steps - step) / max(1.0, self.cooldown * self.steps)
        return min(rise, fall, 1.0)


class Task(Protocol):
    """What differs between models."""

    @property
    def module(self) -> nn.Module:
        """Everything that is trained, including parts that are not exported."""
        ...

    def loss(self, step: int) -> Tensor:
        """Mean loss over the batch of this step, on the module's device."""
        ...

    def validate(self) -> dict[str, float]:
        """Figures on held-out data."""
        ...


class Trainer:
    """Trains `task.module` in `folder`, which keeps `checkpoint.pt` and the curve, `log.jsonl`."""

    def __init__(self, task: Task, schedule: Schedule, folder: Path, device: str) -> None:
        self.task, self.schedule, self.folder, self.device = task, schedule, folder, device
        self.step = 0
        self.seconds = 0.0
        self.stopping = False
        inner: list[nn.Parameter] = []
        outer: list[nn.Parameter] = []
        for name, parameter in task.module.named_parameters():
            (inner if parameter.dim() == 2 and ".blocks." in f".{name}" else outer).append(parameter)
        self.bfloat16 = schedule.bfloat16 and multiplies_in_bfloat16(device)
        self.muon = Muon(inner, schedule.matrix_lr, weight_decay=schedule.weight_decay, bfloat16=self.bfloat16)
        self.adam = torch.optim.AdamW(outer, schedule.other_lr, betas=(0.9, 0.95), eps=1e-10, weight_decay=0.0)

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Atomic: a kill in the middle leaves the checkpoint before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "step": self.step,
            "seconds": self.seconds,
            "schedule": asdict(self.schedule),
            "module": self.task.module.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
        }
        unfinished = self.checkpoint.with_suffix(".tmp")
        torch.save(state, unfinished)
        os.replace(unfinished, self.checkpoint)

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one. The schedule is the caller's: a longer one may follow."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.step, self.seconds = state["step"], state["seconds"]
        self.task.module.load_state_dict(state["module"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        return True

    def set_learning_rates(self) -> None:
        factor = self.schedule.factor(self.step)
        for group in self.muon.param_groups:
            group["lr"] = self.schedule.matrix_lr * factor
        for group in self.adam.param_groups:
            group["lr"] = self.schedule.other_lr * factor

    def update(self) -> float:
        self.task.module.train()
        self.set_learning_rates()
        with torch.autocast(self.device, torch.bfloat16, enabled=self.bfloat16):
            loss = self.task.loss(self.step)
        loss.backward()
        nn.utils.clip_grad_norm_(self.task.module.parameters(), self.schedule.clip)
        self.muon.step()
        self.adam.step()
        self.task.module.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    def log(self, entry: dict[str, float]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps({k: v if isinstance(v, int) else float(f"{v:.6g}") for k, v in entry.items()})
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def stop_soon(self, *_: object) -> None:
        self.stopping = True

    def run(self, validate_every: int, save_seconds: float = 120.0) -> None:
        """Train to the schedule's last step, validating and saving on the way and at the end.

        Ctrl-C and SIGTERM finish the step at hand, save, and end the process.
        """
        torch.manual_seed(self.schedule.seed)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.stop_soon)
        started, saved = time.monotonic() - self.seconds, time.monotonic()
        total, count = 0.0, 0
        while self.step < self.schedule.steps and not self.stopping:
            total, count = total + self.update(), count + 1
            self.seconds = time.monotonic() - started
            last = self.step == self.schedule.steps
            if last or self.step % validate_every == 0:
                self.task.module.eval()
                with torch.no_grad():
                    figures = self.task.validate()
                self.log({"step": self.step, "seconds": self.seconds, "loss": total / count, **figures})
                total, count = 0.0, 0
            if last or self.stopping or time.monotonic() - saved > save_seconds:
                self.save()
                saved = time.monotonic()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_DFL if name == signal.SIGTERM else signal.default_int_handler)
        if self.stopping:
            raise SystemExit(f"stopped and saved at step {self.step}; the same command goes on from there")
