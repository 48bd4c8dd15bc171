"""What both cards share: tables, the training curve, numbers as text."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path


def curve(run: Path, points: int = 8) -> list[dict[str, float]]:
    """Evenly spaced lines of the training log, the last one included."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    by_step = {line["step"]: line for line in lines}
    steps = sorted(by_step)
    kept = steps[:: max(1, len(steps) // points)]
    return [by_step[step] for step in sorted({*kept, steps[-1]})]


def percent(share: float) -> str:
    return f"{100 * share:.3f} %"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def wrapped(text: str, width: int = 120) -> str:
    """The text with its prose wrapped; front matter, headings, tables, quotes and code are left as they are."""
    front, body = text.split("\n---\n", 1)
    paragraphs = [
        part if part.lstrip().startswith(("#", "|", ">", "```")) else textwrap.fill(part, width, break_on_hyphens=False)
        for part in unwrapped_headings(body).split("\n\n")
    ]
    return f"{front}\n---\n\n" + "\n\n".join(paragraphs).strip("\n") + "\n"


def unwrapped_headings(text: str) -> str:
    """An empty line after each heading, so that it is a paragraph of its own."""
    return re.sub(r"^(#+ .*)\n(?!\n)", r"\1\n\n", text, flags=re.MULTILINE)
