import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, run, withoutDeprecations } from '../helpers/processes.js';
import { startServer } from '../helpers/server.js';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

/** Each js block of the README, and what it prints where a text block follows it. */
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g)].map(
  ([, code = '', output], index) => ({
    title: `example ${index + 1}: ${code.trim().split('\n')[0]}`,
    code,
    output,
  }),
);

const FILES = {
  'config.yaml': 'lr:\n  value: 0.1\n',
  'output.log': 'epoch 1\nepoch 2\n',
  'files/file.yaml': 'some: data\nfor: testing\n',
};

describe('the README', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(4);
  });

  it.each(examples)('$title', async ({ code, output }) => {
    const wandb = await startServer();
    await wandb.seed({ 'entity/project/run': FILES });
    // In this directory the package finds itself by its name.
    const ended = await run(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: packageRoot,
      env: { WANDB_BASE_URL: wandb.url, WANDB_API_KEY: wandb.apiKey },
    });
    expect({ ...ended, stderr: withoutDeprecations(ended.stderr) }).toEqual({
      exitCode: 0,
      stdout: output ?? expect.any(String),
      stderr: '',
    });
  });
});
