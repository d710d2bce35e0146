import { join } from 'node:path';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);

it('doctor tells where settings come from, without the key, and how long a request takes', async () => {
  const { status, stdout } = await wandbFs(server, ['doctor'], { env: { WANDB_ENTITY: 'team' } });
  expect(status).toBe(0);
  expect(stdout).toContain(`${server.url} (WANDB_BASE_URL)`);
  expect(stdout).toMatch(/^ok {2}key +found, not shown \(WANDB_API_KEY\)$/m);
  expect(stdout).toMatch(/^ok {2}entity +team \(WANDB_ENTITY\)$/m);
  expect(stdout).toMatch(/^ok {2}request +\d+ ms with the connection, then \d+ ms; entities: viewer/m);
  expect(stdout).not.toContain(server.apiKey);
});

it('doctor tells what is wrong, and the cure, and ends with 1', async () => {
  const refused = await wandbFs(server, ['doctor', '--json'], { env: { WANDB_API_KEY: 'x'.repeat(40) } });
  expect(refused.status).toBe(1);
  const { isWell, findings } = JSON.parse(refused.stdout);
  expect(isWell).toBe(false);
  expect(findings.at(-1)).toMatchObject({ subject: 'request', isWell: false, value: 'failed (EACCES)' });
  const none = { HOME: await makeDirectory(), WANDB_API_KEY: '', NETRC: join(await makeDirectory(), 'none') };
  expect(await wandbFs(server, ['doctor'], { env: none })).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^!! {2}key +none[\s\S]*wandb login/m),
  });
  expect(await wandbFs(server, ['doctor'], { env: { WANDB_BASE_URL: 'nowhere' } })).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^!! {2}settings[\s\S]*WANDB_BASE_URL/m),
  });
});
