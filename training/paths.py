"""Where things are, relative to this file."""

from pathlib import Path

TRAINING = Path(__file__).parent
CACHE = TRAINING / ".cache"  # downloaded packages and prepared text; never committed
RUNS = TRAINING / "runs"  # checkpoints and curves; never committed
MODELS = TRAINING.parent / "models"
