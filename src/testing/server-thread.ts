import type { Settings } from './options.js';
import { startServer } from './server.js';
import { serveInThread } from './thread-service.js';

serveInThread<Settings>(startServer);
