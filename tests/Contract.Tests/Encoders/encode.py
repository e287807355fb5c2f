"""The golden events as Python encodes and decodes them: python3 encode.py <folder>, run by EncoderTests.cs.

Writes <folder>/python/<name>.binpb, made from the sources of tests/golden/events, and compares what it decodes from
<folder>/csharp/<name>.binpb with the same sources. Each difference is a line, and exit code 1. Each file is a
WatchJobResponse with the event in it: what is on the wire.
"""

import pathlib
import subprocess
import sys

from google.protobuf import json_format, text_format

ROOT = pathlib.Path(__file__).resolve().parents[3]
GOLDENS = ROOT / "tests/golden/events"
FOLDER = pathlib.Path(sys.argv[1])

generated = FOLDER / "generated"
generated.mkdir()
subprocess.run(
    ["protoc", "-I", ROOT / "protos", f"--python_out={generated}", "optimization/v1/optimizer.proto"], check=True
)
sys.path.insert(0, str(generated))
from optimization.v1 import optimizer_pb2 as pb  # noqa: E402: it has just been made


def read(name):
    """The event as its source says it; what only bytes can say is read from them."""
    event = pb.JobEvent()
    source = GOLDENS / f"{name}.proto.json"
    text = GOLDENS / f"{name}.txtpb"
    if source.exists():
        return json_format.Parse(source.read_text(encoding="utf-8"), event)
    if text.exists():
        return text_format.Parse(text.read_text(encoding="utf-8"), event)
    event.ParseFromString((GOLDENS / f"{name}.binpb").read_bytes())
    return event


(FOLDER / "python").mkdir()
differences = 0
for golden in sorted(GOLDENS.glob("*.binpb")):
    response = pb.WatchJobResponse(event=read(golden.stem))
    (FOLDER / "python" / golden.name).write_bytes(response.SerializeToString())
    decoded = pb.WatchJobResponse.FromString((FOLDER / "csharp" / golden.name).read_bytes())
    if str(response) != str(decoded):  # as text, in which NaN is NaN
        print(f"python decodes what C# made of {golden.stem} to something else:\n{response}\n{decoded}")
        differences += 1

sys.exit(1 if differences else 0)
