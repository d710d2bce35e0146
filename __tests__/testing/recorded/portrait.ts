import { createHash } from 'node:crypto';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';

export const mountBoth = ({ url, apiKey }: FakeWandb): { runs: WandbFs; artifacts: WandbFs } => {
  const options = { baseUrl: url, apiKey };
  return { runs: createWandbFs(options), artifacts: createWandbArtifactFs(options) };
};

/** All that a tree tells of what is below a path: names, attributes, targets, contents, and W&B's view. */
async function portraitOf(fs: WandbFs, top: string): Promise<Record<string, unknown>> {
  const portrait: Record<string, unknown> = {};
  const paths = [
    top,
    ...(await fs.promises.readdir(top, { recursive: true })).map((name) => `${top}/${name}`),
  ];
  for (const path of paths) {
    const seen = await fs.promises.lstat(path);
    // A file's id is the server's own, as its address is; nobody is told who made something.
    const { webUrl: _, ...facts } = await fs.wandb.info(path);
    portrait[path] = {
      facts: facts.kind === 'file' ? { ...facts, id: null } : facts,
      size: seen.size,
      mode: seen.mode,
      times: [seen.mtimeMs, seen.birthtimeMs],
      target: seen.isSymbolicLink() ? await fs.promises.readlink(path) : null,
      md5: seen.isFile()
        ? createHash('md5')
            .update(await fs.promises.readFile(path))
            .digest('hex')
        : null,
    };
  }
  return portrait;
}

export async function portraits(server: FakeWandb, tops: readonly string[]) {
  const { runs, artifacts } = mountBoth(server);
  try {
    const all: Record<string, unknown> = {};
    for (const top of tops)
      Object.assign(all, {
        [`runs of ${top}`]: await portraitOf(runs, top),
        [`artifacts of ${top}`]: await portraitOf(artifacts, top),
      });
    return all;
  } finally {
    await Promise.all([runs, artifacts].map((fs) => fs.wandb.close()));
  }
}
