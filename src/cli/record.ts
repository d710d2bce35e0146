import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { createWandbFs, type Recorded } from '../index.js';
import { UsageError } from './usage-error.js';

const STANDARD_PLACE = '__fixtures__/wandb';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Records what the arguments name, and tells what came of it, and what was left out. */
export async function runRecord(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      to: { type: 'string', default: STANDARD_PLACE },
      replace: { type: 'boolean' },
      include: { type: 'string', multiple: true },
      exclude: { type: 'string', multiple: true },
      'max-file-bytes': { type: 'string' },
      'max-bytes': { type: 'string' },
    },
  });
  if (positionals.length === 0) throw new UsageError('A path is missing: <entity>/<project>/<run>.');
  const options = {
    ...{ replace: values.replace, include: values.include, exclude: values.exclude },
    maxFileBytes: bytesOf('--max-file-bytes', values['max-file-bytes']),
    maxBytes: bytesOf('--max-bytes', values['max-bytes']),
  };
  const fs = createWandbFs({ readOnly: true });
  const interruption = new AbortController();
  const { signal } = interruption;
  // A second one ends the process at once.
  const interrupt = (name: NodeJS.Signals): void => {
    for (const each of SIGNALS) process.off(each, interrupt);
    interruption.abort(name);
  };
  for (const each of SIGNALS) process.on(each, interrupt);
  let isGivenUp = false;
  try {
    tell(await fs.wandb.record(positionals, values.to, { ...options, signal }));
  } catch (error) {
    if (!signal.aborted || !isAbort(error)) throw error;
    isGivenUp = true;
  } finally {
    for (const each of SIGNALS) process.off(each, interrupt);
    await fs.wandb.close();
  }
  // Nothing is left of the recording: now it ends by what it was sent, as whoever waits for it expects.
  if (isGivenUp) process.kill(process.pid, signal.reason);
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function bytesOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = text.trim() === '' ? Number.NaN : Number(text);
  if (bytes >= 0) return bytes;
  throw new UsageError(`${option} must be a number of bytes; got '${text}'.`);
}

function tell({ directory, runs, versions, files, bytes, leftOut }: Recorded): void {
  const place = relative('', directory) || '.';
  const lines = [
    `Recorded ${runs} runs and ${versions} versions in ${place}: ${files} files, ${bytes} bytes.`,
  ];
  if (leftOut.length > 0) lines.push('Left out, and only named in it:');
  for (const { path, size } of leftOut) lines.push(`  ${path} (${size ?? 'unknown'} bytes)`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
