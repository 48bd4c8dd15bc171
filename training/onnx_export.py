"""Write a `Decoder` as an ONNX graph with a KV cache, with optimum's names of inputs and outputs.

At the sizes of these models a pass costs calls more than arithmetic, so what com.microsoft has as one operator is one:
adding to the residual stream and normalising, and attention with its rotary positions and cache (`GroupQueryAttention`,
whose fourth output gives the probabilities). Where queries and keys are normalised it cannot be used: attention stays
MatMul - Softmax - MatMul there, and the probabilities are the Softmax's output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.transformer import Attention, Block, Decoder, DecoderConfig, FeedForward, RMSNorm, inverse_frequencies

OPSET = 18
IR_VERSION = 8
MICROSOFT = "com.microsoft"
TOTAL = "past_sequence_length + sequence_length"


class GraphWriter:
    """Collects nodes and weights; each method adds one operator and returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}

    def op(self, kind: str, inputs: list[str], name: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"{name}_output"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=name, **attributes))
        return output

    def fused(self, kind: str, inputs: list[str], name: str, outputs: list[str], **attributes: Any) -> None:
        """An operator of com.microsoft; inputs and outputs that are left out are empty names."""
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=name, domain=MICROSOFT, **attributes))

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def ints(self, *values: int) -> str:
        return self.weight("ints_" + "_".join(map(str, values)).replace("-", "m"), np.array(values, np.int64))

    def scalar(self, name: str, value: float) -> str:
        return self.weight(name, np.array(value, np.float32))

    def linear(self, x: str, layers: nn.Linear | list[nn.Linear], scope: str) -> str:
        """One product; of several layers over the same inputs their outputs stand beside each other."""
        several = layers if isinstance(layers, list) else [layers]
        matrix = np.concatenate([layer.weight.detach().cpu().float().numpy().T for layer in several], axis=1)
        return self.op("MatMul", [x, self.weight(f"{scope}.weight", matrix)], f"{scope}/MatMul")

    def gain(self, norm: RMSNorm, scope: str) -> str:
        return self.weight(f"{scope}.weight", norm.weight.detach().cpu().float().numpy())

    def rms_norm(self, x: str, norm: RMSNorm, scope: str) -> str:
        """In the form that onnxruntime knows and makes one operator of."""
        squares = self.op("Pow", [x, self.scalar("two", 2.0)], f"{scope}/Pow")
        mean = self.op("ReduceMean", [squares, self.ints(-1)], f"{scope}/ReduceMean", keepdims=1)
        shifted = self.op("Add", [mean, self.scalar("norm_eps", norm.eps)], f"{scope}/Add")
        root = self.op("Sqrt", [shifted], f"{scope}/Sqrt")
        unit = self.op("Div", [x, root], f"{scope}/Div")
        return self.op("Mul", [unit, self.gain(norm, scope)], f"{scope}/Mul")

    def add_and_norm(self, x: str, added: str, norm: RMSNorm, scope: str) -> tuple[str, str]:
        """x + added, normalised and as it is."""
        normed, total = f"{scope}_output", f"{scope}_sum"
        inputs = [x, added, self.gain(norm, scope)]
        self.fused("SkipSimplifiedLayerNormalization", inputs, scope, [normed, "", "", total], epsilon=norm.eps)
        return normed, total


def write_positions(graph: GraphWriter, config: DecoderConfig) -> tuple[str, str]:
    """cos and sin of the rotary angles, each [batch, 1, tokens, head_dim], from `position_ids`."""
    positions = graph.op("Cast", ["position_ids"], "rotary/Cast", to=TensorProto.FLOAT)
    column = graph.op("Unsqueeze", [positions, graph.ints(1, 3)], "rotary/Unsqueeze")
    frequencies = inverse_frequencies(config).numpy()
    both = graph.weight("rotary.inverse_frequencies", np.concatenate([frequencies, frequencies]))
    angles = graph.op("Mul", [column, both], "rotary/Mul")
    return graph.op("Cos", [angles], "rotary/Cos"), graph.op("Sin", [angles], "rotary/Sin")


def write_mask(graph: GraphWriter) -> str:
    """Added to the scores, [batch, 1, tokens, past + tokens]: 0 where a query may look, else the lowest float."""
    key_shape = graph.op("Shape", ["attention_mask"], "mask/KeyShape")
    query_shape = graph.op("Shape", ["input_ids"], "mask/QueryShape")
    axis = graph.weight("axis_1", np.array(1, np.int64))
    zero, one = graph.weight("int_0", np.array(0, np.int64)), graph.weight("int_1", np.array(1, np.int64))
    total = graph.op("Gather", [key_shape, axis], "mask/Total", axis=0)
    length = graph.op("Gather", [query_shape, axis], "mask/Length", axis=0)
    past = graph.op("Sub", [total, length], "mask/Past")
    keys = graph.op("Range", [zero, total, one], "mask/Keys")
    queries = graph.op("Range", [past, total, one], "mask/Queries")
    queries = graph.op("Unsqueeze", [queries, graph.ints(1)], "mask/QueryColumn")
    causal = graph.op("LessOrEqual", [keys, queries], "mask/Causal")
    present = graph.op("Cast", ["attention_mask"], "mask/Present", to=TensorProto.BOOL)
    present = graph.op("Unsqueeze", [present, graph.ints(1, 2)], "mask/PresentKeys")
    allowed = graph.op("And", [causal, present], "mask/Allowed")
    lowest = graph.scalar("lowest", float(np.finfo(np.float32).min))
    return graph.op("Where", [allowed, graph.scalar("zero", 0.0), lowest], "mask/Where")


def write_rotation(graph: GraphWriter, x: str, cos: str, sin: str, half: int, scope: str) -> str:
    first = graph.op("Slice", [x, graph.ints(0), graph.ints(half), graph.ints(-1)], f"{scope}/First")
    second = graph.op("Slice", [x, graph.ints(half), graph.ints(2 * half), graph.ints(-1)], f"{scope}/Second")
    turned = graph.op("Concat", [graph.op("Neg", [second], f"{scope}/Neg"), first], f"{scope}/Concat", axis=-1)
    straight = graph.op("Mul", [x, cos], f"{scope}/Cosine")
    return graph.op("Add", [straight, graph.op("Mul", [turned, sin], f"{scope}/Sine")], f"{scope}/Add")


def write_attention(graph: GraphWriter, x: str, layer: Attention, index: int, shared: tuple[str, ...]) -> str:
    """Operator by operator; `shared` is cos, sin and mask."""
    cos, sin, mask = shared
    scope = f"model.layers.{index}.self_attn"
    heads, size = layer.heads, layer.head_dim

    def split(projected: str, name: str) -> str:
        shaped = graph.op("Reshape", [projected, graph.ints(0, 0, heads, size)], f"{scope}/{name}/Reshape")
        return graph.op("Transpose", [shaped], f"{scope}/{name}/Transpose", perm=[0, 2, 1, 3])

    query = split(graph.linear(x, layer.q_proj, f"{scope}.q_proj"), "query")
    key = split(graph.linear(x, layer.k_proj, f"{scope}.k_proj"), "key")
    value = split(graph.linear(x, layer.v_proj, f"{scope}.v_proj"), "value")
    if layer.q_norm is not None and layer.k_norm is not None:
        query = graph.rms_norm(query, layer.q_norm, f"{scope}.q_norm")
        key = graph.rms_norm(key, layer.k_norm, f"{scope}.k_norm")
    query = write_rotation(graph, query, cos, sin, size // 2, f"{scope}/query/rotary")
    key = write_rotation(graph, key, cos, sin, size // 2, f"{scope}/key/rotary")
    past = f"past_key_values.{index}"
    keys = graph.op("Concat", [f"{past}.key", key], f"{scope}/Keys", f"present.{index}.key", axis=2)
    values = graph.op("Concat", [f"{past}.value", value], f"{scope}/Values", f"present.{index}.value", axis=2)
    query = graph.op("Mul", [query, graph.scalar("attention_scale", size**-0.5)], f"{scope}/Scale")
    turned = graph.op("Transpose", [keys], f"{scope}/KeysTransposed", perm=[0, 1, 3, 2])
    scores = graph.op("MatMul", [query, turned], f"{scope}/MatMul")
    scores = graph.op("Add", [scores, mask], f"{scope}/Mask")
    probabilities = graph.op("Softmax", [scores], f"{scope}/Softmax", axis=-1)
    mixed = graph.op("MatMul", [probabilities, values], f"{scope}/MatMul_1")
    mixed = graph.op("Transpose", [mixed], f"{scope}/Transpose", perm=[0, 2, 1, 3])
    mixed = graph.op("Reshape", [mixed, graph.ints(0, 0, heads * size)], f"{scope}/Reshape")
    return graph.linear(mixed, layer.o_proj, f"{scope}.o_proj")


def has_fused_attention(config: DecoderConfig) -> bool:
    """Whether `GroupQueryAttention` computes this model's attention: it takes heads of a multiple of 8."""
    return not config.qk_norm and config.head_dim % 8 == 0


def write_lengths(graph: GraphWriter, config: DecoderConfig) -> tuple[str, ...]:
    """What `GroupQueryAttention` takes of lengths (int32: tokens of each sequence less one, tokens in all) and rotary tables."""
    tokens = graph.op("ReduceSum", ["attention_mask", graph.ints(1)], "lengths/Tokens", keepdims=0)
    last = graph.op("Sub", [tokens, graph.ints(1)], "lengths/Last")
    last = graph.op("Cast", [last], "lengths/LastCast", to=TensorProto.INT32)
    total = graph.op("Shape", ["attention_mask"], "lengths/Total", start=1, end=2)
    total = graph.op("Cast", [total], "lengths/TotalCast", to=TensorProto.INT32)
    angles = np.arange(config.max_positions, dtype=np.float32)[:, None] * inverse_frequencies(config).numpy()[None, :]
    return last, total, graph.weight("rotary.cos", np.cos(angles)), graph.weight("rotary.sin", np.sin(angles))


def write_fused_attention(graph: GraphWriter, x: str, layer: Attention, index: int, shared: tuple[str, ...]) -> str:
    """`shared` is what `write_lengths` gave."""
    scope = f"model.layers.{index}.self_attn"
    packed = graph.linear(x, [layer.q_proj, layer.k_proj, layer.v_proj], f"{scope}.qkv_proj")
    mixed = f"{scope}/GroupQueryAttention_output"
    graph.fused(
        "GroupQueryAttention",
        [packed, "", "", f"past_key_values.{index}.key", f"past_key_values.{index}.value", *shared],
        f"{scope}/GroupQueryAttention",
        [mixed, f"present.{index}.key", f"present.{index}.value"],
        num_heads=layer.heads,
        kv_num_heads=layer.heads,
        do_rotary=1,
    )
    return graph.linear(mixed, layer.o_proj, f"{scope}.o_proj")


def write_feed_forward(graph: GraphWriter, x: str, layer: FeedForward, index: int) -> str:
    scope = f"model.layers.{index}.mlp"
    up = graph.linear(x, layer.up_proj, f"{scope}.up_proj")
    if layer.gate_proj is None:
        active = graph.op("Relu", [up], f"{scope}/Relu")
        inner = graph.op("Mul", [active, active], f"{scope}/Square")
    else:
        gate = graph.linear(x, layer.gate_proj, f"{scope}.gate_proj")
        silu = graph.op("Mul", [gate, graph.op("Sigmoid", [gate], f"{scope}/Sigmoid")], f"{scope}/Silu")
        inner = graph.op("Mul", [silu, up], f"{scope}/Mul")
    return graph.linear(inner, layer.down_proj, f"{scope}.down_proj")


def declare(config: DecoderConfig) -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    """Inputs and outputs of the graph with their dynamic axes."""

    def ints(name: str, width: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch_size", width])

    def cache(name: str, length: str) -> onnx.ValueInfoProto:
        shape: list[str | int | None] = ["batch_size", config.heads, length, config.head_dim]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    inputs = [ints("input_ids", "sequence_length"), ints("attention_mask", TOTAL)]
    if not has_fused_attention(config):
        inputs.append(ints("position_ids", "sequence_length"))
    shape: list[str | int | None] = ["batch_size", "sequence_length", config.vocab_size]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)]
    for index in range(config.layers):
        for part in ("key", "value"):
            inputs.append(cache(f"past_key_values.{index}.{part}", "past_sequence_length"))
            outputs.append(cache(f"present.{index}.{part}", TOTAL))
    return inputs, outputs


def decoder_graph(model: Decoder) -> onnx.ModelProto:
    """The whole model as ONNX, fp32 weights, checked by onnx's own checker."""
    graph = GraphWriter()
    config = model.config
    blocks = [block for block in model.blocks if isinstance(block, Block)]
    is_fused = has_fused_attention(config)
    write = write_fused_attention if is_fused else write_attention
    shared = write_lengths(graph, config) if is_fused else (*write_positions(graph, config), write_mask(graph))
    embedding = graph.weight("model.embed_tokens.weight", model.embed_tokens.weight.detach().cpu().float().numpy())
    x = graph.op("Gather", [embedding, "input_ids"], "model.embed_tokens/Gather", axis=0)
    norms = [(f"model.layers.{index}.input_layernorm", block.input_layernorm) for index, block in enumerate(blocks)]
    following = [*norms[1:], ("model.norm", model.norm)]
    normed = graph.rms_norm(x, norms[0][1], norms[0][0])
    for index, block in enumerate(blocks):
        scope = f"model.layers.{index}"
        added = write(graph, normed, block.self_attn, index, shared)
        between = f"{scope}.post_attention_layernorm"
        normed, x = graph.add_and_norm(x, added, block.post_attention_layernorm, between)
        added = write_feed_forward(graph, normed, block.mlp, index)
        name, norm = following[index]
        normed, x = graph.add_and_norm(x, added, norm, name)
    head = graph.weight("lm_head.weight", model.lm_head.weight.detach().cpu().float().numpy().T)
    graph.op("MatMul", [normed, head], "lm_head/MatMul", "logits")
    inputs, outputs = declare(config)
    body = helper.make_graph(graph.nodes, "decoder", inputs, outputs, list(graph.weights.values()))
    opset = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    whole = helper.make_model(body, opset_imports=opset, ir_version=IR_VERSION, producer_name="vivarium")
    onnx.checker.check_model(whole, full_check=True)
    return whole


def export(model: Decoder, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(decoder_graph(model), path)


def quantize(source: Path, target: Path) -> None:
    """int8 weights per column, activations quantised as they come (onnxruntime's dynamic quantisation)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # Types behind operators of com.microsoft are not inferred.
    options = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, extra_options=options)
