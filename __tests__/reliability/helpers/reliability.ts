import { packageRoot, run } from '../../helpers/processes.js';

/** What `scripts/reliability.mjs` says in its last line. */
export interface Reliability {
  readonly programs: number;
  readonly failed: number;
  /** Rejections and exceptions that nobody handled. */
  readonly rejections: number;
  /** Ends of threads by an exception. */
  readonly deaths: number;
  readonly warnings: readonly string[];
  /** What the process holds more than at its beginning, when all is closed. */
  readonly fds: readonly string[];
  readonly listeners: readonly string[];
  readonly acknowledged: number;
  readonly behind: number;
  readonly reads: number;
  readonly writes: number;
  readonly peakMiB: number;
  readonly leftMiB: number;
  readonly hits: number;
}

/** In a process of its own: under Jest nobody hears of rejections. What it says before its last line is what failed. */
export async function reliability(
  args: readonly string[],
  seconds: number,
): Promise<{ readonly told: string; readonly report: Reliability }> {
  const { stdout, stderr } = await run(process.execPath, ['scripts/reliability.mjs', ...args], {
    cwd: packageRoot,
    timeout: seconds * 1000,
  });
  const lines = stdout.trim().split('\n');
  const last = lines.pop() ?? '';
  if (!last.startsWith('{')) throw new Error(`The programs ended early.\n${stdout}\n${stderr}`);
  return { told: lines.join('\n'), report: JSON.parse(last) as Reliability };
}

/** What must be so in any of its modes. */
export const UNHARMED = { failed: 0, rejections: 0, deaths: 0, warnings: [], fds: [], listeners: [] };
