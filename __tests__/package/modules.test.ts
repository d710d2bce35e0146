import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);

/**
 * Loads the package, looks at a file and writes one; tells after each what this thread has loaded until then: files, and packages, by
 * the functions that the build makes of their modules, too.
 */
const program = (load: string): string => `
  const { Session } = require('node:inspector/promises');
  const session = new Session();
  const files = new Set();
  const globals = new Set(Object.keys(globalThis));
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url } }) => /^file:|^[/]|^[A-Z]:/.test(url) && files.add(url));
  const packages = new Set();
  const seen = async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const called = result.flatMap(({ functions }) => functions.filter(({ ranges }) => ranges[0].count > 0));
    const names = [...files, ...called.map(({ functionName }) => functionName)];
    for (const name of names) packages.add(/node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(name)?.[1]);
    packages.delete(undefined);
    return { files: files.size, packages: [...packages].sort() };
  };
  (async () => {
    await session.post('Debugger.enable');
    await session.post('Profiler.enable');
    files.clear();
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const { wandbFs } = ${load};
    const loaded = await seen();
    wandbFs.statSync('team/project/run/a');
    const looked = await seen();
    wandbFs.writeFileSync('team/project/run/b', 'text');
    const wrote = await seen();
    await wandbFs.wandb.close();
    const added = Object.keys(globalThis).filter((name) => !globals.has(name));
    console.log(JSON.stringify({ loaded, looked, wrote, added }));
    session.disconnect();
  })();`;

interface Seen {
  readonly files: number;
  readonly packages: readonly string[];
}

/** Sixty is what was promised of files; of packages these alone are needed before anything is written, in either build. */
const MOST_FILES = 60;
const PACKAGES = ['balanced-match', 'brace-expansion', 'hash-wasm', 'lru-cache', 'minimatch'];

test.each([
  ['require', "require('wandb-fs')"],
  ['import()', "await import('wandb-fs')"],
])(
  'loaded by %s the package is few files: neither GraphQL nor undici, and memfs when something is written',
  async (_, load) => {
    await server.seed({ 'team/project/run': { a: 'text' } });
    const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
    const printed = await runWell(process.execPath, ['--eval', program(load)], { cwd: packageRoot, env });
    const { loaded, looked, wrote, added } = JSON.parse(printed) as Record<
      'loaded' | 'looked' | 'wrote',
      Seen
    > & {
      readonly added: readonly string[];
    };
    expect(loaded.files).toBeLessThanOrEqual(MOST_FILES);
    expect(loaded.packages).toContain('lru-cache');
    expect(loaded.packages.filter((name) => !PACKAGES.includes(name))).toEqual([]);
    // The server is asked by a thread.
    expect(looked).toEqual(loaded);
    expect(wrote.files).toBeLessThanOrEqual(MOST_FILES);
    expect(wrote.packages).toContain('memfs');
    expect(wrote.packages).not.toContain('graphql');
    expect(added).toEqual([]);
  },
);
