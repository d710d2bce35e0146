/**
 * The work of the soak: what programs do with a run and with a draft, all of it checked. Each round has a run of its own, whose
 * contents nobody has seen before, and removes it at its end: what is kept of it from then on is a leak.
 */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createWandbFs } from 'wandb-fs';
import { generated, generatedPart, manyFiles } from './content.mjs';

const MIB = 2 ** 20;

/** What a round consists of, by its share of the content: three quarters in a few large files, a quarter in small ones. */
export function contentOfRound(round, bytes) {
  const large = Array.from({ length: 6 }, (_, at) => [
    `large/${at}.bin`,
    { bytes: Math.floor(bytes / 8), seed: `${round}/${at}` },
  ]);
  const smallBytes = Math.max(Math.floor(bytes / 4 / 2000), 1);
  const small = Object.entries(manyFiles(2000, smallBytes, { directory: 'small' })).map(([name, content]) => [
    name,
    { ...content, seed: `${round}/${name}` },
  ]);
  return { large, small, all: Object.fromEntries([...large, ...small]) };
}

function expect(isSo, what) {
  if (!isSo) throw new Error(`The soak found ${what}.`);
}

/** Rejects with what isn't the error that is expected. */
async function failing(code, call) {
  const error = await call.then(
    () => null,
    (reason) => reason,
  );
  expect(error?.code === code || error?.name === code, `${error ?? 'no error'} rather than ${code}`);
}

/** The kinds of work on one run; each tells how many operations it made. */
const KINDS = {
  async stream({ fs, server, run, content }) {
    for (const [name, file] of content.large.slice(0, 4)) {
      const hash = createHash('md5');
      await pipeline(fs.createReadStream(`${run}/${name}`), async (chunks) => {
        for await (const chunk of chunks) hash.update(chunk);
      });
      expect(hash.digest('hex') === (await server.md5(file)), `other bytes in ${name}`);
    }
    return 4;
  },

  async hereAndThere({ fs, run, content }) {
    const [name, file] = content.large[4];
    const handle = await fs.promises.open(`${run}/${name}`);
    try {
      const buffer = Buffer.alloc(4096);
      for (let at = 0; at < 200; at++) {
        const place = (at * 7919 * 4096) % (file.bytes - 4096);
        const { bytesRead } = await handle.read(buffer, 0, 4096, place);
        expect(
          bytesRead === 4096 && buffer.equals(generatedPart(file, place, 4096)),
          `other bytes in ${name}`,
        );
      }
    } finally {
      await handle.close();
    }
    return 202;
  },

  /** Streams and reads that their users give up. */
  async givenUp({ fs, run, content }) {
    const [name] = content.large[5];
    for (let at = 0; at < 5; at++) {
      for await (const _ of fs.createReadStream(`${run}/${name}`)) break;
      const ending = new AbortController();
      const reading = fs.promises.readFile(`${run}/${name}`, { signal: ending.signal });
      setImmediate(() => ending.abort());
      await failing('ABORT_ERR', reading);
    }
    for (let at = 0; at < 200; at++) await failing('ENOENT', fs.promises.readFile(`${run}/none/${at}`));
    return 210;
  },

  async small({ fs, run, content }) {
    for (const [name, file] of content.small) {
      expect((await fs.promises.stat(`${run}/${name}`)).size === file.bytes, `another size of ${name}`);
      expect(
        (await fs.promises.readFile(`${run}/${name}`)).length === file.bytes,
        `another length of ${name}`,
      );
    }
    return 2 * content.small.length;
  },

  async sync({ fs, run, content }) {
    for (const [name] of content.small) fs.existsSync(`${run}/${name}`);
    for (const [name] of content.small.slice(0, 100)) fs.readFileSync(`${run}/${name}`);
    return content.small.length + 100;
  },

  async walk({ fs, run, content }) {
    const count = content.small.length;
    let found = 0;
    for await (const _ of fs.promises.glob(`${run}/small/*`)) found++;
    expect(found === count, `${found} files of ${count}`);
    let opened = 0;
    for await (const _ of await fs.promises.opendir(`${run}/small`)) opened++;
    expect(opened === count, `${opened} entries of ${count}`);
    return 2 + 2 * count;
  },

  async write({ fs, run, round }) {
    const directory = `${run}/written`;
    await fs.promises.mkdir(directory);
    for (let at = 0; at < 300; at++) {
      await fs.promises.writeFile(`${directory}/${at}.txt`, `${round}/${at}`);
      await fs.promises.appendFile(`${directory}/log.txt`, `${at}\n`);
    }
    for (let at = 0; at < 100; at++)
      await fs.promises.rename(`${directory}/${at}.txt`, `${directory}/moved-${at}.txt`);
    const stream = fs.createWriteStream(`${directory}/large.bin`);
    await pipeline(async function* () {
      for (let at = 0; at < 16; at++) yield generated({ bytes: MIB, seed: `${round}/${at}` });
    }, stream);
    await fs.wandb.flush();
    for (let at = 200; at < 300; at++) await fs.promises.unlink(`${directory}/${at}.txt`);
    const left = (await fs.promises.readdir(directory)).length;
    expect(left === 202, `${left} files rather than 202`);
    return 820;
  },

  async draft({ artifacts, round }) {
    const draft = `bench/soak/dataset/set/draft-${round}`;
    await artifacts.promises.mkdir(draft, { recursive: true });
    for (let at = 0; at < 100; at++)
      await artifacts.promises.writeFile(`${draft}/${at}.txt`, `${round}/${at}`);
    const { version } = await artifacts.wandb.commit(draft);
    const text = await artifacts.promises.readFile(`bench/soak/dataset/set/${version}/7.txt`, 'utf8');
    expect(text === `${round}/7`, `'${text}' in ${version}`);
    return 104;
  },

  /** Instances come and go beside the ones that stay. */
  async instance({ run, options, content }) {
    for (let at = 0; at < 5; at++) {
      const fs = createWandbFs(options);
      await fs.promises.readFile(`${run}/${content.small[at][0]}`);
      await fs.promises.readdir(run);
      await fs.wandb.close();
    }
    return 20;
  },
};

/** All kinds at once, then everything that the round brought is removed. */
export async function workRound(context) {
  const { fs, run } = context;
  const counts = await Promise.all(Object.values(KINDS).map((work) => work(context)));
  await fs.wandb.flush();
  for (const name of await fs.promises.readdir(run))
    await fs.promises.rm(`${run}/${name}`, { recursive: true });
  return counts.reduce((sum, count) => sum + count, 0) + context.content.small.length;
}
