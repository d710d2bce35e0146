import { packageRoot, run, withoutDeprecations } from '../helpers/processes.js';
import { type Example, examplesIn, README_RUN } from '../helpers/readme.js';
import { STANDARD, startServer } from '../helpers/server.js';

const examples = examplesIn('js');
/** Those that need `node:vfs`. */
const vfsExamples = examplesIn('mjs');
const VFS_FLAG = '--experimental-vfs';

async function execute({ code, output }: Example, flags: readonly string[], files: object = README_RUN) {
  const wandb = await startServer(STANDARD);
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
        ...README_RUN,
        'code/model.mjs': "export default 'a model';",
      }),
    );
  }
});
