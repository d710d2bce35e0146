import { serveInThread } from '../thread-service.js';
import { type ProxySettings, startProxy } from './proxy.js';

await serveInThread<ProxySettings>(startProxy);
