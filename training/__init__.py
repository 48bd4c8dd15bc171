"""How Vivarium's bundled models are made: data, training, evaluation, export, card."""
