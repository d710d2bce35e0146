import type { WandbFs } from 'wandb-fs';

type Row = Readonly<Record<string, unknown>>;

/** The history of a run that is short. */
export const ROWS = Array.from({ length: 20 }, (_, step) => ({ _step: step, loss: 1 / (step + 1) }));

export const rowsIn = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

export const rowsOf = async (fs: WandbFs, run: string): Promise<Row[]> =>
  rowsIn(await fs.promises.readFile(`${run}/.wandb/history.jsonl`, 'utf8'));
