"""Writes the held-out text that `npm run evaluate` scores, and what the byte n-gram makes of it.

`python -m training.held_out` gives the same files from the same packages; run it again when the corpus changes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from training import ngram
from training.paths import CACHE, TRAINING
from training.text_corpus import Document, is_held_out, load

FOLDER = TRAINING.parent / "test" / "evaluate" / "held-out"
ORDER = 5


def as_lines(documents: list[Document]) -> str:
    """JSON Lines: source and text of each document, in the order of the corpus."""
    lines = [json.dumps({"source": d.source, "text": d.text}, ensure_ascii=False) for d in documents]
    return "".join(line + "\n" for line in lines)


def baseline(documents: list[Document], held_out: list[Document], lines: str) -> dict[str, object]:
    """The n-gram counts all text that is not held out, also what models are not trained on."""
    seen = "".join(d.text for d in documents if not is_held_out(d)).encode()
    wanted = "".join(d.text for d in held_out).encode()
    return {
        "method": f"byte {ORDER}-gram, interpolated with Witten-Bell smoothing (Bell, Cleary and Witten 1990)",
        "order": ORDER,
        "bitsPerByte": round(ngram.bits_per_byte(seen, wanted, ORDER), 6),
        "trainingBytes": len(seen),
        "heldOutBytes": len(wanted),
        "documents": {"count": len(held_out), "sha256": hashlib.sha256(lines.encode()).hexdigest()},
        "command": "python -m training.held_out",
    }


def write(documents: list[Document], folder: Path) -> dict[str, object]:
    held_out = [document for document in documents if is_held_out(document)]
    lines = as_lines(held_out)
    made = baseline(documents, held_out, lines)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "documents.jsonl").write_text(lines, encoding="utf-8", newline="\n")
    (folder / "baseline.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8", newline="\n")
    return made


if __name__ == "__main__":
    print(json.dumps(write(load(CACHE), FOLDER), indent=2))
