"""What the simulated devices are made of: descriptions, errors, motions, a mount, a cooler, positions in the sky."""
