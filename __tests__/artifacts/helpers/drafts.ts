import type { CommitOptions, WandbFs } from 'wandb-fs';

/** Writes the files into a draft of a collection and commits it. */
export async function commit(
  fs: WandbFs,
  collection: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: CommitOptions = {},
) {
  const draft = `/${collection}/draft`;
  await fs.promises.mkdir(draft, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = `${draft}/${name}`;
    await fs.promises.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    await fs.promises.writeFile(path, content);
  }
  return fs.wandb.commit(draft, options);
}
