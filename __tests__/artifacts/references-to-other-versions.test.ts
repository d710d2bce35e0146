import { text } from 'node:stream/consumers';
import { packageRoot, run } from '../helpers/processes.js';
import { call, errorsOf, STYLES } from '../semantics/helpers/styles.js';
import { mount, newCollection, useLab } from './helpers/mounts.js';

const CONTENT = '0123456789';

const server = useLab();

describe('a reference to a file of another version', () => {
  const hexOf = (id: string): string => Buffer.from(id, 'base64').toString('hex');
  const numberOf = (id: string): number => Number(Buffer.from(id, 'base64').toString().split(':')[1]);

  test('is that file, through a chain of them, in every call', async () => {
    const [source, middle, last] = [newCollection(), newCollection(), newCollection()];
    const idOf = async (
      collection: string,
      references: Record<string, string>,
      files = {},
    ): Promise<string> => {
      const made = await server.seedArtifacts({ [collection]: { versions: [{ references, files }] } });
      return made[collection]?.versions[0]?.id ?? '';
    };
    const first = await idOf(source, {}, { 'deep/a b.txt': CONTENT });
    const second = await idOf(middle, { m: `wandb-artifact://${hexOf(first)}/deep/a b.txt` });
    await idOf(last, { 'dir/l': `wandb-artifact://${hexOf(second)}/m` });
    const fs = mount(server);
    const path = `/${last}/v0/dir/l`;
    for (const style of STYLES) {
      expect(await call(fs, style, 'readFile', path, 'utf8')).toBe(CONTENT);
      expect(await call(fs, style, 'lstat', path)).toMatchObject({ size: 10 });
      await call(fs, style, 'access', path, fs.constants.R_OK);
    }
    expect(fs.lstatSync(path).isFile()).toBe(true);
    for (const error of await errorsOf(fs, 'readlink', path)) expect(error).toHaveProperty('code', 'EINVAL');
    expect(await text(fs.createReadStream(path, { start: 8 }))).toBe('89');
    await fs.promises.mkdir(`/${last}/draft`);
    await fs.promises.copyFile(path, `/${last}/draft/copied`);
    expect(await fs.wandb.commit(`/${last}/draft`)).toMatchObject({ version: 'v1' });
    expect(await mount(server).promises.readFile(`/${last}/v1/copied`, 'utf8')).toBe(CONTENT);
  });

  test('may be one of many, to many versions: nothing is warned of', async () => {
    const [source, collection] = [newCollection(), newCollection()];
    const versions = Array.from({ length: 20 }, (_, index) => ({ files: { a: `version ${index}` } }));
    const made = await server.seedArtifacts({ [source]: { versions } });
    const references = Object.fromEntries(
      (made[source]?.versions ?? []).map(({ id }, index) => [`r${index}`, `wandb-artifact://${hexOf(id)}/a`]),
    );
    await server.seedArtifacts({ [collection]: { versions: [{ references }] } });
    const script = `
      import { createWandbArtifactFs } from 'wandb-fs';
      const fs = createWandbArtifactFs();
      console.log((await fs.promises.readdir('/${collection}/v0')).length);
      await fs.wandb.close();`;
    const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
    const args = ['--input-type=module', '-e', script];
    expect(await run(process.execPath, args, { cwd: packageRoot, env })).toEqual({
      exitCode: 0,
      stdout: '20\n',
      stderr: '',
    });
  });

  test('that leads in a circle or nowhere says so, and hides none of the others', async () => {
    const source = newCollection();
    const made = await server.seedArtifacts({ [source]: { versions: [{ files: { a: 'a' } }] } });
    const id = made[source]?.versions[0]?.id ?? '';
    // Nobody can make a circle but by guessing the id of what comes next.
    const guesses = Array.from({ length: 20 }, (_, index) => numberOf(id) + index);
    const collection = newCollection();
    const circular = await server.seedArtifacts({
      [collection]: {
        versions: [
          {
            files: { 'own.txt': 'own' },
            references: {
              ...Object.fromEntries(
                guesses.map((number) => [
                  `circle-${number}`,
                  `wandb-artifact://${Buffer.from(`Artifact:${number}`).toString('hex')}/circle-${number}`,
                ]),
              ),
              missing: `wandb-artifact://${hexOf(id)}/nothing`,
            },
          },
        ],
      },
    });
    const own = numberOf(circular[collection]?.versions[0]?.id ?? '');
    const fs = mount(server);
    const version = `/${collection}/v0`;
    for (const error of await errorsOf(fs, 'readFile', `${version}/circle-${own}`)) {
      expect(error).toMatchObject({ code: 'EACCES', message: expect.stringMatching(/leads in a circle/) });
    }
    for (const error of await errorsOf(fs, 'readFile', `${version}/missing`)) {
      expect(error).toMatchObject({ code: 'EACCES', message: expect.stringMatching(/leads to nothing/) });
    }
    expect(await fs.promises.readdir(version)).toHaveLength(22);
    expect(fs.readFileSync(`${version}/own.txt`, 'utf8')).toBe('own');
  });
});
