"""A `Decoder`'s weights out of the ONNX file that `onnx_export` wrote: bit for bit what was exported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.transformer import Decoder, DecoderConfig


def onnx_name(parameter: str) -> str:
    """The exporter's name for a parameter of `Decoder`."""
    if parameter.startswith("lm_head."):
        return parameter
    return f"model.{parameter}".replace("model.blocks.", "model.layers.")


def unpacked(initializers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Queries, keys and values that one product gives, [inputs, 3 x outputs], as three matrices; the rest as it is."""
    parts = {}
    for name, value in initializers.items():
        if name.endswith("qkv_proj.weight"):
            for part, matrix in zip("qkv", np.split(value, 3, axis=1), strict=True):
                parts[name.replace("qkv_proj", f"{part}_proj")] = matrix
        else:
            parts[name] = value
    return parts


def load_decoder(decoder: Decoder, path: Path) -> None:
    """Fill `decoder` from the file. Raises ValueError where a weight is missing or of another shape."""
    graph = onnx.load(str(path)).graph
    initializers = unpacked({weight.name: numpy_helper.to_array(weight) for weight in graph.initializer})
    turned = {f"{name}.weight" for name, module in decoder.named_modules() if isinstance(module, nn.Linear)}
    with torch.no_grad():
        for name, parameter in decoder.named_parameters():
            found = initializers.get(onnx_name(name))
            if found is None:
                raise ValueError(f"{path} has no weight {onnx_name(name)}: it was not exported from such a model")
            value: Tensor = torch.from_numpy(found.copy())
            value = value.T if name in turned else value
            if value.shape != parameter.shape:
                shapes = f"{tuple(value.shape)}, not {tuple(parameter.shape)}"
                raise ValueError(f"{path}: {onnx_name(name)} is {shapes}: the recipe is for a model of other sizes")
            parameter.copy_(value)


def read_decoder(folder: Path) -> Decoder:
    """The model of a folder that `model_folder` wrote, sizes and weights."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    decoder = Decoder(
        DecoderConfig(
            vocab_size=config["vocab_size"],
            hidden_size=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            head_dim=config["head_dim"],
            intermediate_size=config["intermediate_size"],
            max_positions=config["max_position_embeddings"],
            rope_theta=config["rope_theta"],
            activation="swiglu" if config["hidden_act"] == "silu" else "relu2",
            qk_norm=config.get("qk_norm", False),
            tied=config["tie_word_embeddings"],
            norm_eps=config["rms_norm_eps"],
        )
    )
    load_decoder(decoder, folder / "onnx" / "model.onnx")
    return decoder
