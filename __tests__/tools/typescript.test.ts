import nodeFs from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
import { STANDARD, useServer } from '../helpers/server.js';
import { measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { type Call, callsOutside, recording, replay } from './helpers/outside.js';
import { makeTwins, rebased, textsOn } from './helpers/twins.js';

const FILES = {
  'package.json': JSON.stringify({ name: 'app', type: 'module' }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'nodenext', strict: true, declaration: true, outDir: 'out', noLib: true },
    include: ['src'],
  }),
  'src/index.ts': "import { double } from './math/double.js';\nexport const most: string = double(21);\n",
  'src/math/double.ts': 'export const double = (n: number): number => 2 * n;\n',
  'node_modules/greet/package.json': JSON.stringify({ name: 'greet', types: 'lib/greet.d.ts' }),
  'node_modules/greet/lib/greet.d.ts': 'export declare function greet(whom: string): string;\n',
  'node_modules/@types/untyped/index.d.ts': 'export declare const untyped: number;\n',
};

/** TypeScript's view of a filesystem, as its own `ts.sys` is made of `node:fs`. */
function systemOver(fs: typeof nodeFs, directory: string): ts.System {
  const typeOf = (path: string): 'file' | 'directory' | null => {
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    if (!stats) return null;
    return stats.isDirectory() ? 'directory' : 'file';
  };
  const entriesOf = (path: string) => {
    const entries = fs.readdirSync(path || '.', { withFileTypes: true });
    const names = (isWanted: (entry: nodeFs.Dirent) => boolean): string[] =>
      entries.filter(isWanted).map(({ name }) => name);
    return { files: names((entry) => entry.isFile()), directories: names((entry) => entry.isDirectory()) };
  };
  const fileExists = (path: string): boolean => typeOf(path) === 'file';
  return {
    ...ts.sys,
    getCurrentDirectory: () => directory,
    useCaseSensitiveFileNames: true,
    fileExists,
    directoryExists: (path) => typeOf(path) === 'directory',
    readFile: (path) => (fileExists(path) ? fs.readFileSync(path, 'utf8') : undefined),
    writeFile: (path, text) => fs.writeFileSync(path, text),
    createDirectory: (path) => fs.mkdirSync(path),
    getDirectories: (path) => entriesOf(path).directories,
    realpath: (path) => (fs.existsSync(path) ? fs.realpathSync.native(path) : path),
    readDirectory: (path) =>
      fs
        .readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map((entry) => join(entry.parentPath, entry.name)),
  };
}

const NAMES = ['./math/double.js', 'greet', 'untyped', './missing.js', 'missing'];

/** The files that imports in `src/index.ts` lead to. */
function resolveAll(fs: typeof nodeFs, directory: string): Record<string, string | undefined> {
  const host = systemOver(fs, directory);
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const from = join(directory, 'src/index.ts');
  const found = NAMES.map((name) => {
    const { resolvedModule } = ts.resolveModuleName(name, from, options, host);
    return [name, resolvedModule?.resolvedFileName ?? 'not found'];
  });
  return rebased(Object.fromEntries(found), directory);
}

/** Type-checks and emits a project; the diagnostics, as texts. */
function compile(fs: typeof nodeFs, directory: string): readonly string[] {
  const system = systemOver(fs, directory);
  const config = ts.readConfigFile(join(directory, 'tsconfig.json'), system.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, system, directory);
  const host = ts.createIncrementalCompilerHost(options, system);
  const program = ts.createProgram(fileNames, options, host);
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics]
    .filter(({ file }) => file)
    .map(({ file, messageText }) =>
      rebased(`${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`, directory),
    );
}

const server = useServer(STANDARD);

test('ts.resolveModuleName resolves in a run as it does on the disk, for one listing and two package.json', async () => {
  const { mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  let answers = {};
  const cost = await measure(server, () => {
    answers = resolveAll(mountCold(), mountPoint);
  });
  expect(answers).toEqual(resolveAll(nodeFs, disk));
  expect(answers).toMatchObject({
    './math/double.js': '/base/src/math/double.ts',
    greet: '/base/node_modules/greet/lib/greet.d.ts',
    untyped: '/base/node_modules/@types/untyped/index.d.ts',
    missing: 'not found',
  });
  // The listing, with which all names are known, and an address for each that is read.
  expect(cost).toEqual({ ...NOTHING, graphql: 1 + 2, gets: 2 });
});

test('it probes directories above the mount, and none of them costs a request', async () => {
  const { mountPoint, mountCold } = await makeTwins(server, FILES);
  const calls: Call[] = [];
  resolveAll(recording(mountCold(), calls), mountPoint);
  const outside = callsOutside(calls, mountPoint);
  expect(outside.map(({ args: [path] }) => path)).toContain('/node_modules');
  const cold = mountCold();
  const requests = await requestsOf(server, async () => {
    const outcomes = new Set(await replay(cold, outside));
    expect([...outcomes].filter((outcome) => outcome !== undefined && outcome !== false)).toEqual([]);
  });
  expect(requests).toEqual([]);
});

test('the compiler checks a project in a run and emits into it, all by sync calls', async () => {
  const { run, mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  const fs = mountCold();
  const diagnostics = compile(fs, mountPoint);
  expect(diagnostics).toEqual(compile(nodeFs, disk));
  expect(diagnostics).toContain("/base/src/index.ts: Type 'number' is not assignable to type 'string'.");
  await fs.wandb.flush();
  const emitted = await textsOn(server, run);
  for (const name of ['out/index.js', 'out/index.d.ts', 'out/math/double.js', 'out/math/double.d.ts'])
    expect(emitted[name]).toBe(nodeFs.readFileSync(join(disk, name), 'utf8'));
});
