"""The steps that concern versions of artifacts."""

import base64
import hashlib
import os
import tempfile
import time
from pathlib import Path

import wandb
from click.testing import CliRunner
from wandb.cli.cli import cli

# Of what a run tells beside what it is asked to; `live` has all of it.
QUIET = {"console": "off", "disable_git": True, "x_disable_machine_info": True, "x_save_requirements": False}


def write_files(directory, files):
    for name, content in files.items():
        path = Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))


def summed(content):
    """As `sumsOf` of `trees.ts` tells it."""
    return f"{len(content)} bytes, {hashlib.sha256(content).hexdigest()}"


def describe(artifact):
    return {
        "id": artifact.id,
        "name": artifact.name,
        "version": artifact.version,
        "aliases": sorted(artifact.aliases),
        "tags": sorted(artifact.tags),
        "type": artifact.type,
        "digest": artifact.digest,
        "state": artifact.state,
        "size": artifact.size,
        "fileCount": artifact.file_count,
        "metadata": artifact.metadata,
        "ttl": artifact.ttl and artifact.ttl.total_seconds(),
        "createdAt": artifact.created_at,
        "description": artifact.description,
        "link": artifact.is_link,
        "source": artifact.source_name,
    }


def start(step):
    entity, project, name = step["run"].split("/")
    return wandb.init(
        entity=entity, project=project, id=name, resume="allow", settings=wandb.Settings(**QUIET)
    )


def build(step, directory):
    write_files(directory, step.get("files", {}))
    artifact = wandb.Artifact(
        step["name"],
        type=step.get("type", "dataset"),
        description=step.get("description"),
        metadata=step.get("metadata"),
        incremental=step.get("incremental", False),
        **({"digest_algorithm": step["digestAlgorithm"]} if "digestAlgorithm" in step else {}),
    )
    if "links" in step:
        for name, target in step["links"].items():
            os.symlink(target, os.path.join(directory, name))
        artifact.add_dir(directory)
    else:
        for name in step.get("files", {}):
            artifact.add_file(os.path.join(directory, name), name=name)
    for name, ref in step.get("references", {}).items():
        artifact.add_reference(ref["uri"], name=name, checksum=ref.get("checksum", True))
    for name, target in step.get("artifactReferences", {}).items():
        entry = wandb.Api().artifact(target["artifact"]).get_entry(target["path"])
        artifact.add_reference(entry, name=name)
    return artifact


def log_artifact(step):
    with tempfile.TemporaryDirectory() as directory:
        artifact = build(step, directory)
        with start(step) as run:
            logged = run.log_artifact(artifact, aliases=step.get("aliases"), tags=step.get("tags"))
            logged.wait()
    return describe(wandb.Api().artifact(f"{step['run'].rsplit('/', 1)[0]}/{logged.name}"))


def distributed_artifact(step):
    """One run's part of a version that several make; the last one finishes it."""
    with tempfile.TemporaryDirectory() as directory:
        artifact = build(step, directory)
        with start(step) as run:
            call = run.finish_artifact if step.get("finish") else run.upsert_artifact
            call(artifact, aliases=step.get("aliases"), distributed_id=step["distributedID"]).wait()
    return None


def artifact(step):
    return describe(wandb.Api().artifact(step["artifact"]))


def manifest(step):
    entries = wandb.Api().artifact(step["artifact"]).manifest.entries
    return {
        path: {"digest": entry.digest, "ref": entry.ref and str(entry.ref), "size": entry.size, "extra": entry.extra}
        for path, entry in entries.items()
    }


def artifact_files(step):
    found = wandb.Api().artifact(step["artifact"]).files(names=step.get("names"), per_page=step.get("perPage", 50))
    rows = [{"name": file.name, "size": file.size, "md5": file.md5, "digest": file.digest} for file in found]
    return {"count": len(found) if step.get("count", True) else None, "files": rows}


def download_artifact(step):
    """The whole version, verified against its manifest; in parts of 100 MiB, or one file after another, if asked so."""
    with tempfile.TemporaryDirectory() as directory:
        found = wandb.Api().artifact(step["artifact"])
        if step.get("oneByOne"):
            root = directory
            for name in found.manifest.entries:
                found.get_entry(name).download(root=root, skip_cache=True)
        else:
            root = found.download(
                root=directory,
                multipart=step.get("multipart"),
                skip_cache=not step.get("useCache"),
                allow_missing_references=True,
            )
        if step.get("verify", True):
            found.verify(root)
        tell = summed if step.get("sums") else lambda content: base64.b64encode(content).decode()
        return {
            str(path.relative_to(root)).replace(os.sep, "/"): tell(path.read_bytes())
            for path in sorted(Path(root).rglob("*"))
            if path.is_file()
        }


def download_entry(step):
    """One entry by the address of the API, not by the one that the listing gives."""
    with tempfile.TemporaryDirectory() as directory:
        entry = wandb.Api().artifact(step["artifact"]).get_entry(step["path"])
        return base64.b64encode(Path(entry.download(root=directory, skip_cache=True)).read_bytes()).decode()


def edit_artifact(step):
    found = wandb.Api().artifact(step["artifact"])
    for alias in step.get("addAliases", []):
        found.aliases.append(alias)
    for alias in step.get("removeAliases", []):
        found.aliases.remove(alias)
    if "tags" in step:
        found.tags = step["tags"]
    if "metadata" in step:
        found.metadata = step["metadata"]
    if "description" in step:
        found.description = step["description"]
    found.save()
    return describe(wandb.Api().artifact(step["artifact"]))


def new_draft(step):
    with tempfile.TemporaryDirectory() as directory:
        write_files(directory, step.get("files", {}))
        draft = wandb.Api().artifact(step["artifact"]).new_draft()
        for name in step.get("remove", []):
            draft.remove(name)
        for name in step.get("files", {}):
            draft.add_file(os.path.join(directory, name), name=name)
        with start(step) as run:
            logged = run.log_artifact(draft, aliases=step.get("aliases"))
            logged.wait()
    return describe(wandb.Api().artifact(f"{step['run'].rsplit('/', 1)[0]}/{logged.name}"))


def use_artifact(step):
    with start(step) as run:
        found = run.use_artifact(step["artifact"], use_as=step.get("useAs"))
        id = found.id
    seen = wandb.Api().run(step["run"])
    return {
        "id": id,
        "used": [one.name for one in seen.used_artifacts()],
        "logged": [one.name for one in seen.logged_artifacts()],
        "usedBy": [one.id for one in wandb.Api().artifact(step["artifact"]).used_by()],
    }


def log_existing(step):
    """By the public API: a live run sends nothing for what is logged already."""
    api = wandb.Api()
    api.run(step["run"]).log_artifact(api.artifact(step["artifact"]), aliases=step.get("aliases"))
    return {
        "logged": [one.name for one in wandb.Api().run(step["run"]).logged_artifacts()],
        "aliases": sorted(wandb.Api().artifact(step["artifact"]).aliases),
    }


def link_artifact(step):
    linked = wandb.Api().artifact(step["artifact"]).link(step["target"], aliases=step.get("aliases", []))
    return describe(linked)


def unlink_artifact(step):
    wandb.Api().artifact(step["artifact"]).unlink()
    return None


def delete_artifact(step):
    wandb.Api().artifact(step["artifact"]).delete(delete_aliases=step.get("deleteAliases", False))
    return None


def clean_cache(step):
    """`wandb artifact cache cleanup`, again and again for some seconds."""
    end = time.monotonic() + step["seconds"]
    rounds = 0
    while time.monotonic() < end:
        done = CliRunner().invoke(cli, ["artifact", "cache", "cleanup", "--remove-temp", step["size"]])
        # The SDK trips over temporary files that get their names while it looks at them.
        if done.exception and not isinstance(done.exception, FileNotFoundError):
            raise done.exception
        rounds += 1
        time.sleep(0.1)
    return rounds


STEPS = {
    "logArtifact": log_artifact,
    "distributedArtifact": distributed_artifact,
    "artifact": artifact,
    "manifest": manifest,
    "artifactFiles": artifact_files,
    "downloadArtifact": download_artifact,
    "downloadEntry": download_entry,
    "editArtifact": edit_artifact,
    "newDraft": new_draft,
    "useArtifact": use_artifact,
    "logExisting": log_existing,
    "linkArtifact": link_artifact,
    "unlinkArtifact": unlink_artifact,
    "deleteArtifact": delete_artifact,
    "cleanCache": clean_cache,
}
