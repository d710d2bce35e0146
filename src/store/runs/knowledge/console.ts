import { Failure } from '../../../contract/failure.js';
import type { ConsoleLines, ConsoleQuery } from '../../../contract/knowledge/console.js';
import { ConsoleLinesDocument } from '../../../wire/generated.js';
import { placeOf, type RunsContext } from '../tree.js';

/** Lines in one answer at most; the adapted size of pages is for rows, which are larger. */
const PAGE = 1000;

/** What a run has printed, as far as the server has it: one request a page. */
export async function consoleOf(
  context: RunsContext,
  { path, after, last }: ConsoleQuery,
  signal: AbortSignal | undefined,
): Promise<ConsoleLines> {
  const { run, file } = placeOf(path);
  if (run === null || file !== null) throw new Failure('EINVAL', 'Runs print lines: give the path of one.');
  const { project } = await context.sizes.adapt('page', Math.min(last ?? PAGE, PAGE), (most) =>
    context.client.run(
      ConsoleLinesDocument,
      { ...run, after, first: last === null ? most : null, last: last === null ? null : most },
      { signal },
    ),
  );
  if (!project?.run) throw new Failure('ENOENT');
  const { logLines } = project.run;
  if (!logLines) throw new Failure('EPROTO', "The server doesn't tell what the run has printed.");
  const { edges, pageInfo } = logLines;
  return {
    lines: edges.map(({ node: { number, level, timestamp, line } }, at) => ({
      number: number ?? at,
      text: line ?? '',
      isError: level === 'error',
      timestamp,
    })),
    end: edges.at(-1)?.cursor ?? after,
    hasMore: last === null && pageInfo.hasNextPage,
  };
}
