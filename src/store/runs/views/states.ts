import { LRUCache } from 'lru-cache';
import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { childPath, type TreePath } from '../../../contract/tree-path.js';
import { isRefusal } from '../../../wire/api/batching.js';
import {
  RunViewsDocument,
  RunViewsWithParquetDocument,
  type ViewedRunFragment,
} from '../../../wire/generated.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import { type Address, AddressBook } from '../../common/content.js';
import { isSchemaRefusal } from '../../common/context.js';
import { md5Of, timeOf } from '../../common/rows.js';
import { TurnBatch } from '../../common/turn-batch.js';
import { placeOf, type RunName, type RunsContext } from '../tree.js';
import { viewPath, viewVersion } from './names.js';

interface State {
  readonly run: ViewedRunFragment;
  /** Signed addresses of the Parquet files, in their order. */
  readonly parquet: readonly string[];
}

const MOST_TEXT_BYTES = 16 * 1024 * 1024;
const OVERHEAD = 256;

/** What runs are like that decides which views they have, asked for once for each listing; and what comes along with it. */
export class ViewStates {
  private readonly batch: TurnBatch<null, readonly Entry[] | null, TreePath>;
  private readonly addresses: AddressBook;
  /** Configs and summaries as the server tells them, by path and version. */
  private readonly texts = new LRUCache<string, string>({
    maxSize: MOST_TEXT_BYTES,
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + OVERHEAD,
  });
  /** The server knows of such files. */
  private hasParquet = true;

  constructor(private readonly context: RunsContext) {
    this.addresses = new AddressBook(context.client.api.clock);
    this.batch = new TurnBatch({
      ask: async (unit, _, signal) => [await this.load(unit, signal)],
      keyOf: () => '',
      // Who asks anew wants what is there from then on.
      canJoinLate: false,
    });
  }

  /** The views of a run, newly asked for: one request. Null without the run. */
  entries(unit: TreePath, signal: AbortSignal | undefined): Promise<readonly Entry[] | null> {
    return this.batch.add(unit, null, signal);
  }

  /** The config or summary that an entry is of. Rejects with ESTALE where the run has another one by now. */
  async text(entry: Entry, signal: AbortSignal): Promise<string> {
    const known = this.texts.get(keyOf(entry));
    if (known !== undefined) return known;
    await this.renewed(entry, signal);
    return this.texts.get(keyOf(entry)) ?? changed();
  }

  /** The address of a Parquet file that is known and fresh, if any. */
  peek(entry: Entry): Address | null {
    return this.addresses.peek(keyOf(entry));
  }

  /** Its new address; null: the run has no such file any more. */
  async renew(entry: Entry, signal: AbortSignal | undefined): Promise<Address | null> {
    this.addresses.forget(keyOf(entry));
    await this.renewed(entry, signal);
    return this.peek(entry);
  }

  private async renewed({ path }: Entry, signal: AbortSignal | undefined): Promise<void> {
    const { unit } = placeOf(path);
    if (unit !== null) await this.entries(unit, signal);
  }

  private async load(unit: TreePath, signal: AbortSignal): Promise<readonly Entry[] | null> {
    const { run } = placeOf(unit);
    const state = run && (await this.ask(run, signal));
    if (!state) return null;
    const { config, summaryMetrics } = state.run;
    return [
      this.textEntry(unit, 'config', config, state),
      historyEntry(unit, state),
      ...this.parquetEntries(unit, state),
      this.textEntry(unit, 'summary', summaryMetrics, state),
    ];
  }

  /** Null without the run. */
  private async ask(run: RunName, signal: AbortSignal): Promise<State | null> {
    try {
      return (
        (this.hasParquet && (await this.askWithParquet(run, signal))) || (await this.askAlone(run, signal))
      );
    } catch (error) {
      if (error instanceof Failure && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  private async askAlone(run: RunName, signal: AbortSignal): Promise<State | null> {
    const { project } = await this.context.client.run(RunViewsDocument, { ...run }, { signal });
    return project?.run ? { run: project.run, parquet: [] } : null;
  }

  /** Null, too, where the server refuses that: the run and its files are to be had all the same. */
  private async askWithParquet(run: RunName, signal: AbortSignal): Promise<State | null> {
    const { client } = this.context;
    try {
      const { project } = await client.run(RunViewsWithParquetDocument, { ...run }, { signal });
      if (!project?.run) throw new Failure('ENOENT');
      return { run: project.run, parquet: project.run.parquetHistory?.parquetUrls ?? [] };
    } catch (error) {
      if (!isWireFailure(error) || !isRefusal(error)) throw error;
      if (isSchemaRefusal(error)) {
        this.hasParquet = false;
        client.api.warnings.debug(() => 'the server knows of no Parquet files of histories: done without');
        return null;
      }
      const why = error.cause ?? error.detail ?? error.code;
      const message = `The server doesn't tell of the Parquet files of histories, so .wandb has none: ${why}`;
      client.api.warnings.once('parquet', message);
      return null;
    }
  }

  private textEntry(
    unit: TreePath,
    kind: 'config' | 'summary',
    told: string | null | undefined,
    { run }: State,
  ): Entry {
    const text = told || '{}';
    const entry = viewEntry(viewPath(unit, kind), viewVersion(kind, md5Of(text)), run);
    this.texts.set(keyOf(entry), text);
    return entry;
  }

  /** The files that the server has made of the history so far: one is the view itself, several are in a directory. */
  private parquetEntries(unit: TreePath, { run, parquet }: State): readonly Entry[] {
    const path = viewPath(unit, 'parquet');
    return parquet.map((written, index) => {
      const at = parquet.length === 1 ? path : childPath(path, `${String(index).padStart(4, '0')}.parquet`);
      const url = this.context.absolute(written);
      // Signatures change, and what is added to a history may be written over what there was.
      const state = `${historyState(run)}:${url.replace(/[?#].*$/s, '')}`;
      const entry = viewEntry(at, viewVersion('parquet', state), run);
      this.addresses.remember(keyOf(entry), { direct: url, api: null });
      return entry;
    });
  }
}

const keyOf = ({ path, version }: Entry): string => `${path}\0${version}`;

/** Rows are only ever added: by their number, and by the run's last sign of life, which counts in seconds, it is known that some were. */
const historyState = ({ historyLineCount, heartbeatAt, updatedAt, state }: ViewedRunFragment): string =>
  [historyLineCount, heartbeatAt, updatedAt, state].join(' ');

const historyEntry = (unit: TreePath, { run }: State): Entry =>
  viewEntry(viewPath(unit, 'history'), viewVersion('history', historyState(run)), run);

function viewEntry(path: TreePath, version: string, run: ViewedRunFragment): Entry {
  const birthtimeMs = timeOf(run.createdAt);
  return {
    path,
    kind: 'file',
    // Known when it is made, for which nobody waits who only lists.
    size: null,
    mtimeMs: Math.max(birthtimeMs, timeOf(run.heartbeatAt ?? ''), timeOf(run.updatedAt ?? '')),
    birthtimeMs,
    version,
    md5: null,
    id: null,
    isReadOnly: true,
  };
}

/** For content that isn't to be had any more: the kernel looks which there is. */
export function changed(): never {
  throw new Failure('ESTALE', 'The run has changed meanwhile.');
}
