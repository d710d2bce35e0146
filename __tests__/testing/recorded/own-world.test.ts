import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { worldDirectory } from '../../../__fixtures__/index.js';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';
import { mountBoth } from './portrait.js';

/** What is recorded today of what is recorded in this project: the format is the one that it was. */
const server = useServer({ ...STANDARD, world: worldDirectory });

const namesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

test("this project's own world is recorded as it is, byte by byte", async () => {
  const { runs, artifacts } = mountBoth(server);
  const paths = ['vision-lab', 'wandbas://vision-lab'];
  const again = join(await makeDirectory(), 'again');
  const { leftOut } = await runs.wandb.record(paths, again);
  await Promise.all([runs, artifacts].map((fs) => fs.wandb.close()));
  expect(leftOut).toEqual([
    { path: '/vision-lab/flower-classifier/v1t8c5ye/checkpoints/best.bin', size: 1572864 },
  ]);
  expect(namesIn(again)).toEqual(namesIn(worldDirectory));
  const files = readdirSync(worldDirectory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(50);
  for (const { name, parentPath } of files) {
    const there = join(again, parentPath.slice(worldDirectory.length), name);
    expect(readFileSync(there, 'utf8')).toBe(readFileSync(join(parentPath, name), 'utf8'));
  }
});

test('it shows in both trees what a person reads in it', async () => {
  const { runs, artifacts } = mountBoth(server);
  expect(await runs.wandb.info('vision-lab/flower-classifier/p7q2m0zd')).toMatchObject({ state: 'crashed' });
  const model = 'vision-lab/wandb-registry-model/model/flowers/production/model.bin';
  const checkpoint = 'vision-lab/flower-classifier/v1t8c5ye/checkpoints/last.bin';
  expect(await artifacts.promises.readFile(model)).toEqual(await runs.promises.readFile(checkpoint));
  const images = 'vision-lab/flower-classifier/dataset/flowers-102/checked/images.tar';
  expect(await artifacts.promises.readlink(images)).toBe('s3://vision-lab/flowers-102/images.tar');
  await Promise.all([runs, artifacts].map((fs) => fs.wandb.close()));
});

test('a server that was started from it is it again behind a reset', async () => {
  const run = 'vision-lab/flower-classifier/v1t8c5ye';
  const before = Object.keys(await server.files(run));
  await server.seed({ [run]: { 'new.txt': 'new' }, 'vision-lab/new/run': {} });
  await server.reset();
  expect(Object.keys(await server.files(run))).toEqual(before);
  expect(
    Object.keys(await server.artifactFiles('vision-lab/wandb-registry-model/flowers:production')),
  ).toEqual(['labels.json', 'model.bin']);
});
