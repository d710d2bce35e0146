import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { eventually } from './helpers/waiting.js';

/** The server takes forty names in one question, and answers with seven of them. */
const server = useServer({ limits: { page: 7 } });

const FILES = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `file ${index}`]));

test('what a page has no room for is asked for again, and is not taken to be missing', async () => {
  const run = await makeRun(server, FILES);
  const fs = mount(server);
  const read = async (name: string) => [name, await fs.promises.readFile(`/${run}/${name}`, 'utf8')] as const;
  expect(Object.fromEntries(await Promise.all(Object.keys(FILES).map(read)))).toEqual(FILES);
  expect(
    await Promise.all(
      Object.keys(FILES).map((name) =>
        fs.promises.readFile(`/${run}/no-${name}`).then(String, ({ code }) => code),
      ),
    ),
  ).toEqual(Array.from({ length: 40 }, () => 'ENOENT'));
});

test('all files that are removed at once are removed', async () => {
  const run = await makeRun(server, FILES);
  const fs = mount(server);
  await Promise.all(Object.keys(FILES).map((name) => fs.promises.unlink(`/${run}/${name}`)));
  await eventually(
    async () => Object.keys(await server.files(run)),
    (names) => names.length === 0,
  );
});

test('all files that were just uploaded, whose ids no listing has told, are removed at once', async () => {
  const run = await makeRun(server);
  const fs = mount(server);
  await Promise.all(
    Object.entries(FILES).map(([name, text]) => fs.promises.writeFile(`/${run}/${name}`, text)),
  );
  await fs.wandb.flush();
  await Promise.all(Object.keys(FILES).map((name) => fs.promises.unlink(`/${run}/${name}`)));
  await eventually(
    async () => Object.keys(await server.files(run)),
    (names) => names.length === 0,
  );
});
