import '../../platform/nodes-fetch.js';

/**
 * What is used of undici, by name: it is CommonJS, of which bundlers that split what is loaded later show `import()` the
 * default export alone.
 */
export { Agent, buildConnector, Pool } from 'undici';
