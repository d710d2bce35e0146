import { createWandbFs, type WandbFs } from 'wandb-fs';
import { faultsOf } from './faults.js';
import { Possible, Shared } from './possible.js';
import { contentOf } from './random.js';
import { RunClient } from './run-client.js';
import { ACTORS, namesOf, type RunProgram, type RunStep, SHARED } from './run-steps.js';
import type { RunModel } from './run-view.js';
import { codeOf, Violation, within } from './violations.js';
import { addTraffic, calm, storedIn, type World } from './world.js';

export interface Kind {
  /** 'off': in this thread; 'thread': in an I/O thread of its own, with some calls that block. */
  readonly sync: 'off' | 'thread';
}

/** What a program came to, told with all that was done. */
export interface Report {
  readonly violation: Violation | null;
  readonly log: readonly string[];
  readonly operations: number;
}

/** Runs one program to its end, and compares the server with what the model allows. */
export async function runRunProgram(world: World, program: RunProgram, kind: Kind): Promise<Report> {
  const { faults, concurrency, ...settings } = program.settings;
  const run = `lab/project/r${program.seed}-${world.nextSerial()}`;
  await world.wandb.seed({ [run]: {} });
  await using lane = await world.proxy.lane(run.replaceAll('/', '.'));
  const model: RunModel = {
    run,
    own: new Map(ACTORS.flatMap(namesOf).map((name) => [name, new Possible(name)])),
    shared: new Map(SHARED.map((name) => [name, new Shared(name)])),
  };
  const connect = (url: string): WandbFs =>
    createWandbFs({
      ...settings,
      concurrency: concurrency ?? undefined,
      baseUrl: url,
      apiKey: world.wandb.apiKey,
      root: run,
      sync: kind.sync,
      syncTimeout: world.deadline,
      logger: {},
    });
  const clients = ACTORS.map(
    (actor, index) =>
      new RunClient(actor, connect(lane.url), model, world, lane, kind.sync === 'thread' && index === 0),
  );
  const log = (): string[] =>
    clients.flatMap((client) => client.calls.log.map((line) => `${client.actor}: ${line}`));
  const operations = program.steps.reduce((sum, step) => sum + step.operations.length, 0);
  try {
    await lane.faults(faultsOf(faults, world.without), { seed: program.seed, without: run });
    await Promise.all([
      ...clients.map((client) => play(client, program.steps)),
      writeElsewhere(world, model, program.steps),
    ]);
    await calm(lane);
    await finish(world, model, clients, program.seed);
    return { violation: null, log: log(), operations };
  } catch (error) {
    const violation =
      error instanceof Violation
        ? error
        : new Violation('errno', error instanceof Error ? String(error.stack) : String(error));
    const hits = (await lane.counts()).hits.map(
      ({ method, path, operation, fault }) =>
        `  ${operation ?? `${method} ${path.slice(path.indexOf(run) + run.length)}`} ${JSON.stringify(fault)}`,
    );
    return { violation, log: [...log(), 'hit:', ...hits], operations };
  } finally {
    await lane.clear();
    await addTraffic(world, lane);
    // What a violation left may not be able to close any more: that was told.
    await Promise.allSettled(clients.map(({ fs }) => within(world.deadline, 'close', fs.wandb.close())));
  }
}

async function play(client: RunClient, steps: readonly RunStep[]): Promise<void> {
  for (const { actor, operations } of steps) {
    if (actor !== client.actor) continue;
    await settled(operations.map((operation) => client.perform(operation)));
  }
}

/** All of them come to their end before the first failure counts. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Somebody whose writes nobody here hears of. */
async function writeElsewhere(world: World, model: RunModel, steps: readonly RunStep[]): Promise<void> {
  let serial = 0;
  for (const { actor, operations } of steps) {
    if (actor !== 'foreign') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    for (const operation of operations) {
      const shared = operation.type === 'write' ? model.shared.get(operation.name) : undefined;
      if (!shared || operation.type !== 'write') continue;
      const content = contentOf(`f${++serial}`, operation.size);
      shared.expect(content);
      await world.wandb.seed({ [model.run]: { [operation.name]: content } });
      shared.acknowledge('foreign', content);
    }
  }
}

/** The faults are over: everything must come to rest, and be there. */
async function finish(
  world: World,
  model: RunModel,
  clients: readonly RunClient[],
  seed: number,
): Promise<void> {
  for (const client of clients) {
    client.calls.isCalm = true;
    await client.files.closeAll();
    for (const handle of client.files.orphans)
      await within(world.deadline, 'close of a removed file', handle.close());
    await client.flush();
  }
  const stored = await storedIn(world, model.run);
  for (const shared of model.shared.values()) shared.checkDurable(stored(shared.name));
  const known = new Set([...model.own.keys(), ...model.shared.keys()]);
  const stray = stored.names.filter((name) => !known.has(name));
  if (stray.length > 0) throw new Violation('wrong', `the server has ${stray.join()}, which nobody made`);
  // One of them: to read everything back is most of what a program costs.
  const reader = clients[seed % clients.length];
  if (reader) await readBack(world, model, reader, stored);
  for (const client of clients) {
    const closed = within(world.deadline, `close() by ${client.actor}`, client.fs.wandb.close());
    await closed.catch((error: unknown) => {
      if (error instanceof Violation) throw error;
      throw new Violation('flush', `close() by ${client.actor}: ${codeOf(error)}`);
    });
  }
}

/** A client that asks anew sees what the server has. */
async function readBack(
  world: World,
  model: RunModel,
  client: RunClient,
  stored: (name: string) => string | null,
): Promise<void> {
  client.fs.wandb.refresh();
  for (const name of model.own.keys()) {
    const reading = client.fs.promises.readFile(`/${name}`, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw new Violation('errno', `${client.actor}: reading ${name} at the end: ${codeOf(error)}`);
    });
    const seen = await within(world.deadline, `${client.actor}: reading ${name} at the end`, reading);
    if (seen !== stored(name))
      throw new Violation('wrong', `${client.actor} sees another content of ${name} than the server has`);
  }
}
