import { measureRow } from './measure-row.mjs';
import { startServer } from './server.mjs';

/**
 * Measures rows in this process, with few servers and without their latency: that takes a moment, and says that they work but
 * nothing of how long they take.
 */
export class Together {
  servers = new Map();

  async measure(row, how) {
    if (row.server === null) return measureRow(row, null, how);
    const options = { ...row.server, latencyMs: 0 };
    const key = JSON.stringify(options);
    const server = this.servers.get(key) ?? (await startServer(options));
    this.servers.set(key, server);
    await server.reset();
    return measureRow(row, server, how);
  }

  async end() {
    for (const server of this.servers.values()) await server.close();
  }
}
