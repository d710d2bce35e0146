import { reliability, UNHARMED } from './helpers/reliability.js';

/** Processes that are killed, without and with a journal. */
const KILLS = Number(process.env.WANDB_FS_KILLS ?? 15);
const WITH_JOURNAL = Number(process.env.WANDB_FS_KILLS_JOURNAL ?? 10);
const SEED = Number(process.env.WANDB_FS_SEED ?? 1);
const secondsFor = (kills: number): number => 60 + kills * 2;

test(
  `after ${KILLS} kills every name has its old content or a new one, whole`,
  async () => {
    const { told, report } = await reliability(
      ['--kills', String(KILLS), '--seed', String(SEED)],
      secondsFor(KILLS),
    );
    expect(told).toBe('');
    expect(report).toMatchObject({ ...UNHARMED, programs: KILLS });
    // Else they were killed when there was nothing to lose.
    expect(report.acknowledged).toBeGreaterThan(KILLS);
    expect(report.behind).toBeGreaterThan(0);
  },
  secondsFor(KILLS) * 1000 + 5000,
);

test(
  `after ${WITH_JOURNAL} kills with a journal the next start sends what was acknowledged, once`,
  async () => {
    const { told, report } = await reliability(
      ['--kills', String(WITH_JOURNAL), '--journal', '--seed', String(SEED)],
      secondsFor(WITH_JOURNAL) * 2,
    );
    expect(told).toBe('');
    expect(report).toMatchObject({ ...UNHARMED, programs: WITH_JOURNAL });
    expect(report.behind).toBeGreaterThan(0);
  },
  secondsFor(WITH_JOURNAL) * 2000 + 5000,
);
