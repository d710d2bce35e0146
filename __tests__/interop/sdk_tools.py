"""The steps that concern code, history, registries and the public API's own changes."""

import tempfile
from pathlib import Path

import wandb
from sdk_artifacts import QUIET


def start(step, **settings):
    entity, project, name = step["run"].split("/")
    return wandb.init(entity=entity, project=project, id=name, settings=wandb.Settings(**QUIET, **settings))


def save_code(step):
    """A program in a directory of its own that has its code saved, once as `save_code` does, once as `log_code`."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in step["sources"].items():
            path = Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        with start(step, save_code=True, code_dir=directory) as run:
            saved = run._settings.save_code
            logged = run.log_code(directory, name="logged-code").wait()
    return {"saved": saved, "logged": logged.name, "all": [one.name for one in wandb.Api().run(step["run"]).logged_artifacts()]}


def log_history(step):
    with start(step) as run:
        for index in range(step["count"]):
            run.log({"loss": index / 2, "deep": {"er": index}} if index % 2 == 0 else {"rare": index})
    return None


def read_history(step):
    run = wandb.Api().run(step["run"])

    def pick(rows, *keys):
        return [[row.get(key) for key in keys] for row in rows]

    return {
        "scanned": pick(run.scan_history(use_cache=False), "_step", "loss", "rare"),
        "scannedPart": pick(run.scan_history(keys=["loss"], min_step=3, max_step=9, page_size=2, use_cache=False), "loss"),
        "history": pick(run.history(samples=step["samples"], pandas=False), "_step"),
        "sampled": pick(run.history(samples=step["samples"], keys=["loss"], pandas=False), "_step", "loss"),
        "nested": pick(run.history(keys=["deep.er"], pandas=False), "deep.er"),
        "frame": run.history(keys=["rare"]).rare.tolist(),
        "lastStep": run.lastHistoryStep,
        "keys": {key: facts["previousValue"] for key, facts in run.history_keys["keys"].items() if key[0] != "_"},
    }


def filtered_runs(step):
    return [run.id for run in wandb.Api().runs(step["project"], filters=step["filters"], order=step.get("order", "+created_at"))]


def link_from_run(step):
    """Logged by a live run, and linked by it."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "model.txt").write_text(step["content"])
        artifact = wandb.Artifact(step["name"], type="model")
        artifact.add_dir(directory)
        with start(step) as run:
            run.log_artifact(artifact).wait()
            linked = run.link_artifact(artifact, step["target"], aliases=step["aliases"])
    return {
        "path": linked.qualified_name,
        "source": linked.source_qualified_name,
        "link": linked.is_link,
        "aliases": sorted(linked.aliases),
        "links": [one.qualified_name for one in artifact.linked_artifacts],
    }


def registries(step):
    api = wandb.Api()
    organization = step["organization"]
    made = api.create_registry("wares", "organization", organization=organization, artifact_types=["model"])
    refused = None
    try:
        api.artifact(step["dataset"]).link(f"{organization}/{made.full_name}/data")
    except Exception as error:
        refused = str(error)
    api.artifact(step["model"]).link(f"{organization}/{made.full_name}/best", aliases=["prod"])
    made.description = "what is ready"
    made.save()
    found = api.registries(organization=organization, filter={"name": "wares"})
    seen = {
        "names": [one.name for one in api.registries(organization=organization, order="name")],
        "description": api.registry("wares", organization=organization).description,
        "collections": [one.name for one in found.collections()],
        "versions": [[one.name, sorted(one.aliases)] for one in found.versions(filter={"alias": "prod"})],
        "refused": refused,
    }
    made.name = "goods"
    made.save()
    seen["renamed"] = api.artifact(f"{organization}/wandb-registry-goods/best:prod").source_name
    made.delete()
    seen["left"] = [one.name for one in api.registries(organization=organization, order="name")]
    return seen


def change_run(step):
    """What a person does with `wandb.Api()`."""
    api = wandb.Api()
    run = api.run(step["run"])
    run.display_name, run.description, run.tags, run.group = "renamed", "told", ["one", "two"], "a group"
    run.config["added"] = 3
    run.summary["acc"] = 0.9
    run.summary.update()
    run.update()
    run = wandb.Api().run(step["run"])
    seen = {
        "name": run.name,
        "description": run.description,
        "tags": sorted(run.tags),
        "group": run.group,
        "config": run.config["added"],
        "summary": run.summary["acc"],
    }
    run.delete()
    run.delete(delete_artifacts=True)
    seen["left"] = [one.id for one in wandb.Api().runs(step["run"].rsplit("/", 1)[0])]
    return seen


def viewer(step):
    api = wandb.Api()
    secret = api.viewer.generate_api_key("for a machine")
    as_other = wandb.Api(api_key=secret)
    team = api.team(step["team"])
    return {
        "made": api.create_team("made-team").name,
        "username": api.viewer.username,
        "teams": api.viewer.teams,
        "user": api.user(api.viewer.email).username,
        "stranger": api.user("nobody at all"),
        "keys": len(as_other.viewer.api_keys),
        "kind": team.entity_type,
        "members": [member.username for member in team.members],
        "organization": api.organization(step["organization"]).org_entity.name,
        "codeSaving": '"code_saving_enabled":true' in api.viewer._attrs["flags"],
    }


def sweep(step):
    """All points of a small grid, each as a run."""
    from wandb.agents import pyagent

    pyagent.Agent.HEARTBEAT_SLEEP_SECONDS = 0.05
    entity, project = step["project"].split("/")
    config = {"method": "grid", "metric": {"name": "score", "goal": "maximize"}, "parameters": step["parameters"]}
    id = wandb.sweep(config, entity=entity, project=project)

    def train():
        with wandb.init(settings=wandb.Settings(**QUIET)) as run:
            run.log({"score": run.config["x"] * run.config["y"]})

    # With a count it ends at once; without, it would wait some seconds for the next point.
    wandb.agent(id, function=train, entity=entity, project=project, count=step["count"])
    found = wandb.Api().sweep(f"{step['project']}/{id}")
    return {
        "runs": sorted([run.config["x"], run.config["y"], run.summary["score"]] for run in found.runs),
        "best": found.best_run().summary["score"],
        "expected": found.expected_run_count,
    }


STEPS = {
    "saveCode": save_code,
    "logHistory": log_history,
    "readHistory": read_history,
    "filteredRuns": filtered_runs,
    "linkFromRun": link_from_run,
    "registries": registries,
    "changeRun": change_run,
    "viewer": viewer,
    "sweep": sweep,
}
