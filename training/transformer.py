"""The one decoder that every bundled model is: RMSNorm, rotary positions, causal attention, no biases.

With `activation="swiglu"` and `qk_norm=False` it computes exactly what Hugging Face's `LlamaForCausalLM` computes.
It knows token order only through rotary phases: nothing about rows, columns or boundaries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LayerCache = tuple[Tensor, Tensor]  # keys, values, each [batch, heads, tokens, head size]
QK_GAIN = (
    1.5  # where normalised queries and keys start: scores up to 1.5^2 sqrt(head size), sharp enough to find one token
)


@dataclass(frozen=True)
class DecoderConfig:
    """Sizes of a decoder; everything the exporter needs to write the same graph."""

    vocab_size: int
    hidden_size: int
    layers: int
    heads: int
    head_dim: int
    intermediate_size: int
    max_positions: int
    rope_theta: float
    activation: Literal["swiglu", "relu2"]
    qk_norm: bool = False
    tied: bool = False
    norm_eps: float = 1e-5


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight (Zhang and Sennrich 2019, eq. 4), over the last axis."""

    def __init__(self, shape: tuple[int, ...], eps: float, gain: float = 1.0) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.full(shape, gain))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


def inverse_frequencies(config: DecoderConfig) -> Tensor:
    """[head_dim / 2], radians per token, from 1 down towards 1 / rope_theta (RoFormer, section 3.2.2)."""
    return 1.0 / config.rope_theta ** (torch.arange(0, config.head_dim, 2).float() / config.head_dim)


def rotary_table(config: DecoderConfig, length: int) -> tuple[Tensor, Tensor]:
    """cos and sin, each [length, head_dim], in the half-split layout of Llama's Hugging Face form.

    In fp32, as every runtime of an exported model computes them: at position 500 that moves an angle by 1e-5.
    """
    angles = torch.arange(length).float()[:, None] * inverse_frequencies(config)[None, :]
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        inner = config.heads * config.head_dim
        self.heads, self.head_dim = config.heads, config.head_dim
        self.q_proj = nn.Linear(config.hidden_size, inner, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, inner, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, inner, bias=False)
        self.o_proj = nn.Linear(inner, config.hidden_size, bias=False)
        self.q_norm: RMSNorm | None = None
        self.k_norm: RMSNorm | None = None
        if config.qk_norm:  # one gain per head and channel: a head can choose its frequencies and its sharpness
            shape = (config.heads, 1, config.head_dim)
            self.q_norm = RMSNorm(shape, config.norm_eps, QK_GAIN)
            self.k_norm = RMSNorm(shape, config.norm_eps, QK_GAIN)

    def split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, self.head_dim).transpose(1, 2)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, past: LayerCache | None) -> tuple[Tensor, LayerCache]:
        q, k, v = self.split(self.q_proj(x)), self.split(self.k_proj(x)), self.split(self.v_proj(x))
        if self.q_norm is not None and self.k_norm is not None:
            q, k = self.q_norm(q), self.k_norm(k)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if past is None:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
            queries, keys = q.shape[2], k.shape[2]
            mask = torch.ones(queries, keys, dtype=torch.bool, device=q.device).tril(keys - queries)
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(x.shape[0], x.shape[1], -1)
        return self.o_proj(mixed), (k, v)


class FeedForward(nn.Module):
    """SwiGLU (Shazeer 2020) or squared ReLU (So et al. 2021)."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        gated = config.activation == "swiglu"
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False) if gated else None
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        up = self.up_proj(x)
        inner = F.relu(up).square() if self.gate_proj is None else F.silu(self.gate_proj(x)) * up
        return self.down_proj(inner)


class Block(nn.Module):
    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm((config.hidden_size,), config.norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm((config.hidden_size,), config.norm_eps)
        self.mlp = FeedForward(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, past: LayerCache | None) -> tuple[Tensor, LayerCache]:
        mixed, cache = self.self_attn(self.input_layernorm(x), cos, sin, past)
        x = x + mixed
        return x + self.mlp(self.post_attention_layernorm(x)), cache


class Decoder(nn.Module):
    """Token ids [batch, tokens] to logits [batch, tokens, vocabulary]."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm((config.hidden_size,), config.norm_eps)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tied:
            self.lm_head.weight = self.embed_tokens.weight
        cos, sin = rotary_table(config, config.max_positions)
        self.cos: Tensor
        self.sin: Tensor
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Normal weights of deviation 1 / sqrt(inputs); what is added to the residual stream starts smaller."""
        for name, parameter in self.named_parameters():
            if parameter.dim() != 2:
                continue
            if name.startswith(("embed_tokens", "lm_head")):
                nn.init.normal_(parameter, std=0.02 if self.config.tied else parameter.shape[1] ** -0.5)
            else:
                shrink = (
                    (2 * self.config.layers) ** -0.5 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
                )
                nn.init.normal_(parameter, std=shrink * parameter.shape[1] ** -0.5)

    def residuals(self, ids: Tensor, past: list[LayerCache] | None = None) -> tuple[list[Tensor], list[LayerCache]]:
        """The residual stream [batch, tokens, width] that leaves each block, and each block's keys and values."""
        start = 0 if past is None else past[0][0].shape[2]
        cos, sin = self.cos[start : start + ids.shape[1]], self.sin[start : start + ids.shape[1]]
        x = self.embed_tokens(ids)
        streams: list[Tensor] = []
        caches: list[LayerCache] = []
        for index, block in enumerate(self.blocks):
            x, cache = block(x, cos, sin, None if past is None else past[index])
            streams.append(x)
            caches.append(cache)
        return streams, caches

    def logits(self, residual: Tensor) -> Tensor:
        """Final norm and LM head over a residual stream [..., width]."""
        return self.lm_head(self.norm(residual))

    def forward(self, ids: Tensor, past: list[LayerCache] | None = None) -> tuple[Tensor, list[LayerCache]]:
        streams, caches = self.residuals(ids, past)
        return self.logits(streams[-1]), caches

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())
