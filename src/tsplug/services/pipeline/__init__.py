"""The image pipeline: modules that work on one saved frame, and how they are ordered, chosen and run."""
