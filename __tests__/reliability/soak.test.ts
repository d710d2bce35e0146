import { reliability, UNHARMED } from './helpers/reliability.js';

const SECONDS = Number(process.env.WANDB_FS_SOAK_SECONDS ?? 15);

test(
  `a thousand readers and writers, ${SECONDS} s long with a tenth of the requests broken, leave nothing behind`,
  async () => {
    const { told, report } = await reliability(['--soak', String(SECONDS)], SECONDS + 120);
    expect(told).toBe('');
    expect(report).toMatchObject(UNHARMED);
    expect(report.reads + report.writes).toBeGreaterThan(SECONDS * 100);
    expect(report.hits).toBeGreaterThan(SECONDS);
    expect(report.peakMiB).toBeLessThan(1024);
    expect(report.leftMiB).toBeLessThan(64);
  },
  (SECONDS + 130) * 1000,
);
