"""The queue of the image pipeline: who puts jobs into it, who works them off, and what users ask of it."""
