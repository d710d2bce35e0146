import type { Settings } from '../options.js';
import { serveInThread } from '../thread/thread-service.js';
import { startServer } from './server.js';

serveInThread<Settings>(startServer);
