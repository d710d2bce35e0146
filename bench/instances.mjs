import { bareClient } from './undici.mjs';

/**
 * Does something with an instance that has seen nothing yet, and closes it.
 *
 * @param {Function} create `createWandbFs` or `createWandbArtifactFs`
 */
export async function freshly(create, server, work, options = {}) {
  const fs = create({ baseUrl: server.url, apiKey: server.apiKey, ...options });
  try {
    return await work(fs);
  } finally {
    await fs.wandb.close();
  }
}

/** Does something with a bare client (undici.mjs), and closes its connections. */
export async function barely(server, work, options) {
  const client = bareClient(server, options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
