/** A program that is taken for the thread of its own filesystem. */
import { createWandbFs } from '../../../dist/esm/index.js';

createWandbFs({ apiKey: 'k'.repeat(40), baseUrl: 'http://127.0.0.1:9' }).readdirSync('/');
