"""Loaded before pytest's other plugins (Makefile): leaves out an import that costs a second.

jsonschema would make 38 grammars of it, for formats that no notebook has.
"""

import sys

sys.modules["rfc3987_syntax"] = None
