import api from 'undici/lib/api/index.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';

/**
 * What of undici makes requests, without the rest. Its main file loads fetch, WebSockets, caches and mocks, too, which was
 * more than half of the I/O thread's start, and puts an agent of its own under the process's `fetch`. Files have no place
 * in undici's versions: so package.json takes patches of one minor version only.
 */
export { Agent, buildConnector, Pool };

// As the main file does it.
Object.assign(Dispatcher.prototype, { request: api.request });
