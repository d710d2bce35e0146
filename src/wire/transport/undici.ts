import type * as undici from 'undici';

/** What is used of undici. */
export type Undici = Pick<typeof undici, 'Agent' | 'buildConnector' | 'Pool'>;

/**
 * Loads undici from the files that hold it: its index loads three times as many, among them a `fetch`, for which it puts an
 * agent under the process's own. One after the other, for side by side each would need a file descriptor.
 */
export async function loadUndici(): Promise<Undici> {
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
  const { default: Pool } = await import('undici/lib/dispatcher/pool.js');
  const { default: buildConnector } = await import('undici/lib/core/connect.js');
  const { default: Dispatcher } = await import('undici/lib/dispatcher/dispatcher.js');
  const { default: request } = await import('undici/lib/api/api-request.js');
  // As the index does.
  Object.assign(Dispatcher.prototype, { request });
  return { Agent, buildConnector, Pool };
}
