import { runArtifactProgram } from './artifact-program.js';
import { makeArtifactProgram } from './artifact-steps.js';
import { type Job, runCrew, type Tally } from './crew.js';
import { runRunProgram } from './run-program.js';
import { describe, makeRunProgram } from './run-steps.js';
import { shrink } from './shrink.js';
import type { World } from './world.js';

export interface ProgramOptions {
  readonly programs: number;
  readonly seed: number;
  /** The share of requests that are hit; null: from 5 to 30 %, each program its own. */
  readonly faults: number | null;
  readonly atOnce: number;
  readonly length: number;
  /** When to begin no further program, of `performance.now()`. */
  readonly until: number;
  /** Of the seeds, those of one program only. */
  readonly only: 'run' | 'artifact' | 'thread' | null;
}

/** Of 100 programs. The thread costs a hundred times what an owner in this thread costs, and is the same code. */
const SHARES = { artifact: 15, thread: 1 };

export function kindOf(seed: number): 'run' | 'artifact' | 'thread' {
  const place = Math.abs(seed) % 100;
  if (place < SHARES.thread) return 'thread';
  return place < SHARES.thread + SHARES.artifact ? 'artifact' : 'run';
}

function jobOf(world: World, options: ProgramOptions, seed: number): Job {
  const kind = options.only ?? kindOf(seed);
  const { faults, length } = options;
  if (kind === 'artifact')
    return {
      name: kind,
      seed,
      run: () => runArtifactProgram(world, makeArtifactProgram(seed, faults, length)),
    };
  const sync = kind === 'thread' ? 'thread' : 'off';
  return {
    name: kind,
    seed,
    run: () => runRunProgram(world, makeRunProgram(seed, faults, length), { sync }),
  };
}

function* jobs(world: World, options: ProgramOptions, isChosen: (seed: number) => boolean): Generator<Job> {
  for (let seed = options.seed; seed < options.seed + options.programs; seed++)
    if (isChosen(seed)) yield jobOf(world, options, seed);
}

/** All programs of the seeds; those with a thread of their own, whose calls may block, after the others. */
export async function runPrograms(
  world: World,
  options: ProgramOptions,
  onEnd: (tally: Tally) => void,
): Promise<Tally> {
  const isThreaded = (seed: number): boolean => (options.only ?? kindOf(seed)) === 'thread';
  const { until, atOnce } = options;
  const first = await runCrew(
    jobs(world, options, (seed) => !isThreaded(seed)),
    { atOnce, until, onEnd },
  );
  const second = await runCrew(jobs(world, options, isThreaded), { atOnce: Math.min(4, atOnce), until });
  return {
    programs: first.programs + second.programs,
    operations: first.operations + second.operations,
    failed: [...first.failed, ...second.failed],
  };
}

/** A shorter program that fails in the same way, as text. */
export async function shrunk(
  world: World,
  options: ProgramOptions,
  seed: number,
  kind: string,
): Promise<string> {
  const { faults, length } = options;
  if (kind === 'artifact') return 'artifact programs are told as they are';
  const program = makeRunProgram(seed, faults, length);
  const sync = kind === 'thread' ? 'thread' : 'off';
  const found = await shrink(program.steps, async (steps) => {
    const { violation, log } = await runRunProgram(world, { ...program, steps }, { sync });
    return violation && { violation, log };
  });
  if (!found) return 'it does not fail again';
  const steps = found.steps.map(
    ({ actor, operations }) => `  ${actor}: ${operations.map(describe).join(' | ')}`,
  );
  const { violation, log } = found.failure;
  return [
    JSON.stringify(program.settings),
    ...steps,
    violation.message,
    ...log.map((line) => `    ${line}`),
  ].join('\n');
}
