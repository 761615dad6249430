"""Join JavaScript modules into one, for a notebook's widget and for the book's pages.

Neither takes several files: anywidget wants one, and browsers block modules in pages opened as
files. The modules only say `import { name } from "./file.js"` and export what they declare, so
leaving out both words joins them, if no name stands twice. Imports nothing of the package.
"""

import re
from collections.abc import Iterable
from pathlib import Path

IMPORT = re.compile(r'^import \{([^{}]*)\} from "([^"]*)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default )", re.MULTILINE)
DECLARED = re.compile(r"^(export )?(?:async )?(?:class|const|function|let) (\w+)", re.MULTILINE)
OTHER_IMPORT = re.compile(r"^import\b.*", re.MULTILINE)


def find_scripts(entry: Path) -> list[Path]:
    """Find a module and all that it imports, each after those that it imports from.

    Raises:
        ValueError: for a module that is not there, a name that its module does not export, an
            import in a circle or written otherwise, a top-level name that two modules declare.
    """
    exports = {}  # module → names
    homes = {}  # a top-level name → its module

    def add(module: Path, importers: tuple[Path, ...]) -> None:
        if module in importers:
            circle = " → ".join(path.name for path in (*importers, module))
            raise ValueError(f"expected imports without a circle, got {circle}")
        if module in exports:
            return
        if not module.is_file():
            raise ValueError(f"expected a module {module}, which {importers[-1].name} imports")
        source = module.read_text(encoding="utf-8")
        for names, path in IMPORT.findall(source):
            other = (module.parent / path).resolve()
            add(other, (*importers, module))
            for name in filter(None, map(str.strip, names.split(","))):
                if name not in exports[other]:
                    raise ValueError(
                        f"expected {other.name} to export {name}, which {module.name} imports"
                    )
        if other_import := OTHER_IMPORT.search(IMPORT.sub("", source)):
            raise ValueError(f"expected import {{ names }} from a file, got {other_import[0]}")
        declared = DECLARED.findall(source)
        for _, name in declared:
            if name in homes:
                raise ValueError(
                    f"expected one {name}, got those of {homes[name].name} and {module.name}"
                )
            homes[name] = module
        exports[module] = {name for exported, name in declared if exported}

    add(entry.resolve(), ())
    return list(exports)


def join_scripts(modules: Iterable[Path]) -> str:
    """Join modules into one: no import, no export but a default one.

    Args:
        modules: files, in the order of find_scripts.
    """
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    return EXPORT.sub("", IMPORT.sub("", text))
