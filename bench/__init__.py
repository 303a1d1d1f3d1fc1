"""Performance as ratios: our figures beside the raw limits of the same parts, in one run."""
