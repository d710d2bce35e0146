import { resolveConfig } from '../../../src/config/config.js';
import type { WandbFsOptions } from '../../../src/config/options.js';
import type { WireDependencies } from '../../../src/wire/api/api.js';
import { WireClient } from '../../../src/wire/api/client.js';
import type { Clock } from '../../../src/wire/retry.js';
import { isWireFailure, type WireFailure } from '../../../src/wire/wire-failure.js';

export const KEY = 'k'.repeat(40);

const open: WireClient[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

/** A client of the server at `baseUrl`; it ends with its test. */
export function connect(
  baseUrl: string,
  dependencies: WireDependencies = {},
  options: WandbFsOptions = { apiKey: KEY },
  env: NodeJS.ProcessEnv = {},
): WireClient {
  const config = resolveConfig({ baseUrl, ...options }, { HOME: '/nonexistent', ...env }, '/nonexistent');
  const client = new WireClient(config.wire.reveal(), dependencies);
  open.push(client);
  return client;
}

/** Time that passes only by sleeping; `set` sets the machine's clock forward or back, as people and NTP do. */
export function fakeClock(
  start = 1_700_000_000_000,
): Clock & { readonly slept: readonly number[]; set(byMs: number): void } {
  const slept: number[] = [];
  let at = 1000;
  let epoch = start - at;
  return {
    slept,
    set: (byMs) => {
      epoch += byMs;
    },
    now: () => at,
    date: () => epoch + at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(Math.round(ms));
      at += ms;
    },
    random: () => 0,
  };
}

/** The failure that a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<WireFailure> {
  try {
    await call;
  } catch (thrown) {
    if (isWireFailure(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('the call succeeded');
}
