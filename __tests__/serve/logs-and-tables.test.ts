import { createHash } from 'node:crypto';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import { ofRuns } from '../../src/cli/looking/run-page.js';
import { type Served, serveFs } from '../../src/serve/serve-fs.js';
import { print, stream } from '../helpers/console.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { ask } from './helpers.js';

const wandb = useServer(STANDARD);
const PROJECT = 'team/flowers';
let fs: WandbFs;
let served: Served;

const tableFile = (columns: readonly unknown[], data: unknown): string => JSON.stringify({ columns, data });
const PICTURE = { _type: 'image-file', path: 'media/images/a 1.png' };

beforeAll(async () => {
  const predictions = tableFile(
    ['<name>', 'image', 'score', 'odd'],
    [
      ['<script>1</script>', PICTURE, 0.5, { _type: 'image-file', path: '../../other/x.png' }],
      ['b', { _type: 'audio-file', path: 'media/b.wav' }, 'SCORE', null],
      ...Array.from({ length: 30 }, (_, index) => [`row ${index}`, null, index, 'y'.repeat(400)]),
    ],
  ).replace('"SCORE"', 'NaN');
  await wandb.seed(
    {
      [`${PROJECT}/a1`]: {
        'media/images/a 1.png': 'x',
        'media/table/predictions.table.json': predictions,
        'media/table/broken.table.json': '{"columns":',
        'media/table/large.table.json': ' '.repeat(1_100_000),
        'output.log': `${'old\n'.repeat(300)}10%\r100%\n\u001b[31mdone\u001b[0m <b>\n`,
      },
    },
    { state: 'finished' },
  );
  await wandb.seed({ [`${PROJECT}/b2`]: {} }, { state: 'running' });
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const half = '{"_type": "image-file", "path": "media/\\ud800.png"}';
  await wandb.seed({
    [`${PROJECT}/odd`]: {
      'tables/deep.table.json': `{"columns": ["a"], "data": [[${deep}], ["beside it"]]}`,
      'tables/half.table.json': `{"columns": ["__proto__"], "data": [[${half}]]}`,
      'tables/quotes.table.json': '"'.repeat(500_001),
      'tables/rows.table.json': '{"columns": ["a"], "data": [["b"], "c"]}',
    },
  });
  fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  served = await serveFs(fs, { root: `/${PROJECT}`, knowledge: ofRuns(fs) });
});

afterAll(async () => {
  await served.close();
  await fs.wandb.close();
});

const logIn = (body: string): readonly string[] =>
  (/<pre id="log"[^>]*>\n([^<]*)</.exec(body)?.[1] ?? '').split('\n').slice(0, -1);

describe('the log of a run', () => {
  it('that has ended is the end of its file, as a terminal would show it, and runs no script', async () => {
    const { body, headers } = await ask(served.url, '/a1');
    expect(logIn(body)).toHaveLength(200);
    expect(logIn(body).slice(-3)).toEqual(['old', '100%', 'done &#60;b&#62;']);
    expect(body).not.toContain('<script');
    expect(headers['content-security-policy']).not.toContain('script-src');
  });

  it('that goes on is followed by the one script that the policy lets run', async () => {
    await print(wandb, `${PROJECT}/b2`, 0, 'one', '<two>');
    const { body, headers } = await ask(served.url, '/b2');
    expect(logIn(body)).toEqual(['one', '&#60;two&#62;']);
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(body) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(headers['content-security-policy']).toMatch(`; script-src 'sha256-${hash}'; connect-src 'self'`);
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('is told line by line, each once, until the run has ended', async () => {
    const run = `${PROJECT}/b2`;
    await print(wandb, run, 0, 'one', '<two>');
    const follow = async (end: string) =>
      JSON.parse((await ask(served.url, `/b2?console=${encodeURIComponent(end)}`)).body);
    const first = await follow('');
    expect(first).toMatchObject({ lines: ['one', '<two>'], hasMore: false, isOver: false, state: 'running' });
    expect(await follow(first.end)).toMatchObject({ lines: [], isOver: false });
    await print(wandb, run, 2, 'three');
    const next = await follow(first.end);
    expect(next.lines).toEqual(['three']);
    await stream(wandb, run, { complete: true, exitcode: 1 });
    expect(await follow(next.end)).toMatchObject({ lines: [], isOver: true, state: 'failed' });
  });

  it('is none of what is no run', async () => {
    expect(await ask(served.url, '/?console=')).toMatchObject({ status: 404, body: 'It prints nothing.\n' });
    expect(await ask(served.url, '/a1/media?console=')).toMatchObject({ status: 404 });
  });
});

describe('a table of media/', () => {
  const section = (body: string, name: string): string =>
    body.slice(body.indexOf(`<summary>${name}`)).split('</details>')[0] ?? '';

  it('is shown on the page of its run, with its pictures, as far as a person looks', async () => {
    const { body } = await ask(served.url, '/a1');
    expect(body).toContain('<figcaption>images/a 1.png</figcaption>');
    const table = section(body, 'predictions');
    expect(table).toContain('<th>&#60;name&#62;</th>');
    expect(table).toContain('<td>&#60;script&#62;1&#60;/script&#62;</td>');
    const address = '/a1/media/images/a%201.png';
    expect(table).toContain(`<a href="${address}"><img src="${address}" alt="a 1.png" loading="lazy"></a>`);
    expect(table).toContain('<a href="/a1/media/b.wav">b.wav</a>');
    expect(table).toContain('<td>NaN</td>');
    expect(table).toContain(`${'y'.repeat(300)}…`);
    expect(table.match(/<tr>/g)).toHaveLength(21);
    expect(table).toContain('12 more rows');
  });

  it('leads nowhere out of its run', async () => {
    const { body } = await ask(served.url, '/a1');
    expect(section(body, 'predictions')).not.toMatch(/(?:href|src)="[^"]*\.\./);
  });

  it('of any content leaves the rest of the page whole', async () => {
    const { body } = await ask(served.url, '/odd/tables');
    // A newer Node writes it down again, whatever its depth.
    expect(section(body, 'deep')).toMatch(/<td>\[*…<\/td><\/tr>\n<tr><td>beside it<\/td>/);
    expect(section(body, 'half')).toContain('src="/odd/tables/media/%EF%BF%BD.png"');
    for (const name of ['quotes', 'rows']) expect(section(body, name)).toContain('It isn’t a table');
    expect(body).toMatch(/<\/html>\n$/);
  });

  it('says why it is not shown, where it is none or too large', async () => {
    const { body } = await ask(served.url, '/a1/media/table');
    expect(section(body, 'broken')).toContain('It isn’t a table of columns and rows.');
    expect(section(body, 'large')).toContain('It has 1100000 bytes, more than are shown.');
    expect(section(body, 'predictions')).toContain('src="/a1/media/images/a%201.png"');
  });
});

it('a run that has logged nothing shows no media', async () => {
  expect((await ask(served.url, '/b2')).body).not.toContain('<h2>Media');
});
