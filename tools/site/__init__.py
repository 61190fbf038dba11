"""Steps that make the site, in the order of `build.py`."""
