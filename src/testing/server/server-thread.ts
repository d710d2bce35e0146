import type { Settings } from '../options.js';
import { serveInThread } from '../thread/service.js';
import { startServer } from './start.js';

serveInThread<Settings>(startServer);
