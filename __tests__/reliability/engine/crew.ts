import type { Report } from './run-program.js';
import type { Violation } from './violations.js';

export interface Failed {
  readonly name: string;
  readonly seed: number;
  readonly violation: Violation;
  readonly report: Report;
}

export interface Tally {
  programs: number;
  operations: number;
  readonly failed: Failed[];
}

/** One program: what it is called, and how it is run. */
export interface Job {
  readonly name: string;
  readonly seed: number;
  readonly run: () => Promise<Report>;
}

/** Runs so many jobs at once, until there are none or the time is over. */
export async function runCrew(
  jobs: Iterator<Job>,
  options: { readonly atOnce: number; readonly until: number; readonly onEnd?: (tally: Tally) => void },
): Promise<Tally> {
  const tally: Tally = { programs: 0, operations: 0, failed: [] };
  const work = async (): Promise<void> => {
    while (performance.now() < options.until) {
      const next = jobs.next();
      if (next.done) return;
      const { name, seed, run } = next.value;
      const report = await run();
      tally.programs++;
      tally.operations += report.operations;
      if (report.violation) tally.failed.push({ name, seed, violation: report.violation, report });
      options.onEnd?.(tally);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, work));
  return tally;
}
