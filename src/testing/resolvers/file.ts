import { posix } from 'node:path';
import { GraphQLError, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { likePattern } from '../graphql/filters.js';
import { BY_NUMBER, type PageArguments } from '../server/connections.js';
import { checkLimit } from '../server/limits.js';
import { isKey, LONGEST_KEY, mimeType } from '../storage/objects.js';
import type { Instance } from '../world/instance.js';
import { type FileRow, objectKey, type Run } from '../world/records.js';
import { dateTime, type NodeFields } from './node.js';

export interface FileListArguments extends PageArguments {
  readonly names?: readonly (string | null)[] | null;
  /** LIKE, not a glob. */
  readonly pattern?: string | null;
  readonly contentType?: readonly string[] | null;
}

/** @param isUpload declares the files that are named */
export function fileConnection(instance: Instance, run: Run, args: FileListArguments, isUpload: boolean) {
  const { limits } = instance.settings;
  checkLimit('names', args.names?.length ?? 0, limits.names);
  if (isUpload) declareNamed(instance, run, args.names ?? []);
  const pattern = args.pattern ? likePattern(args.pattern) : null;
  const types = args.contentType?.length ? args.contentType : null;
  const rows = chosenRows(run, args.names);
  // Without a filter a page is cut of the rows as they are: it costs what it shows, not what the run has.
  const shown =
    pattern || types
      ? rows.filter(({ name }) => (pattern?.test(name) ?? true) && (types?.includes(mimeType(name)) ?? true))
      : rows;
  return {
    ...instance.pages.ordered(shown, BY_NUMBER, (row) => fileNode(instance, row), args),
    uploadHeaders: instance.settings.uploadHeaders,
  };
}

function declareNamed(instance: Instance, run: Run, names: readonly (string | null)[]): void {
  const wanted = names.filter((name) => name !== null).map((name) => posix.normalize(name));
  for (const name of wanted) checkFileName(name);
  for (const name of wanted) instance.world.declare(run, name);
}

export function checkFileName(name: string): void {
  if (!isKey(name)) throw new GraphQLError(`invalid file name ${JSON.stringify(name)}`);
  if (Buffer.byteLength(name) > LONGEST_KEY)
    throw new GraphQLError(`the file name has more than ${LONGEST_KEY} bytes`);
}

/** An empty list of names means all files, as the SDK sends it; './a' asks for what `run.save('./a')` made an 'a' of. */
function chosenRows(run: Run, names: readonly (string | null)[] | null | undefined): readonly FileRow[] {
  if (!names?.length) return run.files.inOrder();
  const found = (name: string | null) =>
    name === null ? undefined : (run.files.get(name) ?? run.files.get(posix.normalize(name)));
  const rows = [...new Set(names.map(found))];
  return rows.filter((row) => row !== undefined).sort((a, b) => a.number - b.number);
}

export function fileNode(instance: Instance, row: FileRow): NodeFields {
  const { id, name, updatedAt, sizeBytes, md5 } = instance.world.settle(row);
  return {
    id,
    name,
    displayName: name,
    // Signed only where asked for: a signature costs more than the rest of the row.
    url: ({ upload }: { upload?: boolean | null }) =>
      upload ? instance.uploadUrl(row) : instance.apiFileUrl(row),
    directUrl: () => instance.downloadUrl(row),
    uploadUrl: () => instance.uploadUrl(row),
    uploadHeaders: instance.settings.uploadHeaders,
    storagePath: objectKey(row),
    sizeBytes,
    mimetype: mimeType(name),
    md5,
    digest: md5,
    createdAt: dateTime(row.createdAt),
    updatedAt: dateTime(updatedAt),
    exists: updatedAt !== null,
    isReference: false,
  };
}

/**
 * Does a list of files ask for `url(upload: true)`? So older clients announce what they upload: the files that they name
 * are declared by it.
 */
export const isUploadRequest = (info: GraphQLResolveInfo): boolean =>
  info.fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && asks(selectionSet, info));

const asks = ({ selections }: SelectionSetNode, info: GraphQLResolveInfo): boolean =>
  selections.some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = info.fragments[selection.name.value];
      return fragment !== undefined && asks(fragment.selectionSet, info);
    }
    if (selection.kind === Kind.FIELD && selection.name.value === 'url') {
      return (selection.arguments ?? []).some(({ name, value }) => {
        if (name.value !== 'upload') return false;
        if (value.kind === Kind.VARIABLE) return info.variableValues[value.name.value] === true;
        return value.kind === Kind.BOOLEAN && value.value;
      });
    }
    return selection.selectionSet !== undefined && asks(selection.selectionSet, info);
  });
