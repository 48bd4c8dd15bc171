"""What the cards share: tables, the training curve, and the part that `npm run evaluate` writes."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

from training.trainer import Schedule

BEGIN, END = "<!-- evaluation -->", "<!-- /evaluation -->"  # `npm run evaluate -- --write` fills what is between
UNMEASURED = f"{BEGIN}\n\nNot measured yet: `npm run evaluate -- --write`.\n\n{END}"


def curve(run: Path, points: int = 8) -> list[dict[str, float]]:
    """Evenly spaced lines of the training log, the last one included."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    by_step = {line["step"]: line for line in lines}
    steps = sorted(by_step)
    kept = steps[:: max(1, len(steps) // points)]
    return [by_step[step] for step in sorted({*kept, steps[-1]})]


def percent(share: float) -> str:
    return f"{100 * share:.3f} %"


def cooled(schedule: Schedule) -> str:
    """How the learning rates end."""
    part = "all along" if schedule.cooldown == 1 else f"over the last {schedule.cooldown:.0%}"
    return f"cooled to 0 {part}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def training_section(card: str) -> str:
    """What stands under `## Training`, or nothing."""
    found = re.search(r"^## Training\n(.*?)(?=^## |\Z)", card, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


def measured_section(card: str) -> str:
    """What `npm run evaluate` wrote, with its marks; where it wrote nothing, a line that says so."""
    found = re.search(re.escape(BEGIN) + ".*?" + re.escape(END), card, re.DOTALL)
    return found[0] if found else UNMEASURED


def write_card(folder: Path, text: str, same_weights: bool) -> None:
    """Write the folder's README, prose wrapped. The figures between the marks stay where the weights are the same."""
    path = folder / "README.md"
    old = path.read_text(encoding="utf-8") if same_weights and path.exists() else ""
    before, after = wrapped(text).split(UNMEASURED)
    path.write_text(before + measured_section(old) + after, encoding="utf-8")


def wrapped(text: str, width: int = 120) -> str:
    """The text with its prose wrapped; front matter, headings, tables, quotes, code and marks are left as they are."""
    front, body = text.split("\n---\n", 1)
    paragraphs = [
        part
        if part.lstrip().startswith(("#", "|", ">", "```", "<!--"))
        else textwrap.fill(part, width, break_on_hyphens=False)
        for part in unwrapped_headings(body).split("\n\n")
    ]
    return f"{front}\n---\n\n" + "\n\n".join(paragraphs).strip("\n") + "\n"


def unwrapped_headings(text: str) -> str:
    """An empty line after each heading, so that it is a paragraph of its own."""
    return re.sub(r"^(#+ .*)\n(?!\n)", r"\1\n\n", text, flags=re.MULTILINE)
