import type { Place } from '../places/place.js';
import type { Session } from '../session.js';

/** '/<entity>/<project>/<run>' of runs. */
export const isRun = <At extends Pick<Place, 'kind' | 'path'>>(
  at: At,
): at is At & { readonly kind: 'runs' } => at.kind === 'runs' && /^\/[^/]+\/[^/]+\/[^/]+$/.test(at.path);

/** What a page tells of a run above its files; null where the path is none's. Rejects as `fs.wandb.info` does. */
export async function describeRun(session: Session, path: string) {
  const { wandb } = await session.filesystems.runs();
  const info = await wandb.info(path);
  if (info.kind !== 'run') return null;
  const { displayName, name, state, summary, config } = info;
  return { title: displayName || name, state, facts: { Summary: summary, Config: config } };
}
