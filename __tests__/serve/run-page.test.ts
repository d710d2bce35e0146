import { createHash } from 'node:crypto';
import { wandbFs } from '../helpers/command.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { type Answer, ask } from './helpers.js';

const wandb = useServer(STANDARD);
const interruption = new AbortController();
let ended: Promise<unknown>;
let url: string;

beforeAll(async () => {
  await wandb.seed(
    { 'team/flowers/a1': { 'loss curve.png': 'x', 'scan.tiff': 'x', 'media/2.png': 'x' } },
    {
      displayName: 'eager <fox>',
      state: 'crashed',
      config: { optimizer: { value: { name: 'adam' } }, lr: { value: 0.1 } },
      summaryMetrics: { note: '<script>1</script>', best: null },
    },
  );
  await wandb.seed({ 'team/flowers/b2': { 'a.txt': 'x' } }, { displayName: '', state: 'running' });
  url = await new Promise((resolve, reject) => {
    const args = ['serve', '--port', '0', 'wandbfs://team/flowers'];
    ended = wandbFs(wandb, args, { signal: interruption.signal, onOutput: (text) => resolve(text.trim()) });
    ended.then((ran) => reject(new Error(JSON.stringify(ran))), reject);
  });
});

afterAll(async () => {
  interruption.abort('SIGINT');
  await ended;
});

const LIST = '<table class="files">';
const above = ({ body }: Answer): string => body.slice(0, body.indexOf(LIST));
const listIn = ({ body }: Answer): string => body.slice(body.indexOf(LIST));

describe('the page of a run', () => {
  it('tells its display name, state, summary and config above its files, escaped', async () => {
    const answer = await ask(url, '/a1');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<title>eager &#60;fox&#62;</title>');
    expect(above(answer)).toContain('<h1>eager &#60;fox&#62; <small id="state">crashed</small></h1>');
    expect(above(answer)).toMatch(/Summary<.*<dt>note<\/dt><dd>&#60;script&#62;1&#60;\/script&#62;<\/dd>/);
    expect(above(answer)).toContain('<dt>best</dt><dd>null</dd>');
    expect(above(answer)).toMatch(/Config<[\s\S]*<dt>lr<\/dt><dd>0.1<\/dd>/);
    expect(above(answer)).toContain('<dd>{&#34;name&#34;:&#34;adam&#34;}</dd>');
  });

  it('has no headings for what a run has not, and is told of by its name where it has no other', async () => {
    const answer = await ask(url, '/b2');
    expect(above(answer)).toContain('<h1>b2 <small id="state">running</small></h1>');
    expect(above(answer)).not.toContain('<details');
  });

  it('is that of a run alone: what is above and below one is listed, and asks W&B for no run', async () => {
    await wandb.requests({ clear: true });
    for (const target of ['/', '/a1/media']) expect(above(await ask(url, target))).not.toContain('<h1>');
    expect((await ask(url, '/a1', { accept: 'application/json' })).body).not.toContain('eager');
    await ask(url, '/a1', { method: 'HEAD' });
    expect((await wandb.requests()).filter(({ operation }) => operation === 'RunInfo')).toEqual([]);
    await ask(url, '/a1');
    expect((await wandb.requests()).filter(({ operation }) => operation === 'RunInfo')).toHaveLength(1);
  });

  it('is not shown without them where W&B does not tell: the failure is', async () => {
    await ask(url, '/a1');
    const fault = { match: { side: 'api', path: /graphql/ }, status: 403 } as const;
    await wandb.faults([fault]);
    const answer = await ask(url, '/a1');
    await wandb.faults([]);
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("'/team/flowers/a1'") });
  });
});

describe('a picture', () => {
  it('is shown in the list of its own directory, when it comes into sight', async () => {
    const list = listIn(await ask(url, '/a1'));
    expect(list).toContain(
      '<a href="/a1/loss%20curve.png"><img src="/a1/loss%20curve.png" alt="" loading="lazy">loss curve.png</a>',
    );
    expect(list.match(/<img/g)).toHaveLength(1);
    expect((await ask(url, '/a1/media')).body).toContain('<img src="/a1/media/2.png"');
  });

  it('is all that a page may fetch, from its own server, beside the one style that it has', async () => {
    const { body, headers } = await ask(url, '/a1');
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toMatch(
      `default-src 'none'; img-src 'self'; style-src 'sha256-${hash}';`,
    );
    expect(body).not.toMatch(/<script| style=| on\w+=/);
  });
});
