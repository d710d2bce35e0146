import { createServer } from 'node:http';
import { createWandbArtifactFs } from 'wandb-fs';

const MODEL = 'vision-lab/flower-classifier/model/classifier';

/** Serves the names of classes of the version that has the alias `prod`, and takes the next one up when the alias moves. */
export function startService({ port = 8000, checkEveryMs = 30_000 } = {}) {
  // A version never changes, so its files are read once. The alias does: it is believed for `listingTtl`.
  const fs = createWandbArtifactFs({ readOnly: true, listingTtl: checkEveryMs });
  let model = { version: null, labels: {} };

  async function current() {
    const version = await fs.promises.readlink(`${MODEL}/prod`);
    if (version !== model.version) {
      const labels = JSON.parse(await fs.promises.readFile(`${MODEL}/${version}/labels.json`, 'utf8'));
      model = { version, labels };
    }
    return model;
  }

  const server = createServer(async (request, response) => {
    try {
      const { version, labels } = await current();
      response.end(JSON.stringify({ version, name: labels[request.url.slice(1)] ?? null }));
    } catch (error) {
      response.writeHead(503).end(error.message);
    }
  });
  server.on('close', () => fs.wandb.close());
  return new Promise((resolve) => server.listen(port, () => resolve(server)));
}
