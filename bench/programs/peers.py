"""What the official SDK and wandbfsspec take for the same work, in a process of their own.

    python peers.py download ARTIFACT DIRECTORY      Artifact.download() of a whole version
    python peers.py commit PROJECT NAME DIRECTORY    log_artifact() of a directory, until the version is there
    python peers.py read RUN NAMES-AS-JSON            wandbfsspec reads files one after another

Starting Python and loading the SDK isn't measured. Nothing of the user's own configuration or cache is seen.
"""

import json
import os
import resource
import sys
import tempfile
import time


def measured(work):
    cpu = time.process_time()
    start = time.perf_counter()
    work()
    ms = (time.perf_counter() - start) * 1000
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"ms": ms, "cpuMs": (time.process_time() - cpu) * 1000, "mostRssMb": rss / 1000}


def download(name, directory):
    import wandb

    artifact = wandb.Api(timeout=120).artifact(name)
    return measured(lambda: artifact.download(root=directory, skip_cache=True))


def commit(project, name, directory):
    import wandb

    entity, project = project.split("/")
    with wandb.init(entity=entity, project=project, settings=wandb.Settings(console="off")) as run:

        def work():
            artifact = wandb.Artifact(name, type="dataset")
            artifact.add_dir(directory, skip_cache=True)
            run.log_artifact(artifact).wait()

        return measured(work)


def read(run, names):
    import fsspec
    import wandbfsspec.spec  # noqa: F401 (registers the protocol)

    fs = fsspec.filesystem("wandbfs")

    def work():
        for name in json.loads(names):
            fs.cat_file(f"{run}/{name}")

    return measured(work)


if __name__ == "__main__":
    do, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        for name in ("CACHE_DIR", "CONFIG_DIR", "DATA_DIR", "DIR"):
            os.environ[f"WANDB_{name}"] = home
        sample = {"download": download, "commit": commit, "read": read}[do](*arguments)
    print(json.dumps(sample))
