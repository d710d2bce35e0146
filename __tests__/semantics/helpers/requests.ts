import type { FakeWandb, Limits, RequestRecord } from 'wandb-fs/testing';
import { STANDARD, variation } from '../../helpers/server.js';

/** What some work cost, in requests. */
export interface Cost {
  readonly featureQueries: number;
  /** All other requests to `/graphql`. */
  readonly graphql: number;
  readonly gets: number;
  readonly puts: number;
  /** Anything else: downloads through the API, file streams, … */
  readonly others: number;
}

export const NOTHING: Cost = { featureQueries: 0, graphql: 0, gets: 0, puts: 0, others: 0 };

export function costOf(requests: readonly RequestRecord[]): Cost {
  const cost = { ...NOTHING };
  for (const { side, method, path, fields } of requests) {
    if (side === 'storage' && method === 'GET') cost.gets++;
    else if (side === 'storage' && method === 'PUT') cost.puts++;
    else if (path !== '/graphql') cost.others++;
    else if (fields.every((field) => field === 'serverInfo')) cost.featureQueries++;
    else cost.graphql++;
  }
  return cost;
}

/** The requests that some work makes, until it has resolved. */
export async function requestsOf(server: FakeWandb, work: () => unknown): Promise<readonly RequestRecord[]> {
  await server.requests({ clear: true });
  await work();
  return server.requests();
}

/** What some work costs beside the one feature query of each fs object. */
export async function measure(server: FakeWandb, work: () => unknown): Promise<Cost> {
  return { ...costOf(await requestsOf(server, work)), featureQueries: 0 };
}

/** How many requests had this root field. */
export const countOf = (requests: readonly RequestRecord[], field: string): number =>
  requests.filter(({ fields }) => fields.includes(field)).length;

/** The limits of the server that is being tested. */
export const limits: Pick<Limits, 'page' | 'names' | 'ids' | 'files'> = {
  ...STANDARD.limits,
  ...variation().limits,
};

export const canMark = (variation().features ?? STANDARD.features).includes('MARK_RUN_FILES_UPLOADED');

/** Pages that a listing takes: a server cuts those short that are larger than it likes. */
export const pagesOf = (rows: number): number => Math.ceil(rows / limits.page);

/**
 * Requests in which a client sends so many items that doesn't know the server's limit yet: each refusal halves the
 * batch. `accepted` of them go through.
 */
export function batchesOf(
  items: number,
  limit: number,
): { readonly sent: number; readonly accepted: number } {
  let refused = 0;
  let size = items;
  for (; size > limit; size = Math.ceil(size / 2)) refused++;
  const accepted = Math.ceil(items / size);
  return { sent: refused + accepted, accepted };
}
