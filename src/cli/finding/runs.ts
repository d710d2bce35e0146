import type { RunFilters, RunInfo, RunOrder } from '../../index.js';
import type { RemotePlace } from '../places/place.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage-error.js';

/** Runs by what W&B knows of them. */
export interface RunCriteria {
  readonly displayName?: string;
  readonly state?: readonly string[];
  readonly tag?: readonly string[];
  readonly config?: readonly Setting[];
  readonly summary?: readonly Setting[];
  readonly order?: RunOrder;
  readonly limit?: number;
}

type Setting = readonly [key: string, value: string | number | boolean | null];

/** 'key=value': the value as JSON where it is a number, a truth value or null, else as text. */
export const setting =
  (option: string) =>
  (text: string, before: readonly Setting[] = []): readonly Setting[] => {
    const [, key, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined) throw new UsageError(`${option} must be <key>=<value>; got '${text}'.`);
    const isPlain = /^(-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null)$/.test(value);
    return [...before, [key, isPlain ? JSON.parse(value) : value]];
  };

export function order(text: string): RunOrder {
  if (isOrder(text)) return text;
  throw new UsageError(
    `--order must be createdAt, heartbeatAt, config.<key> or summary.<key>, with '+' or '-' before it; got '${text}'.`,
  );
}

const isOrder = (text: string): text is RunOrder =>
  /^[+-]?(createdAt|heartbeatAt|(config|summary)\.[^.].*)$/.test(text);

export const asksRuns = (criteria: RunCriteria): boolean =>
  ['displayName', 'state', 'tag', 'config', 'summary', 'order', 'limit'].some((name) => name in criteria);

export async function* runsFound(
  session: Session,
  place: RemotePlace,
  { displayName, state, tag, config, summary, order: sorted, limit }: RunCriteria,
): AsyncGenerator<RunInfo, void, undefined> {
  const [, entity, project, ...below] = place.path.split('/');
  if (place.kind !== 'runs' || !project || below.length > 0) {
    throw new UsageError(`'${place.text}': runs are found in a project, 'wandbfs://<entity>/<project>'.`);
  }
  const filters: RunFilters = {
    displayName: displayName === undefined ? undefined : { $regex: regexOf(displayName) },
    state,
    tags: tag,
    config: config && Object.fromEntries(config),
    summary: summary && Object.fromEntries(summary),
  };
  const { wandb } = await session.wandbFsOf(place);
  const options = { entity, project, ...filters, order: sorted, limit, signal: session.signal };
  yield* wandb.find(options);
}

/** A glob of a whole name, in RE2's syntax: there '*' and '?' may stand for any signs, '/' among them. */
const regexOf = (glob: string): string =>
  `^${glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')}$`;
