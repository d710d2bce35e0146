"""The steps that concern collections of artifacts."""

import wandb


def artifacts(step):
    found = wandb.Api().artifacts(step.get("type", "dataset"), step["name"], per_page=step.get("perPage", 50))
    # Not by `version`: in a portfolio's listing the SDK has that of the source there.
    return {"count": len(found), "versions": [[one.name, sorted(one.aliases)] for one in found]}


def artifact_types(step):
    return [one.name for one in wandb.Api().artifact_types(step["project"])]


def artifact_collections(step):
    api = wandb.Api()
    found = api.artifact_type(step["type"], step["project"]).collections(per_page=step.get("perPage", 50))
    return [{"name": one.name, "aliases": sorted(one.aliases), "sequence": one.is_sequence()} for one in found]


def project_collections(step):
    entity, name = step["project"].split("/")
    return sorted(one.name for one in wandb.Api().project(name, entity).collections(per_page=step.get("perPage", 50)))


def edit_collection(step):
    api = wandb.Api()
    collection = api.artifact_collection(step["type"], step["collection"])
    collection.description = step.get("description", collection.description)
    collection.tags = step.get("tags", collection.tags)
    if "name" in step:
        collection.name = step["name"]
    collection.save()
    if "newType" in step:
        collection.change_type(step["newType"])
    project = step["collection"].rsplit("/", 1)[0]
    seen = api.artifact_collection(step.get("newType", step["type"]), f"{project}/{collection.name}")
    return {"name": seen.name, "description": seen.description, "tags": sorted(seen.tags), "type": seen.type}


def delete_collection(step):
    wandb.Api().artifact_collection(step["type"], step["collection"]).delete()
    return None


STEPS = {
    "artifacts": artifacts,
    "artifactTypes": artifact_types,
    "artifactCollections": artifact_collections,
    "projectCollections": project_collections,
    "editCollection": edit_collection,
    "deleteCollection": delete_collection,
}
