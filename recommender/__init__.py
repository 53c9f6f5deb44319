"""Recommends training courses by what they mean and how near they are taught, and says why. It knows nothing of HTTP."""
