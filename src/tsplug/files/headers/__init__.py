"""Headers of frames read by the thousand: raw blocks, wanted cards only, never a pixel, never more than a bound."""
