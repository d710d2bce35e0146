import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { FakeWandb, FaultLane, FaultProxy } from 'wandb-fs/testing';

/** What all programs share: one server, one proxy before it, and how long a call may take. */
export interface World {
  readonly wandb: FakeWandb;
  readonly proxy: FaultProxy;
  /** In milliseconds; what takes longer hangs. */
  readonly deadline: number;
  /** Faults that are left out. */
  readonly without: readonly string[];
  /** Differs between two tries of one program, whose names on the server must not meet. */
  readonly nextSerial: () => number;
  /** What came through all lanes so far. */
  readonly traffic: { requests: number; hits: number };
}

/** Adds what came through a lane that isn't used any more. */
export async function addTraffic({ traffic }: World, lane: FaultLane): Promise<void> {
  const { requests, faults } = await lane.counts();
  traffic.requests += requests;
  for (const count of Object.values(faults)) traffic.hits += count;
}

/** Ends the faults of a lane, and resolves when what they hit is over, and was heard of. */
export async function calm(lane: FaultLane): Promise<void> {
  await lane.clear();
  while ((await lane.counts()).underWay > 0) await sleep(10);
  // An answer that the proxy has sent is read in one of the next turns, and is dealt with in a few more.
  await sleep(HEARD_MS);
  for (let turns = 0; turns < 20; turns++) await nextTurn();
}

const HEARD_MS = 50;

/** A file's content on the server, or null. */
export type Stored = (name: string) => string | null;

export async function storedIn(world: World, run: string): Promise<Stored & { readonly names: string[] }> {
  const files = await world.wandb.files(run);
  const at = (name: string): string | null => {
    const bytes = files[name];
    return bytes === undefined ? null : Buffer.from(bytes).toString();
  };
  return Object.assign(at, { names: Object.keys(files) });
}
