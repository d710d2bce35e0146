import { type Tags, tagId } from '../../artifacts/records.js';
import { type PageArguments, slice } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';

export const tagNodes = (tags: Tags) =>
  [...tags].map(([name, tagCategoryName]) => ({ __typename: 'Tag', id: tagId(name), name, tagCategoryName }));

export function tagConnection(
  instance: Instance,
  tags: Tags,
  args: PageArguments & { readonly tagCategoryName?: string | null },
) {
  const nodes = tagNodes(tags).filter(
    (tag) => !args.tagCategoryName || tag.tagCategoryName === args.tagCategoryName,
  );
  return slice(nodes, { toNode: (tag) => tag, mostRows: instance.settings.limits.page }, args);
}
