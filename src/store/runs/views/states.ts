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

/** What a run was like when it was asked for. */
interface Told {
  readonly entries: readonly Entry[];
  /** Its config and summary, by path and version. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What runs are like that decides which views they have, asked for once for each listing; and what comes along with it. */
export class ViewStates {
  private readonly batch: TurnBatch<TreePath, Told | null, TreePath>;
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
  async entries(unit: TreePath, signal: AbortSignal | undefined): Promise<readonly Entry[] | null> {
    return (await this.tell(unit, signal))?.entries ?? null;
  }

  /** The config or summary that an entry is of. Rejects with ESTALE where the run has another one by now. */
  async text(entry: Entry, signal: AbortSignal): Promise<string> {
    const key = keyOf(entry);
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    // Of the answer itself: one that is large isn't kept, or not for long beside others.
    const told = await this.renewed(entry, signal);
    return told?.texts.get(key) ?? changed();
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

  private async renewed({ path }: Entry, signal: AbortSignal | undefined): Promise<Told | null> {
    const { unit } = placeOf(path);
    return unit === null ? null : this.tell(unit, signal);
  }

  private tell(unit: TreePath, signal: AbortSignal | undefined): Promise<Told | null> {
    return this.batch.add(parentOf(unit), unit, signal);
  }

  private async load(
    units: readonly TreePath[],
    signal: AbortSignal,
  ): Promise<readonly (Told | null | Failure)[]> {
    const states = await this.questions.ask(
      units.map((unit) => placeOf(unit).run as RunName),
      signal,
    );
    return states.map((state, index) =>
      state === null || state instanceof Failure ? state : this.toldOf(units[index] as TreePath, state),
    );
  }

  private toldOf(unit: TreePath, state: RunState): Told {
    const { run } = state;
    const texts = new Map<string, string>();
    const textEntry = (kind: 'config' | 'summary', told: string | null | undefined): Entry => {
      const text = !told || told === 'null' ? '{}' : told;
      const entry = viewEntry(viewPath(unit, kind), viewVersion(kind, md5Of(text)), run);
      texts.set(keyOf(entry), text);
      return entry;
    };
    const entries = [
      textEntry('config', run.config),
      historyEntry(unit, state),
      ...this.parquetEntries(unit, state),
      textEntry('summary', run.summaryMetrics),
    ];
    for (const [key, text] of texts) this.texts.set(key, text);
    return { entries, texts };
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
