import { reliability, UNHARMED } from './helpers/reliability.js';

/** Programs; continuous integration wants thousands, which take about as many seconds as 20 of them do here. */
const PROGRAMS = Number(process.env.WANDB_FS_RELIABILITY ?? 150);
/** Fixed, so that what is found today is none of tomorrow's; `scripts/reliability.mjs` goes through others. */
const SEED = Number(process.env.WANDB_FS_SEED ?? 1);
const SECONDS = 60 + PROGRAMS / 2;

test(
  `${PROGRAMS} programs of two clients and a foreign writer lose nothing and read nothing wrong while connections break`,
  async () => {
    const { told, report } = await reliability(
      ['--programs', String(PROGRAMS), '--seed', String(SEED), '--shrink', '3'],
      SECONDS,
    );
    expect(told).toBe('');
    expect(report).toMatchObject({ ...UNHARMED, programs: PROGRAMS });
    expect(report.hits).toBeGreaterThan(PROGRAMS);
  },
  SECONDS * 1000 + 5000,
);
