import { createWandbArtifactFs, type WandbArtifactFsOptions, type WandbFs } from 'wandb-fs';
import type { FakeWandb, FakeWandbOptions, RequestRecord } from 'wandb-fs/testing';
import { startServer, useServer } from '../../helpers/server.js';

const mounted: WandbFs[] = [];

afterEach(async () => {
  await Promise.all(mounted.splice(0).map((fs) => fs.wandb.close()));
});

type Address = Pick<FakeWandb, 'url' | 'apiKey'>;

/** The artifact tree of a server; it is closed behind the test. */
export function mount(server: Address, options: WandbArtifactFsOptions = {}): WandbFs {
  const fs = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey, ...options });
  mounted.push(fs);
  return fs;
}

/** A local W&B server that has the project `lab/project`. */
export async function startLab(options: FakeWandbOptions = {}): Promise<FakeWandb> {
  const server = await startServer(options);
  await server.seed({ 'lab/project/first': {} });
  return server;
}

/** Such a server for all tests of a file. */
export function useLab(options: FakeWandbOptions = {}): FakeWandb {
  const server = useServer(options);
  beforeAll(() => server.seed({ 'lab/project/first': {} }));
  return server;
}

let collections = 0;

/** The path of a collection that no other test of the file has, without a leading slash. */
export const newCollection = (type = 'dataset'): string => `lab/project/${type}/c${++collections}`;

/** What some work cost, by operation of the API, and by method and kind of address at the storage. */
export async function requestsOf(server: FakeWandb, work: () => unknown): Promise<Record<string, number>> {
  await server.requests({ clear: true });
  await work();
  const counts: Record<string, number> = {};
  for (const request of await server.requests()) {
    const name = nameOf(request);
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What a server can is asked once, and belongs to no one call. */
function nameOf({ side, method, path, operation, fields }: RequestRecord): string | null {
  if (side === 'storage') return `${method} ${/manifest/.test(path) ? 'manifest' : 'content'}`;
  if (path !== '/graphql') return `${method} ${path.split('/')[1] ?? ''}`;
  if (fields.every((field) => field === 'serverInfo')) return null;
  return operation ?? fields.join();
}

/** All requests to the API. */
export const apiCalls = (counts: Readonly<Record<string, number>>): number =>
  Object.entries(counts)
    .filter(([name]) => !/^(GET|PUT|POST) /.test(name))
    .reduce((sum, [, count]) => sum + count, 0);

export const errorOf = async (promise: Promise<unknown>): Promise<NodeJS.ErrnoException> =>
  promise.then(
    () => {
      throw new Error('It should have failed.');
    },
    (error: NodeJS.ErrnoException) => error,
  );

/** The tree below a directory, as texts by path. */
export async function textsOf(fs: WandbFs, directory: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of await fs.promises.readdir(directory, { recursive: true })) {
    const path = `${directory}/${name}`;
    if ((await fs.promises.stat(path)).isFile()) texts[name] = await fs.promises.readFile(path, 'utf8');
  }
  return texts;
}
