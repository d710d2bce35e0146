import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { type Ended, runProgram } from './sdk.js';

jest.setTimeout(120_000);

/** The `wandb` command, whose sweep agents ask for a run every 5 seconds unless they are told otherwise. */
const IMPATIENT = `import sys
from wandb.agents import pyagent
from wandb.cli.cli import cli
pyagent.Agent.HEARTBEAT_SLEEP_SECONDS = 0.05
cli(sys.argv[1:])`;

describe('`wandb verify`, by which W&B judges installations of its own server', () => {
  let wandb: FakeWandb;
  let verified: Ended;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    const args = ['verify', '--host', wandb.url];
    verified = await runProgram(wandb, await makeDirectory(), args, { text: IMPATIENT });
  });
  afterAll(() => wandb.close());

  test('finds nothing wrong but that it is not reached by https', () => {
    const checks = [...verified.output.matchAll(/^(.+?)\.{3,}(\S)/gm)].map(([, what, mark]) => [what, mark]);
    expect(Object.fromEntries(checks)).toEqual({
      'Checking if logged in': '✅',
      'Checking signed URL upload': '✅',
      'Checking ability to send large payloads through proxy': '✅',
      'Checking requests to base url': '❌',
      'Checking requests made over signed URLs': '❌',
      'Checking CORs configuration of the bucket': '✅',
      'Checking wandb package version is up to date': '✅',
      'Checking logged metrics, saving and downloading a file': '✅',
      'Checking artifact save and download workflows': '✅',
      'Checking sweep creation and agent execution': '✅',
    });
    expect(verified.code).toBe(0);
  });

  test('asks for nothing that the server has not', async () => {
    const refused = (await wandb.requests()).filter(({ status }) => status === 0 || status >= 400);
    expect(refused).toEqual([]);
  });
});
