"""Derive the notebooks of both languages from chapters/src, execute them, check them.

python -m book.notebooks [NN_slug ...]        derive and execute (all, or these)
python -m book.notebooks --prose [NN_slug]    derive alone: no code was changed, outputs stay
python -m book.notebooks --check              execute nothing; name what is stale; exit 1
python -m book.notebooks --confirm [NN_slug]  the twins say the same thing in both languages
python -m book.notebooks --repository URL     set the repository's address everywhere
"""

import argparse
import sys

from book.course import list_slugs
from book.notebooks.build import build_all, build_tables, derive_all
from book.notebooks.check import find_problems
from book.notebooks.needs import raise_version
from book.notebooks.readdress import set_repository
from book.notebooks.sources import confirm_twins


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m book.notebooks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("slugs", nargs="*", metavar="NN_slug", help="these chapters alone")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--prose", action="store_true", help="derive alone, keep the stored outputs")
    mode.add_argument("--check", action="store_true", help="execute nothing, name what is stale")
    mode.add_argument("--confirm", action="store_true", help="the twins are in step as they stand")
    mode.add_argument("--repository", metavar="URL", help="set the repository's address")
    arguments = parser.parse_args()
    slugs = arguments.slugs or list_slugs()
    unknown = sorted(set(slugs) - set(list_slugs()))
    if unknown:
        parser.error(f"expected chapters from {list_slugs()}, got {unknown}")
    if arguments.check:
        problems = find_problems()
        print("\n".join(problems) or f"{len(list_slugs())} chapters, both languages: in step")
        return 1 if problems else 0
    if arguments.confirm:
        print("\n".join(f"confirmed {name}" for name in confirm_twins(slugs)) or "nothing new")
        return 0
    if arguments.repository is not None:
        try:
            set_repository(arguments.repository)
        except ValueError as error:
            parser.error(str(error))
        return 0
    others = sorted(set(list_slugs()) - set(slugs)) if raise_version() else []
    if arguments.prose:
        derive_all([*slugs, *others])
        build_tables()
        return 0
    failed = build_all(slugs)
    derive_all(others)  # their set-up cells alone
    return failed


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    sys.exit(main())
