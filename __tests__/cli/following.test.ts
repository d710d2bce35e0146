import { wandbFs } from '../helpers/command.js';
import { print as printTo, stream } from '../helpers/console.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const RUN = 'team/flowers/a1';

const print = (offset: number, ...lines: string[]) => printTo(server, RUN, offset, ...lines);

beforeEach(async () => {
  await server.seed({ [RUN]: {} }, { state: 'running' });
});

it('tail prints the last lines of what a run has printed', async () => {
  await print(0, 'one', 'two', 'three');
  expect(await wandbFs(server, ['tail', '-n', '2', `wandbfs://${RUN}`])).toEqual({
    status: 0,
    stdout: 'two\nthree\n',
    stderr: '',
  });
});

it('tail -f goes on as the run prints, until it has ended', async () => {
  await print(0, 'one', 'two', 'three');
  let seen = '';
  let sent: Promise<void> | null = null;
  const onOutput = (text: string): void => {
    seen += text;
    if (seen.endsWith('three\n')) sent = print(3, 'four', 'five');
    if (seen.endsWith('five\n')) sent = stream(server, RUN, { complete: true, exitcode: 0 });
  };
  const args = ['tail', '-f', '-n', '1', '--interval', '0.01s', `wandbfs://${RUN}`];
  expect(await wandbFs(server, args, { onOutput })).toEqual({
    status: 0,
    stdout: 'three\nfour\nfive\n',
    stderr: 'The run is finished.\n',
  });
  await sent;
});

it('tail -f of a file goes on as it grows, until Ctrl-C', async () => {
  await server.seed({ [RUN]: { 'log.txt': 'one\n' } });
  const interruption = new AbortController();
  let grown: Promise<void> | null = null;
  const onOutput = (text: string): void => {
    if (text.endsWith('one\n')) grown = server.seed({ [RUN]: { 'log.txt': 'one\ntwo\n' } });
    if (text.endsWith('two\n')) interruption.abort('SIGINT');
  };
  const args = ['tail', '-f', '--interval', '0.01s', `wandbfs://${RUN}/log.txt`];
  const { status, stdout } = await wandbFs(server, args, { onOutput, signal: interruption.signal });
  await grown;
  expect({ status, stdout }).toEqual({ status: 130, stdout: 'one\ntwo\n' });
});

it('tail of a run that has ended prints its file, where the server has no lines', async () => {
  const run = 'team/flowers/b2';
  await server.seed({ [run]: { 'output.log': '1\n2\n3\n' } }, { state: 'finished' });
  expect(await wandbFs(server, ['tail', '-n', '2', `wandbfs://${run}`])).toMatchObject({
    status: 0,
    stdout: '2\n3\n',
  });
});
