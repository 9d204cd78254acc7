"""Measurements. `script/bench NAME` runs bench/NAME.py; nothing here is part of the product."""
