"""The steps of wandbfsspec, which shows W&B to fsspec, and so to pandas. A process of its own, as a user of it has.

Its metadata ask for Python below 3.10 and an SDK of 2022, but its code runs with newer ones. It is installed beside
fsspec and pandas of any age with `pip install --no-deps --ignore-requires-python wandbfsspec==0.2.0`. What it can't do
with the SDK 0.30 is read artifacts: it calls a function of the SDK's that is gone.
"""

import tempfile
from pathlib import Path

import fsspec
import pandas
import wandbfsspec.spec  # noqa: F401 (registers the protocols)


def filesystem(step):
    return fsspec.filesystem(step["protocol"])


def ls(step):
    return sorted([one["name"], one["type"], one["size"]] for one in filesystem(step).ls(step["path"], detail=True))


def find(step):
    return sorted(filesystem(step).find(step["path"]))


def read(step):
    """Whole, and from the middle through a buffered file."""
    fs = filesystem(step)
    with fs.open(step["path"], "rb") as file:
        file.seek(step["offset"])
        part = file.read(step["length"])
    return {"whole": fs.cat_file(step["path"]).decode(), "part": part.decode()}


def put(step):
    with tempfile.TemporaryDirectory() as directory:
        local = Path(directory, "local.txt")
        local.write_text(step["text"])
        filesystem(step).put_file(str(local), step["path"])
    return None


def read_csv(step):
    return pandas.read_csv(step["url"]).to_dict(orient="records")


STEPS = {"list": ls, "find": find, "read": read, "put": put, "readCsv": read_csv}
