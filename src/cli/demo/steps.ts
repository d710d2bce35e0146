import { isDeepStrictEqual } from 'node:util';
import type { FakeWandb, RequestRecord } from '../../testing/index.js';
import type { Session } from '../session.js';

/** One step of a tour. */
export interface Step {
  readonly what: string;
  /** The requests that the step may cost, as `summarise` words them. */
  readonly costs: string;
  /** Resolves to what the step saw and to what it should have seen. */
  run(): Promise<readonly [seen: unknown, expected: unknown]>;
}

/** Prints what each step did, and what it cost. Rejects at the first that saw, or cost, anything else than it should. */
export async function take(
  steps: readonly Step[],
  { server, out, signal }: { readonly server: FakeWandb } & Pick<Session, 'out' | 'signal'>,
): Promise<void> {
  const width = Math.max(...steps.map(({ what }) => what.length));
  for (const { what, costs, run } of steps) {
    signal.throwIfAborted();
    await server.requests({ clear: true });
    const [seen, expected] = await run();
    if (!isDeepStrictEqual(seen, expected))
      throw new Error(`${what}: saw ${String(seen)} instead of ${String(expected)}.`);
    const requests = summarise(await server.requests());
    await out.line(`  ${what.padEnd(width)}   ${requests}`);
    if (requests !== costs) throw new Error(`${what}: should have cost ${costs}.`);
  }
}

/** Such as '1 feature query, 2 GraphQL, 5 PUT'. */
function summarise(requests: readonly RequestRecord[]): string {
  const counts = { 'feature query': 0, GraphQL: 0, GET: 0, PUT: 0, other: 0 };
  for (const { side, method, path, fields } of requests) {
    if (side === 'storage' && (method === 'GET' || method === 'PUT')) counts[method]++;
    else if (path !== '/graphql') counts.other++;
    else if (fields.every((field) => field === 'serverInfo')) counts['feature query']++;
    else counts.GraphQL++;
  }
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none';
}
