"""The standard streams of a process: masked for whoever writes to them, unchanged otherwise."""

from __future__ import annotations

import io
import sys

import pytest

from redhanded.plugin.streams import Door, MaskedBytes, MaskedStream

SECRET = "hush-hush-hush"


class Hush:
    """A gate that knows one secret."""

    def text(self, text: str) -> str:
        return text.replace(SECRET, "***")

    def safe_end(self, text: str) -> int:
        ends = range(len(SECRET) - 1, 0, -1)
        is_whole = text.endswith(SECRET)
        held = next((length for length in ends if text.endswith(SECRET[:length])), 0)
        return len(text) - (0 if is_whole else held)


@pytest.fixture
def below() -> io.TextIOWrapper:
    """A stream as a process has it, whose bytes can be looked at."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def streams(monkeypatch: pytest.MonkeyPatch) -> tuple[io.StringIO, io.StringIO]:
    """Standard output and standard error, from here to the test's end."""
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    return out, err


def written(stream: io.TextIOWrapper) -> bytes:
    """What has come through."""
    stream.flush()
    below = stream.buffer
    assert isinstance(below, io.BytesIO)
    return below.getvalue()


def test_a_stream_masks_what_is_printed(below: io.TextIOWrapper) -> None:
    """In one write, in two, by lines, and with a flush in the midst."""
    stream = MaskedStream(below, Hush())

    print("a", SECRET, file=stream)
    print("b", SECRET[:5], end="", file=stream, flush=True)
    print(SECRET[5:], file=stream)
    stream.writelines(["c ", SECRET, "\n"])

    assert written(below) == b"a ***\nb ***\nc ***\n"


def test_bytes_are_masked_too(below: io.TextIOWrapper) -> None:
    """Who writes below the text is shown in order, and bytes that are no text come through."""
    stream = MaskedStream(below, Hush())

    stream.write("text ")
    taken = stream.buffer.write(f"and {SECRET}\n".encode() + b"\xff\n")
    stream.buffer.flush()

    assert written(below) == b"text and ***\n\xff\n"
    assert taken == len(SECRET) + 7


def test_everything_else_is_the_streams_own(below: io.TextIOWrapper) -> None:
    """Colours, widths and encodings are decided by the stream below."""
    stream = MaskedStream(below, Hush())

    with stream as same:
        assert same is stream
    assert stream.encoding == "utf-8"
    assert stream.isatty() is False
    assert stream.buffer.readable() is True
    assert list(MaskedStream(io.TextIOWrapper(io.BytesIO(b"a\n")), Hush())) == ["a\n"]


def test_what_is_no_text_is_refused_as_ever(below: io.TextIOWrapper) -> None:
    """The error is the stream's own."""
    with pytest.raises(TypeError):
        MaskedStream(below, Hush()).write(b"bytes")  # type: ignore[arg-type]


def test_what_the_stream_cannot_write_is_escaped() -> None:
    """Held-back text is nobody's write any more, so nobody can be told."""
    below = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    MaskedStream(below, Hush()).write("é\n")

    assert written(below) == b"\\xe9\n"


def test_a_settled_stream_holds_nothing_back(below: io.TextIOWrapper) -> None:
    """Pytest's last words come when the run is over for us."""
    stream = MaskedStream(below, Hush())
    stream.write("last ")

    stream.settle()
    stream.write(f"words {SECRET} hu")

    assert written(below) == b"last words *** hu"


def test_a_door_hangs_in_both_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, however often it is asked; afterwards all is as it was."""
    out, err = streams(monkeypatch)
    door, second = Door(), Door()

    door.hang()
    second.hang()
    door.gate = Hush()
    sys.stdout.write(f"{SECRET}\n")
    sys.stderr.write(f"{SECRET}\n")
    door.unhang()

    assert (out.getvalue(), err.getvalue()) == ("***\n", "***\n")
    assert sys.stdout is out
    assert sys.stderr is err


def test_without_a_gate_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed before the run knows any secret is printed."""
    (out, _), door = streams(monkeypatch), Door()

    door.hang()
    sys.stdout.write("as it is")
    door.unhang()

    assert out.getvalue() == "as it is"


def test_a_stream_that_somebody_replaced_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever put his own there takes it away himself."""
    (_, err), door, own = streams(monkeypatch), Door(), io.StringIO()
    door.hang()
    monkeypatch.setattr(sys, "stdout", own)

    door.unhang()

    assert sys.stdout is own
    assert sys.stderr is err


def test_a_process_without_streams_has_no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service may have neither."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    door = Door()

    door.hang()

    assert not door.leads_to("stdout", 1)
    assert sys.stdout is None


def test_a_stream_in_memory_leads_to_no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody captures in memory is not led past it."""
    streams(monkeypatch)
    door = Door()

    door.hang()
    leads = door.leads_to("stdout", 1)
    door.unhang()

    assert not leads


def test_bytes_in_pieces_are_masked_across_them() -> None:
    """A child writes when it likes, and cuts characters in two."""
    masked = MaskedBytes(Hush())
    data = f"ü {SECRET} ü".encode()

    out = b"".join(masked.take(data[at : at + 1]) for at in range(len(data)))

    assert out + masked.close() == "ü *** ü".encode()
