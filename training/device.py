"""Where a training runs."""

from __future__ import annotations

import os

import torch


def choose_device(threads: int | None) -> str:
    """`cuda` where there is one, else `cpu` with `threads` threads (as many as PyTorch likes if None)."""
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")
        return "cuda"
    if threads is not None:
        torch.set_num_threads(threads)
    return "cpu"


def multiplies_in_bfloat16(device: str) -> bool:
    """Whether matrix products are quicker in bfloat16 than in fp32: on GPUs, and on CPUs with AVX512-BF16 (twice)."""
    return device == "cuda" or torch.cpu._is_avx512_bf16_supported()


def describe_device(device: str) -> str:
    """For the card: the kind of hardware, never a machine's name."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    return f"CPU, {torch.get_num_threads()} of {os.cpu_count()} cores"
