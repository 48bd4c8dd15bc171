"""A model folder in the Hugging Face layout: config, generation config, tokenizer, ONNX, checked against PyTorch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from training import onnx_check, onnx_export
from training.transformer import Decoder, DecoderConfig


@dataclass(frozen=True)
class Written:
    """What came of `write_folder`."""

    prefill: float  # largest difference of a logit between ONNX and PyTorch, all tokens in one pass
    token_by_token: float  # the same, fed one token at a time
    same_weights: bool  # the ONNX file is the one that was there before


def vivarium_block(task: str, draft_of: str | None) -> dict[str, Any]:
    """How a folder declares itself; a draft names the folder of the model that it drafts for."""
    return (
        {"task": task, "role": "target"} if draft_of is None else {"task": task, "role": "draft", "draftOf": draft_of}
    )


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def config_json(
    config: DecoderConfig, end: int, start: int | None, pad: int | None, vivarium: dict[str, Any]
) -> dict[str, Any]:
    """`config.json`. A decoder that computes what Llama computes says so; any other is called what it is: `lifegpt`."""
    is_llama = config.activation == "swiglu" and not config.qk_norm
    return {
        "architectures": ["LlamaForCausalLM" if is_llama else "LifeGPTForCausalLM"],
        "model_type": "llama" if is_llama else "lifegpt",
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "intermediate_size": config.intermediate_size,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.heads,
        "head_dim": config.head_dim,
        "hidden_act": "silu" if config.activation == "swiglu" else "relu2",
        "max_position_embeddings": config.max_positions,
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_theta,
        "rope_scaling": None,
        "attention_bias": False,
        "attention_dropout": 0.0,
        "mlp_bias": False,
        **({} if is_llama else {"qk_norm": config.qk_norm}),
        "tie_word_embeddings": config.tied,
        "bos_token_id": start,
        "eos_token_id": end,
        "pad_token_id": pad,
        "use_cache": True,
        "dtype": "float32",
        "vivarium": vivarium,
    }


def write_folder(
    folder: Path,
    model: Decoder,
    config: dict[str, Any],
    generation: dict[str, Any],
    tokenizer: Tokenizer,
    tokenizer_config: dict[str, Any],
    sample: np.ndarray,
    quantized: bool,
) -> Written:
    """Write everything but the card; the ONNX is compared with PyTorch on `sample`, ids [batch, tokens].

    Raises ValueError, leaving the old ONNX in place, if it is further than `onnx_check.TOLERANCE`.
    """
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", generation)
    write_json(folder / "tokenizer.json", json.loads(tokenizer.to_str()))
    write_json(folder / "tokenizer_config.json", tokenizer_config)
    target = folder / "onnx" / "model.onnx"
    unchecked = target.with_suffix(".unchecked")
    onnx_export.export(model, unchecked)
    try:
        prefill, token_by_token = onnx_check.compare(model, unchecked, sample)
        same = target.exists() and target.read_bytes() == unchecked.read_bytes()
        unchecked.replace(target)
    finally:
        unchecked.unlink(missing_ok=True)
    if quantized and not same:
        onnx_export.quantize(target, target.with_name("model_quantized.onnx"))
    return Written(prefill, token_by_token, same)
