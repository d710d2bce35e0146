import { serveInThread } from '../thread/service.js';
import { type ProxySettings, startProxy } from './proxy.js';

serveInThread<ProxySettings>(startProxy);
