import type * as undici from 'undici';
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';

/** What is used of undici. */
export type Undici = Pick<typeof undici, 'Agent' | 'buildConnector' | 'Pool'>;

// As its index does, which loads three times as many files, among them a `fetch`, for which it puts an agent under the
// process's own. These are loaded as one, for side by side each would need a file descriptor.
Object.assign(Dispatcher.prototype, { request });

export { Agent, buildConnector, Pool };
