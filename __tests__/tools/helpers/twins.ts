import nodeFs from 'node:fs';
import { dirname, join } from 'node:path';
import type { WandbArtifactFsOptions, WandbFs, WandbFsOptions } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { mount as mountArtifacts, newCollection } from '../../artifacts/helpers/mounts.js';
import { makeDirectory } from '../../helpers/directories.js';
import { makeRun, mount } from '../../semantics/helpers/mounts.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** The same files in a run and on the disk, so that a tool's work over one can be held against the other. */
export interface Twins {
  readonly run: string;
  /** Where `mountCold` mounts the run. The disk has nothing there: a call that strays to the disk finds nothing. */
  readonly mountPoint: string;
  /** The directory of the disk that has the same files. */
  readonly disk: string;
  /** The run through an fs object that knows nothing of it yet; closed behind the test. */
  mountCold(options?: WandbFsOptions): WandbFs;
}

export async function makeTwins(server: FakeWandb, files: Files = {}): Promise<Twins> {
  const directory = await makeDirectory();
  const [mountPoint, disk] = [join(directory, 'mounted'), join(directory, 'on-disk')];
  const run = await makeRun(server, files);
  layOut(disk, files);
  return {
    run,
    mountPoint,
    disk,
    mountCold: (options) => mount(server, { mountPoint, root: run, ...options }),
  };
}

/** As `Twins`, for the version `v0` of an artifact; on the disk, too, `latest` is a symbolic link to it. */
export interface VersionTwins extends Omit<Twins, 'run' | 'mountCold'> {
  /** Its path, without a leading slash: this is what is mounted, so drafts are made beside the versions. */
  readonly collection: string;
  /** Its name, as `server.artifactFiles` takes it. */
  readonly artifact: string;
  mountCold(options?: WandbArtifactFsOptions): WandbFs;
}

export async function makeVersionTwins(server: FakeWandb, files: Files): Promise<VersionTwins> {
  const directory = await makeDirectory();
  const [mountPoint, disk] = [join(directory, 'mounted'), join(directory, 'on-disk')];
  const collection = newCollection();
  await server.seedArtifacts({ [collection]: { versions: [{ files }] } });
  layOut(join(disk, 'v0'), files);
  nodeFs.symlinkSync('v0', join(disk, 'latest'));
  const [entity, project, , name] = collection.split('/');
  return {
    collection,
    artifact: `${entity}/${project}/${name}`,
    mountPoint,
    disk,
    mountCold: (options) => mountArtifacts(server, { mountPoint, root: collection, ...options }),
  };
}

/** Writes files below a directory of the disk. */
export function layOut(directory: string, files: Files): void {
  nodeFs.mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    nodeFs.mkdirSync(dirname(join(directory, name)), { recursive: true });
    nodeFs.writeFileSync(join(directory, name), content);
  }
}

/** The files below a directory of any filesystem, as texts by path. */
export async function textsBelow(fs: typeof nodeFs, directory: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of await fs.promises.readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    if ((await fs.promises.stat(path)).isFile()) texts[name] = await fs.promises.readFile(path, 'utf8');
  }
  return texts;
}

/** The files of a run as the server has them, as texts. */
export async function textsOn(server: FakeWandb, run: string): Promise<Record<string, string>> {
  const files = await server.files(run);
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
}

/** A tool's answer with every mention of a directory replaced by '/base'. */
export const rebased = <T>(answer: T, directory: string): T =>
  JSON.parse(JSON.stringify(answer).replaceAll(directory, '/base')) as T;
