"""Speed and quality, measured beside a peer: `python -m bench [loading] [resolving] [reading]`."""
