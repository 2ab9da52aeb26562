"""`python -m redhanded.lab`: the demo API as a process of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

_BAD_USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the served process."""
    options = command_line().parse_args(arguments)
    try:
        from redhanded.lab.app import create_app
        from redhanded.lab.defects.switchboard import Switchboard
        from redhanded.lab.serve import serve
        from redhanded.lab.store import Store, StoreError
    except ModuleNotFoundError as missing:
        return _refuse_missing(missing)
    try:
        with Store(options.data) as store:
            app = create_app(store, build=options.build, token_seconds=options.token_seconds)
            switches = Switchboard(app)
            switches.switch(options.defect, seed=options.seed, served=options.served)
            serve(
                app,
                port=options.port,
                build=options.build,
                with_parent=options.with_parent,
                obey=switches.obey,
            )
    except (StoreError, ValueError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"port {options.port} cannot be used ({error}); give another --port, or 0")
    return 0


def command_line() -> argparse.ArgumentParser:
    """The parser of the arguments, which says what there is to say."""
    parser = argparse.ArgumentParser(
        prog="python -m redhanded.lab",
        description="Serve the demo API on 127.0.0.1 until SIGTERM, SIGINT or Ctrl-C.",
    )
    parser.add_argument("--port", type=_port, default=0, help="0, the default, is any free port")
    parser.add_argument("--data", type=Path, required=True, help="SQLite file, made when missing")
    parser.add_argument("--build", default="1", help="what the header X-Build says")
    parser.add_argument("--token-seconds", type=_seconds, default=3600.0, help="lifetime of tokens")
    parser.add_argument(
        "--with-parent", action="store_true", help="end when standard input ends as well"
    )
    parser.add_argument(
        "--defect",
        action="append",
        default=[],
        metavar="CODE",
        help="misbehave so, such as D23 or D78:seconds=0.5; repeatable",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the defects that come and go")
    parser.add_argument("--served", type=Path, help="file that gets a line for each wrong answer")
    parser.add_argument("--list-defects", action=_ListDefects, nargs=0, help="print what there is")
    return parser


class _ListDefects(argparse.Action):
    """Prints the defects, for which no data file is needed, and ends."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        _values: str | Sequence[object] | None,
        _option: str | None = None,
    ) -> None:
        try:
            from redhanded.lab.defects.table import DEFECTS
        except ModuleNotFoundError as missing:
            parser.exit(_refuse_missing(missing))
        for defect in DEFECTS.values():
            numbers = "".join(f"; {name}={value:g}" for name, value in defect.parameters.items())
            print(f"{defect.code:<4}  {defect.verdict:<6}  {defect.title}: {defect.how}{numbers}")
        parser.exit()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number from 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of seconds above 0")
    return seconds


def _refuse_missing(missing: ModuleNotFoundError) -> int:
    return _refuse(f"{missing.name} is not installed: pip install 'redhanded[lab]'")


def _refuse(sentence: str) -> int:
    print(f"redhanded.lab: {sentence}", file=sys.stderr)
    return _BAD_USAGE


if __name__ == "__main__":
    sys.exit(main())
