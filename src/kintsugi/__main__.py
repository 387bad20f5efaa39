"""The `kintsugi` command. Answers `--version` before anything heavy is loaded."""

from __future__ import annotations

import sys

from kintsugi import __version__


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"kintsugi {__version__}")
        return
    try:
        from kintsugi.cli.app import run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
