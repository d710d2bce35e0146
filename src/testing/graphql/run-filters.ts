import { GraphQLError } from 'graphql';
import type { Sorting } from '../server/connections.js';
import type { Run } from '../world/records.js';
import { dig, mongoFilter, orderBy } from './filters.js';

/** Values of a run by the names that filters and orders use. Several stand for lists, such as tags. */
function valuesOf(run: Run, key: string, viewer: string): readonly unknown[] {
  switch (key) {
    case 'name':
      return [run.name];
    case 'state':
      return [run.state];
    case 'displayName':
    case 'display_name':
      return [run.displayName];
    case 'createdAt':
    case 'created_at':
      return [new Date(run.createdAt).toISOString()];
    case 'heartbeatAt':
    case 'heartbeat_at':
    case 'updated_at':
      return [new Date(run.heartbeatAt).toISOString()];
    case 'group':
      return [run.group];
    case 'jobType':
    case 'job_type':
      return [run.jobType];
    case 'host':
      return [run.host];
    case 'sweep':
      return [run.sweepName];
    case 'username':
      return [viewer];
    case 'tags':
      return run.tags;
    case 'duration':
      return [(run.heartbeatAt - run.createdAt) / 1000];
  }
  const [root, ...path] = key.split('.');
  if (root === 'summary_metrics') return [dig(JSON.parse(run.summaryMetrics), path)];
  if (root === 'config') {
    const [name = '', ...rest] = path;
    return [dig(dig(JSON.parse(run.config), [name, 'value']), rest[0] === 'value' ? rest.slice(1) : rest)];
  }
  throw new GraphQLError(`Runs have no '${key}' to filter or order by.`);
}

/** Whether a run passes a filter, given as JSON text. */
export const runFilter = (text: string | null | undefined, viewer: string): ((run: Run) => boolean) =>
  mongoFilter(text, (run, key) => valuesOf(run, key, viewer));

/** How `order` sorts runs. Times are told to the second, but runs of one second still have an order. */
export const runOrder = (order: string | null | undefined, viewer: string): Sorting<Run> =>
  orderBy(
    order,
    '+created_at',
    (run, key) => (/^created(At|_at)$/.test(key) ? [run.createdAt] : valuesOf(run, key, viewer)),
    ({ number }) => number,
  );
