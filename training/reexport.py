"""Writes the ONNX files of model folders again, from the weights that are in them: after a change of the exporter.

`python -m training.reexport models/almanac` checks the new file against PyTorch, quantises it anew where the folder has
int8 weights, and says in the card how far the logits are from PyTorch's. `npm run evaluate` then measures it.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np

from training import onnx_check, onnx_export
from training.distillation import write_on
from training.onnx_weights import read_decoder

TOKENS = 256  # of the check: drawn from the model
CHECKED = re.compile(r"(largest difference of a\s+logit\s+from\s+PyTorch:\s+)\S+(\s+in\s+one\s+pass,\s+)\S+(\s+token)")


def reexport(folder: Path) -> tuple[float, float]:
    """Largest difference of a logit from PyTorch, in one pass and token by token; raises ValueError if it is too large."""
    model = read_decoder(folder)
    length = min(TOKENS, model.config.max_positions)
    ids = write_on(model, np.zeros((1, 1), np.int64), length, np.ones(1), seed=1)
    target = folder / "onnx" / "model.onnx"
    unchecked = target.with_suffix(".unchecked")
    onnx_export.export(model, unchecked)
    try:
        differences = onnx_check.compare(model, unchecked, ids)
        unchecked.replace(target)
    finally:
        unchecked.unlink(missing_ok=True)
    quantized = target.with_name("model_quantized.onnx")
    if quantized.exists():
        onnx_export.quantize(target, quantized)
    card = folder / "README.md"
    if card.exists():
        prefill, stepped = (f"{difference:.1e}" for difference in differences)
        text = CHECKED.sub(rf"\g<1>{prefill}\g<2>{stepped}\g<3>", card.read_text(encoding="utf-8"))
        card.write_text(text, encoding="utf-8")
    return differences


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.reexport", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    for folder in parser.parse_args().folders:
        prefill, stepped = reexport(folder)
        print(f"{folder.name}: {prefill:.1e} from PyTorch in one pass, {stepped:.1e} token by token")


if __name__ == "__main__":
    main()
