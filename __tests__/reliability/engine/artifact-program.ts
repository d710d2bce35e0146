import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { ArtifactClient } from './artifact-client.js';
import type { ArtifactProgram } from './artifact-steps.js';
import { type Collection, sameFiles } from './collection.js';
import { faultsOf } from './faults.js';
import type { Report } from './run-program.js';
import { codeOf, Violation, within } from './violations.js';
import { addTraffic, calm, type World } from './world.js';

/** Runs one program on a collection of its own; at the end every version on the server must be one that was committed, whole. */
export async function runArtifactProgram(world: World, program: ArtifactProgram): Promise<Report> {
  const name = `c${program.seed}-${world.nextSerial()}`;
  const path = `/lab/project/dataset/${name}`;
  await using lane = await world.proxy.lane(name);
  const connect = (baseUrl: string): WandbFs =>
    createWandbArtifactFs({
      baseUrl,
      apiKey: world.wandb.apiKey,
      sync: 'off',
      listingTtl: program.listingTtl,
      concurrency: program.concurrency ?? undefined,
      multipartBytes: program.multipartBytes,
      logger: {},
    });
  const collection: Collection = { name, path, versions: [], attempts: [] };
  const clients = (['a', 'b'] as const).map(
    (actor) => new ArtifactClient(actor, connect(lane.url), collection, world),
  );
  const log = (): string[] =>
    clients.flatMap((client) => client.calls.log.map((line) => `${client.actor}: ${line}`));
  const operations = program.steps.length;
  try {
    await lane.faults(faultsOf(program.faults, world.without), { seed: program.seed, without: name });
    await Promise.all(
      clients.map(async (client) => {
        for (const step of program.steps) if (step.actor === client.actor) await client.perform(step);
      }),
    );
    await calm(lane);
    for (const client of clients) await client.finish();
    await judge(world, collection, connect(world.wandb.url));
    return { violation: null, log: log(), operations };
  } catch (error) {
    const violation =
      error instanceof Violation
        ? error
        : new Violation('errno', error instanceof Error ? String(error.stack) : String(error));
    const hits = (await lane.counts()).hits.map(
      ({ method, path: at, operation, fault }) =>
        `  ${operation ?? `${method} ${at}`} ${JSON.stringify(fault)}`,
    );
    return { violation, log: [...log(), 'hit:', ...hits], operations };
  } finally {
    await lane.clear();
    await addTraffic(world, lane);
    await Promise.allSettled(clients.map(({ fs }) => within(world.deadline, 'close', fs.wandb.close())));
  }
}

/** Compares every version on the server with what was committed. */
async function judge(world: World, collection: Collection, fs: WandbFs): Promise<void> {
  try {
    const names = await fs.promises.readdir(collection.path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT' && collection.versions.length === 0) return [];
      throw new Violation('lost', `the collection can't be listed: ${codeOf(error)}`);
    });
    const numbers = names.filter((name) => /^v\d+$/.test(name));
    for (const { version } of collection.versions)
      if (!numbers.includes(version)) throw new Violation('lost', `${version} was committed and isn't there`);
    for (const version of numbers) {
      const stored = await world.wandb.artifactFiles(`lab/project/${collection.name}:${version}`);
      const files = new Map(
        Object.entries(stored).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
      );
      const acknowledged = collection.versions.find((other) => other.version === version);
      const allowed = acknowledged ? [acknowledged.files] : collection.attempts;
      if (!allowed.some((wanted) => sameFiles(wanted, files)))
        throw new Violation('wrong', `${version} has ${[...files.keys()].join()}, as nobody committed it`);
    }
  } finally {
    await fs.wandb.close();
  }
}
