"""Run an exported decoder in onnxruntime, and compare it with the PyTorch model it came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch

from training.transformer import Decoder

TOLERANCE = 1e-4  # largest allowed difference of a logit


class OnnxDecoder:
    """One session and its cache; `feed` appends tokens [batch, tokens] and returns their logits."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.outputs = [output.name for output in self.session.get_outputs()]
        self.past_inputs = [i for i in self.session.get_inputs() if i.name.startswith("past_key_values.")]
        self.takes_positions = any(i.name == "position_ids" for i in self.session.get_inputs())
        self.past: dict[str, np.ndarray] = {}

    def reset(self, batch: int) -> None:
        self.past = {i.name: np.zeros((batch, i.shape[1], 0, i.shape[3]), np.float32) for i in self.past_inputs}

    @property
    def past_length(self) -> int:
        return next(iter(self.past.values())).shape[2]

    def feed(self, ids: np.ndarray) -> np.ndarray:
        batch, length = ids.shape
        total = self.past_length + length
        inputs = {
            "input_ids": ids.astype(np.int64),
            "attention_mask": np.ones((batch, total), np.int64),
            **self.past,
        }
        if self.takes_positions:
            inputs["position_ids"] = np.broadcast_to(np.arange(self.past_length, total), (batch, length)).copy()
        results = dict(zip(self.outputs, self.session.run(self.outputs, inputs), strict=True))
        self.past = {i.name: results[i.name.replace("past_key_values", "present")] for i in self.past_inputs}
        return results["logits"]


def compare(model: Decoder, path: Path, ids: np.ndarray) -> tuple[float, float]:
    """Largest difference of the logits, in one pass and token by token; raises ValueError above `TOLERANCE`.

    `ids` is [batch, tokens].
    """
    model = model.cpu().eval()
    with torch.no_grad():
        wanted = model(torch.from_numpy(ids.astype(np.int64)))[0].numpy()
    session = OnnxDecoder(path)
    session.reset(ids.shape[0])
    prefill = float(np.abs(session.feed(ids) - wanted).max())
    session.reset(ids.shape[0])
    stepped = np.concatenate([session.feed(ids[:, [step]]) for step in range(ids.shape[1])], axis=1)
    token_by_token = float(np.abs(stepped - wanted).max())
    if not max(prefill, token_by_token) <= TOLERANCE:
        found = f"{prefill:.1e} in one pass and {token_by_token:.1e} token by token"
        raise ValueError(f"{path.name} differs from PyTorch by {found}; more than {TOLERANCE} is not exported")
    return prefill, token_by_token
