/**
 * What is used of undici, by name: it is CommonJS, of which bundlers that split what is loaded later show `import()` the
 * default export alone. By its file, for under its name Bun has something of its own that can't do what is needed.
 */
export { Agent, buildConnector, Pool } from 'undici/index.js';
