import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { createWandbFs } from 'wandb-fs';
import { errorOf } from './helpers/styles.js';

const HOST = 'api.wandb.example';

const read = async (code: string) => {
  const lookup: LookupFunction = (hostname, _options, callback) => {
    const said = { code, syscall: 'getaddrinfo', hostname };
    callback(Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), said), '', 4);
  };
  const dispatcher = new Agent({ connect: { lookup } });
  const logger = { warn: () => {} };
  const fs = createWandbFs({ baseUrl: `https://${HOST}`, apiKey: 'k'.repeat(40), dispatcher, logger });
  try {
    return await errorOf(() => fs.promises.readFile('/team/project/run/file'));
  } finally {
    await fs.wandb.close();
    await dispatcher.close();
  }
};

test.each([
  ['ENOTFOUND', 'there is no such name, or no network'],
  ['EAI_AGAIN', 'no name server answers at the moment'],
])('a name that is not resolved is told as that, with the code as cause: %s', async (code, why) => {
  const error = await read(code);
  expect(error).toMatchObject({ code: 'EIO', cause: { message: `getaddrinfo ${code}` } });
  expect(error.message).toContain(`The name '${HOST}' can't be resolved: ${why}`);
});
