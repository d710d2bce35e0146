import type { Content, Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { withoutConstants } from '../../../platform/json.js';
import { setImmediate } from '../../../platform/time.js';
import { cancelled } from '../../../wire/wire-failure.js';
import { objectOf } from '../../common/facts.js';
import { TurnBatch } from '../../common/turn-batch.js';
import { fileAt, type RunsContext } from '../tree.js';
import { historyLines } from './history.js';
import { type Kept, keep } from './kept.js';
import { type ViewKind, viewOf } from './names.js';
import { changed, type ViewStates } from './states.js';

/** Of what was made, besides the newest, so much is kept: in bytes and in number. */
const MOST_BYTES = 1024 ** 3;
const MOST_KEPT = 128;

/** The content of views that is made here: once for each state of a run, and kept for who reads on in it. */
export class ViewContents {
  /** By path and version, the least recently used first. */
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;
  private isClosed = false;
  private readonly making: TurnBatch<Entry, Kept>;

  constructor(
    private readonly context: RunsContext,
    private readonly states: ViewStates,
  ) {
    this.making = new TurnBatch({
      ask: async (key, [entry], signal) => [await this.make(key, entry as Entry, signal)],
      keyOf: () => '',
      canJoinLate: true,
    });
  }

  /**
   * Reads `[start, end)`. Rejects with ESTALE where it isn't any more what was read of this entry before.
   *
   * @param etag what an earlier read brought; null: none
   */
  async read(
    entry: Entry,
    { start, end }: { readonly start: number; readonly end: number },
    { etag, signal }: { readonly etag: string | null; readonly signal?: AbortSignal | undefined },
  ): Promise<Content> {
    const kept = await this.of(entry, signal);
    if (etag !== null && etag !== kept.etag) changed();
    if (entry.size !== null && entry.size !== kept.size) changed();
    return { bytes: await kept.read(start, end), etag: kept.etag, size: kept.size };
  }

  /** Whole, whatever was read before. Rejects with EBADMSG above `limit` bytes. */
  async readNewest(
    entry: Entry,
    { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Content & { readonly md5: string }> {
    const { etag, size, read } = await this.of(entry, signal);
    if (size > limit) throw new Failure('EBADMSG', 'The run changes faster than it can be read.');
    const md5 = Buffer.from(etag.replaceAll('"', ''), 'hex').toString('base64');
    return { bytes: await read(0, size), etag, size, md5 };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const all = [...this.kept.values()];
    this.kept.clear();
    await Promise.all(all.map((kept) => kept.close()));
  }

  private async of(entry: Entry, signal: AbortSignal | undefined): Promise<Kept> {
    const key = `${entry.path}\0${entry.version}`;
    const known = this.kept.get(key);
    if (!known) return this.making.add(key, entry, signal);
    this.kept.delete(key);
    this.kept.set(key, known);
    return known;
  }

  private async make(key: string, entry: Entry, signal: AbortSignal): Promise<Kept> {
    const made = await keep(this.piecesOf(entry, signal));
    if (this.isClosed) {
      await made.close();
      throw cancelled();
    }
    // All that asked for it before had left, but it came to its end.
    this.drop(key);
    this.kept.set(key, made);
    this.bytes += made.size;
    for (const old of this.kept.keys()) {
      if (old === key || (this.bytes <= MOST_BYTES && this.kept.size <= MOST_KEPT)) break;
      this.drop(old);
    }
    return made;
  }

  private drop(key: string): void {
    const kept = this.kept.get(key);
    if (!kept) return;
    this.kept.delete(key);
    this.bytes -= kept.size;
    // Who has just got it begins to read in this turn, and is waited for.
    setImmediate(() => void kept.close());
  }

  private async *piecesOf(entry: Entry, signal: AbortSignal): AsyncGenerator<string> {
    const { run } = fileAt(entry.path);
    const kind = viewOf(entry);
    if (kind === 'history') yield* historyLines(this.context, run, signal);
    else if (kind === 'summary') yield `${await this.json(entry, kind, signal)}\n`;
    else if (kind === 'config') {
      const text = await this.json(entry, kind, signal);
      const { configYaml } = await import('./config-yaml.js');
      yield configYaml(objectOf(text, ''));
    } else throw new RangeError(`'${entry.path}' isn't made here`);
  }

  /** As the server tells it, for numbers may be longer than those of JavaScript. Rejects with EPROTO for what is no object. */
  private async json(entry: Entry, kind: ViewKind, signal: AbortSignal): Promise<string> {
    const text = withoutConstants(await this.states.text(entry, signal));
    objectOf(text, `The ${kind} of the run '${fileAt(entry.path).run.run}'`);
    return text;
  }
}
