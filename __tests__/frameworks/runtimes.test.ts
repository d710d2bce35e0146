import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeProject } from '../ends/project.js';
import { PAGES_RUN, programsOf } from '../helpers/pages.js';
import { type Finished, packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { contentOn } from '../semantics/helpers/waiting.js';

/** Where these runtimes are: without both, Jest leaves this file out. `__fixtures__/runtimes` has what they run. */
const { WANDB_BUN = 'WANDB_BUN is not set', WANDB_DENO = 'WANDB_DENO is not set' } = process.env;

// Each starts a runtime with nothing of it loaded, which takes its time on a busy machine.
jest.setTimeout(60_000);

const server = useServer(STANDARD);
let project: string;
beforeAll(async () => {
  project = await makeProject('runtimes');
  // Deno finds no package that isn't named there, and an example reads its own name.
  const manifest = { name: 'wandb-fs', private: true, type: 'module', dependencies: { 'wandb-fs': '*' } };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  // The pages' programs read it.
  await symlink(join(packageRoot, '__fixtures__'), join(project, '__fixtures__'));
});

/** Those whose programs need nothing but this package. */
const PAGES = [
  'README.md',
  'docs/quick-start.md',
  'docs/RECORDED-WORLDS.md',
  'docs/TESTING.md',
  'docs/api.md',
  'docs/guides/overlays.md',
  'docs/guides/whole-process.md',
];

/** Each has its own way to show a list of strings. */
const asNodeInspects = (text: string): string => text.replaceAll('"', "'");

const kindOf = (code: string) => ({
  isOfNamedImports: /import \{.*\} from 'node:fs'/.test(code) && code.includes('wandb-fs/register'),
  isTest: code.includes("'node:test'"),
});

describe.each([
  { name: 'Bun', program: WANDB_BUN, args: [], registering: ['--preload', 'wandb-fs/register'] },
  { name: 'Deno', program: WANDB_DENO, args: ['run', '-A'], registering: ['--preload=./register.mjs'] },
])('$name', ({ name, program, args, registering }) => {
  beforeEach(() => server.seed({ 'team/project/run': { 'a.txt': 'content' } }));

  const runs = (...given: readonly string[]): Promise<Finished> =>
    run(program, [...args, ...given], {
      cwd: project,
      env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
    });
  const stored = (name: string) => contentOn(server, 'team/project/run', name);

  test('reads, writes, streams, commits and registers in all styles, and sends what is left at its end', async () => {
    expect(await runs('program.mjs')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect([await stored('left.txt'), await stored('open.txt')]).toEqual(['left', 'open']);
  });

  test('registers before the first line of a program, and sends what is left when an exception ends it', async () => {
    const { exitCode, stderr } = await runs(...registering, 'thrown.mjs');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('Not caught.') });
    expect(await stored('thrown.txt')).toBe('thrown');
  });

  describe("pages'", () => {
    beforeEach(async () => {
      await server.reset();
      await server.seed({ 'entity/project/run': { ...PAGES_RUN } });
    });

    const examples = PAGES.flatMap((page) => programsOf(page)).map((example) => ({
      ...example,
      ...kindOf(example.code),
    }));
    const named = examples.filter(({ isOfNamedImports }) => isOfNamedImports);
    const isForBunTest = (isTest: boolean): boolean => isTest && name === 'Bun';
    const programs = examples.filter(
      ({ isOfNamedImports, isTest }) => !isOfNamedImports && !isForBunTest(isTest),
    );
    const tests = examples.filter(({ isTest }) => isForBunTest(isTest));

    test.each(programs)('$title', async ({ code, output }) => {
      await writeFile(join(project, 'example.mjs'), code);
      const { stdout, ...ended } = await runs('example.mjs');
      expect(ended).toEqual({ exitCode: 0, stderr: '' });
      if (output !== undefined) expect(asNodeInspects(stdout)).toBe(output);
    });

    test.each(named)(
      "$title: what is imported by name isn't registered, as SEMANTICS says",
      async ({ code }) => {
        await writeFile(join(project, 'example.mjs'), code);
        expect(await runs('example.mjs')).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining('ENOENT'),
        });
      },
    );

    if (tests.length > 0) {
      test.each(tests)('$title, by `bun test`', async ({ code }) => {
        await writeFile(join(project, 'example.test.mjs'), code);
        const { exitCode, stderr } = await runs('test', './example.test.mjs');
        expect({ exitCode, stderr }).toEqual({
          exitCode: 0,
          stderr: expect.stringMatching(/ [1-9]\d* pass/),
        });
      });
    }
  });
});
