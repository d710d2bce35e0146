import nodeFs from 'node:fs';
import { createWandbArtifactFs, mountAll } from 'wandb-fs';

const artifacts = createWandbArtifactFs();
const fs = mountAll({ '/wandb': artifacts }, nodeFs);
const report = 'vision-lab/flower-classifier/report/evaluation';

// The draft is gone with this process unless it is committed: a job that is cancelled leaves nothing behind.
await fs.promises.cp('report', `/wandb/${report}/draft`, { recursive: true });
const { version, deduplicated } = await artifacts.wandb.commit(`${report}/draft`, {
  aliases: [process.env.GITHUB_REF_NAME ?? 'local'],
  metadata: { commit: process.env.GITHUB_SHA ?? null },
});
console.log(version, deduplicated ? 'was there already' : 'is new');

await fs.wandb.close();
