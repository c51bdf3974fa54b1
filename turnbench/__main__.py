"""`turnbench ...` and `python -m turnbench ...`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; every error of ours is one sentence on stderr and exit code 2."""
    from turnbench.cli import app
    from turnbench.errors import TurnBenchError

    try:
        app()
    except TurnBenchError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped; repeat the command to go on", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (`turnbench show ... | head`): that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
