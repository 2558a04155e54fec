"""Questions to the network, asked only where the user wants them."""
