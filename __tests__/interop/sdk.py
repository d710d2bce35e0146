"""Drives the official W&B SDK: a process, which `sdk_server.py` forks, reads lists of steps from a socket, one as JSON a
line, runs them in order, and writes the result of each as JSON.

Bytes travel as base64. Credentials and addresses come from the environment, as for any user of the SDK.
"""

import base64
import json
import os
import runpy
import socket
import sys
import tempfile
import traceback
from pathlib import Path

import sdk_artifacts
import sdk_collections
import sdk_tools
import wandb
import wandb.apis.public.summary
import wandb.sdk.artifacts._models.pagination  # noqa: F401 (the SDK imports these two when it needs them)
from wandb.sdk.data_types._private import MEDIA_TMP


def encode(content):
    return base64.b64encode(content).decode()


def write_files(directory, files):
    for name, content in files.items():
        path = Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))


def live(step):
    """A run from its start to its end: metrics, console lines, saved files."""
    entity, project, name = step["run"].split("/")
    with tempfile.TemporaryDirectory() as directory:
        write_files(directory, step["files"])
        run = wandb.init(
            entity=entity,
            project=project,
            id=name,
            resume=step.get("resume"),
            config=step.get("config", {}),
            settings=wandb.Settings(console="wrap"),
        )
        for metrics in step.get("log", []):
            run.log(metrics)
        for line in step.get("console", []):
            print(line)
        for file in step["files"]:
            # As a glob a name with brackets would mean something else.
            run.save(os.path.join(directory, file.replace("[", "[[]")), base_path=directory, policy="now")
        run.finish(exit_code=step.get("exitCode", 0))
    return {"id": run.id, "url": run.url}


def runs(step):
    found = wandb.Api().runs(
        step["project"],
        filters=step.get("filters"),
        order=step.get("order", "+created_at"),
        per_page=step.get("perPage", 50),
    )
    return {
        "count": len(found),
        "runs": [{"id": run.id, "state": run.state, "name": run.name} for run in found],
    }


def run_details(step):
    run = wandb.Api().run(step["run"])
    return {
        "state": run.state,
        "config": dict(run.config),
        "summary": {key: value for key, value in run.summary.items() if not key.startswith("_")},
        "history": [{key: row[key] for key in step.get("keys", [])} for row in run.history(pandas=False)],
    }


def files(step):
    found = wandb.Api().run(step["run"]).files(per_page=step.get("perPage", 50))
    return [{"name": file.name, "size": file.size, "md5": file.md5} for file in found]


def download(step):
    """Every file of the run, or those named, through File.download."""
    contents = {}
    with tempfile.TemporaryDirectory() as directory:
        for file in wandb.Api().run(step["run"]).files(step.get("names")):
            if file.md5 is None and step.get("skipManifests", True) and file.name.startswith("artifact/"):
                continue
            with file.download(root=directory, replace=True) as opened:
                path = opened.name
            contents[file.name] = encode(Path(path).read_bytes())
    return contents


def upload(step):
    names = []
    with tempfile.TemporaryDirectory() as directory:
        write_files(directory, step["files"])
        run = wandb.Api().run(step["run"])
        for name in step["files"]:
            names.append(run.upload_file(os.path.join(directory, name), root=directory).name)
    return names


def delete(step):
    run = wandb.Api().run(step["run"])
    for file in run.files(step["names"]):
        file.delete()
    return [file.name for file in wandb.Api().run(step["run"]).files()]


def delete_run(step):
    wandb.Api().run(step["run"]).delete()
    return None


def program(step):
    """A program's text, or the `wandb` command, in a process that runs to its end: its exit code, and what it wrote."""
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            sys.exit(become(step, output.fileno()))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        return {"code": code, "output": output.read().decode()}


def become(step, output):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(step["environment"])
    os.chdir(step["directory"])
    sys.argv = ["-c", *step["arguments"]]
    try:
        if "text" in step:
            exec(step["text"], {"__name__": "__main__"})
        else:
            runpy.run_module("wandb", run_name="__main__", alter_sys=True)
        return 0
    except Exception:
        traceback.print_exc()
        return 1


def projects(step):
    return [project.name for project in wandb.Api().projects(step["entity"])]


STEPS = {
    "live": live,
    "runs": runs,
    "run": run_details,
    "files": files,
    "download": download,
    "upload": upload,
    "delete": delete,
    "deleteRun": delete_run,
    "program": program,
    "projects": projects,
    **sdk_artifacts.STEPS,
    **sdk_collections.STEPS,
    **sdk_tools.STEPS,
}


def work(steps, order):
    """One process, as a user's: what it sees of the environment and its home is its own, and what atexit runs, runs."""
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["home"])
    # It is made when the SDK is imported, and removed by the first process that ends.
    MEDIA_TMP.name = tempfile.mkdtemp(dir=order["home"])
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(order["socket"])
        with connection.makefile("r", encoding="utf-8") as lines, connection.makefile("w", encoding="utf-8") as results:
            for line in lines:
                for step in json.loads(line):
                    try:
                        result = {"ok": steps[step["do"]](step)}
                    except Exception as error:
                        result = {"error": f"{type(error).__name__}: {error}"}
                    results.write(json.dumps(result) + "\n")
                    results.flush()
            # Open until the process is gone: that is when the other side hears of its end.
            os.dup(connection.fileno())
