import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { ask } from '../serve/helpers.js';

/** Serves until a question was answered. */
async function serve(args: readonly string[], question: (printed: string) => Promise<unknown>) {
  const interruption = new AbortController();
  let printed = '';
  let answered: Promise<unknown> | null = null;
  const onOutput = (text: string): void => {
    printed += text;
    if (args.includes('--token') && !/Password|token=/.test(printed)) return;
    answered ??= question(printed).finally(() => interruption.abort('SIGINT'));
  };
  const ran = await wandbFs(null, ['serve', ...args], { signal: interruption.signal, onOutput });
  await answered;
  return ran;
}

const urlIn = (printed: string): string => /http:\S+/.exec(printed)?.[0] ?? '';

it('serve webdav answers programs that mount, and tells the token as a password', async () => {
  const directory = await makeDirectory();
  await writeFile(join(directory, 'a.txt'), 'x');
  const token = 'a-token-of-16-signs';
  const authorization = `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
  let body = '';
  const { status, stdout } = await serve(['webdav', '--token', token, directory], async (printed) => {
    const answer = await ask(urlIn(printed), '/', { method: 'PROPFIND', depth: '1', authorization });
    body = answer.body;
  });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(new RegExp(`^http://127.0.0.1:\\d+/\nPassword, for any user: ${token}\n$`)),
  });
  expect(body).toContain('<D:href>/a.txt</D:href>');
});

it('serve answers pages of the origins that it was told, and no program that mounts', async () => {
  const directory = await makeDirectory();
  const answers: unknown[] = [];
  const args = ['--allow-origin', 'https://a.example', '--allow-origin', 'https://b.example', directory];
  await serve(args, async (printed) => {
    const url = urlIn(printed);
    for (const origin of ['https://a.example', 'https://b.example', 'https://c.example'])
      answers.push((await ask(url, '/', { origin })).status);
    answers.push((await ask(url, '/', { method: 'PROPFIND', depth: '0' })).status);
  });
  expect(answers).toEqual([200, 200, 403, 405]);
});

it.each([
  [['webdav', 'one', 'two'], 2, "before it only 'webdav' can stand"],
  [['ftp', 'one'], 2, "before it only 'webdav' can stand"],
  [[], 2, "missing required argument 'path'"],
  [['--allow-origin', '*', '.'], 1, "such as 'https://example.com'"],
])('serve %j is refused', async (args, status, message) => {
  expect(await wandbFs(null, ['serve', ...args])).toMatchObject({
    status,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});
