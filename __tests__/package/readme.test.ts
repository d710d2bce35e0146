import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, run, withoutDeprecations } from '../helpers/processes.js';
import { startServer } from '../helpers/server.js';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

/** Each block of the README in a language, and what it prints where a text block follows it. */
const examplesIn = (language: string) =>
  [...readme.matchAll(/```(\w+)\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g)]
    .filter(([, found]) => found === language)
    .map(([, , code = '', output], index) => ({
      title: `example ${index + 1}: ${code.trim().split('\n')[0]}`,
      code,
      output,
    }));
type Example = ReturnType<typeof examplesIn>[number];

const examples = examplesIn('js');
/** Those that need `node:vfs`. */
const vfsExamples = examplesIn('mjs');
const VFS_FLAG = '--experimental-vfs';

const FILES = {
  'config.yaml': 'lr:\n  value: 0.1\n',
  'output.log': 'epoch 1\nepoch 2\n',
  'files/file.yaml': 'some: data\nfor: testing\n',
};

async function execute({ code, output }: Example, flags: readonly string[], files: object = FILES) {
  const wandb = await startServer();
  await wandb.seed({ 'entity/project/run': { ...files } });
  // In this directory the package finds itself by its name.
  const ended = await run(process.execPath, [...flags, '--input-type=module', '--eval', code], {
    cwd: packageRoot,
    env: { WANDB_BASE_URL: wandb.url, WANDB_API_KEY: wandb.apiKey },
  });
  expect({ ...ended, stderr: withoutDeprecations(ended.stderr) }).toEqual({
    exitCode: 0,
    stdout: output ?? expect.any(String),
    stderr: '',
  });
}

describe('the README', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(vfsExamples).toHaveLength(1);
  });

  it.each(examples)('$title', (example) => execute(example, []));

  // Which Nodes have it is held by the tests of the entry.
  if (process.allowedNodeEnvironmentFlags.has(VFS_FLAG)) {
    it.each(vfsExamples)('with `node:vfs` (from Node 26.4 on), $title', (example) =>
      execute(example, [VFS_FLAG, '--no-warnings'], {
        ...FILES,
        'code/model.mjs': "export default 'a model';",
      }),
    );
  }
});
