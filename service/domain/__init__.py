"""Words: what things are. Pure data and rules; no input or output."""
