import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';

const server = useServer(STANDARD);
let run: string;
beforeEach(async () => {
  run = await makeRun(server);
});
afterEach(() => server.faults([]));

/** As many as it takes for one upload to fail: its address is renewed once. */
const refusePuts = (times: number) =>
  server.faults([{ match: { side: 'storage', method: 'PUT' }, times, status: 403 }]);

test('an upload that has failed goes again by itself', async () => {
  const fs = mount(server, { writebackDelay: 0 });
  const failures: string[] = [];
  fs.wandb.uploads.on('failed', ({ path, error }) => failures.push(`${path} ${error.code}`));
  await refusePuts(2);
  await fs.promises.writeFile(`${run}/file`, 'content');
  await eventually(
    () => contentOn(server, run, 'file'),
    (seen) => seen === 'content',
  );
  expect(failures).toEqual([`/${run}/file EACCES`]);
  await eventually(
    async () => fs.wandb.counters().dirty,
    (dirty) => dirty === 0,
  );
});

test('where nobody listens the first failure of a path is a warning with its reason, until it was uploaded', async () => {
  const warnings: string[] = [];
  const fs = mount(server, { writebackDelay: 0, logger: { warn: (message) => warnings.push(message) } });
  await refusePuts(4);
  await fs.promises.writeFile(`${run}/file`, 'content');
  for (let i = 0; i < 2; i++) await fs.wandb.flush().catch(() => undefined);
  await fs.wandb.flush();
  expect(warnings).toEqual([
    expect.stringMatching(
      new RegExp(
        `^EACCES: .*, upload '/${run}/file': .*HTTP 403.* The content is kept, and the upload is tried`,
      ),
    ),
  ]);
  await refusePuts(2);
  await fs.promises.writeFile(`${run}/file`, 'other');
  await fs.wandb.flush().catch(() => undefined);
  expect(warnings).toHaveLength(2);
  await fs.wandb.flush();
});

test('an unreachable server is a warning, once, whoever swallows the failures', async () => {
  const warnings: string[] = [];
  const options = {
    baseUrl: 'http://127.0.0.1:9',
    logger: { warn: (text: string) => void warnings.push(text) },
  };
  const fs = mount({ url: options.baseUrl, apiKey: server.apiKey }, options);
  for (let i = 0; i < 3; i++) expect(fs.existsSync(`/team/project/run/${i}`)).toBe(false);
  expect(warnings).toEqual([expect.stringContaining('http://127.0.0.1:9 refuses connections')]);
});
