import { LRUCache } from 'lru-cache';
import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { childPath, parentOf, type TreePath } from '../../../contract/tree-path.js';
import type { ViewedRunFragment } from '../../../wire/generated.js';
import { type Address, AddressBook } from '../../common/content.js';
import { md5Of, timeOf } from '../../common/rows.js';
import { TurnBatch } from '../../common/turn-batch.js';
import { placeOf, type RunName, type RunsContext } from '../tree.js';
import { viewPath, viewVersion } from './names.js';
import { type RunState, StateQuestions } from './state-questions.js';

const MOST_TEXT_BYTES = 16 * 1024 * 1024;
const OVERHEAD = 256;

/** What runs are like that decides which views they have, asked for once for each listing; and what comes along with it. */
export class ViewStates {
  private readonly batch: TurnBatch<TreePath, readonly Entry[] | null, TreePath>;
  private readonly questions: StateQuestions;
  private readonly addresses: AddressBook;
  /** Configs and summaries as the server tells them, by path and version. */
  private readonly texts = new LRUCache<string, string>({
    maxSize: MOST_TEXT_BYTES,
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + OVERHEAD,
  });

  constructor(private readonly context: RunsContext) {
    this.addresses = new AddressBook(context.client.api.clock);
    this.questions = new StateQuestions(context);
    this.batch = new TurnBatch({
      ask: (_project, units, signal) => this.load(units, signal),
      keyOf: (unit) => unit,
      // Who asks anew wants what is there from then on.
      canJoinLate: false,
    });
  }

  /** The views of a run, newly asked for: one request, with runs beside it that are asked for in the same turn. Null without the run. */
  entries(unit: TreePath, signal: AbortSignal | undefined): Promise<readonly Entry[] | null> {
    return this.batch.add(parentOf(unit), unit, signal);
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

  private async load(
    units: readonly TreePath[],
    signal: AbortSignal,
  ): Promise<readonly (readonly Entry[] | null | Failure)[]> {
    const states = await this.questions.ask(
      units.map((unit) => placeOf(unit).run as RunName),
      signal,
    );
    return states.map((state, index) =>
      state === null || state instanceof Failure ? state : this.entriesOf(units[index] as TreePath, state),
    );
  }

  private entriesOf(unit: TreePath, state: RunState): readonly Entry[] {
    const { config, summaryMetrics } = state.run;
    return [
      this.textEntry(unit, 'config', config, state),
      historyEntry(unit, state),
      ...this.parquetEntries(unit, state),
      this.textEntry(unit, 'summary', summaryMetrics, state),
    ];
  }

  private textEntry(
    unit: TreePath,
    kind: 'config' | 'summary',
    told: string | null | undefined,
    { run }: RunState,
  ): Entry {
    const text = told || '{}';
    const entry = viewEntry(viewPath(unit, kind), viewVersion(kind, md5Of(text)), run);
    this.texts.set(keyOf(entry), text);
    return entry;
  }

  /** The files that the server has made of the history so far: one is the view itself, several are in a directory. */
  private parquetEntries(unit: TreePath, { run, parquet }: RunState): readonly Entry[] {
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

const historyEntry = (unit: TreePath, { run }: RunState): Entry =>
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
