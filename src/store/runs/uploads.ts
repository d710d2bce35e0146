import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { OpenSource, Signalled, Ticket, Uploads } from '../../contract/uploads.js';
import { CreateRunFilesDocument, MarkRunFilesUploadedDocument } from '../../wire/generated.js';
import { uploadHeaders } from '../../wire/transfer/upload.js';
import { isWireFailure } from '../../wire/wire-failure.js';
import { isExpired } from '../common/content.js';
import { byRun, type RunName, type RunsContext } from './tree.js';

/*
 * Uploads in the SDK's three steps: declare names, PUT bytes, mark them as uploaded (protocol section 4.3).
 */

/** A file that the server doesn't take has no ticket, unless it takes none: then that is the failure. */
export async function declareFiles(
  context: RunsContext,
  paths: readonly TreePath[],
  { signal }: Signalled,
): Promise<readonly Ticket[]> {
  const tickets: Ticket[] = [];
  const refusals: Failure[] = [];
  for (const { run, files } of byRun(paths.map((path) => ({ path })))) {
    const batches = await context.sizes.all(
      'files',
      files,
      (batch) => declare(context, run, batch, signal),
      // One name that the server refuses must not keep the others back.
      (_, failure) => refusals.push(failure),
    );
    tickets.push(...batches.flat());
  }
  if (tickets.length === 0 && refusals[0]) throw refusals[0];
  return tickets;
}

export async function putFile(
  context: RunsContext,
  ticket: Ticket,
  source: OpenSource,
  options: Parameters<Uploads['put']>[2],
): Promise<{ readonly md5: string | null }> {
  const { transfers } = context;
  const { signal, onProgress, onPushback } = options;
  const sending = { signal, onProgress, onPushback };
  try {
    return await transfers.upload(ticket.url, ticket.headers, source, sending);
  } catch (error) {
    if (!isWireFailure(error) || !isExpired(error)) throw error;
    // Its time may be over: large batches wait long. Declaring a name again leaves its content as it is.
    const [fresh] = await declareFiles(context, [ticket.path], options);
    if (!fresh) throw error;
    return await transfers.upload(fresh.url, fresh.headers, source, sending);
  }
}

export async function markUploaded(
  context: RunsContext,
  tickets: readonly Ticket[],
  { signal }: Signalled,
): Promise<void> {
  if (tickets.length === 0 || !(await context.features.has('MARK_RUN_FILES_UPLOADED'))) return;
  const { client, sizes } = context;
  for (const { run, files } of byRun(tickets)) {
    await sizes.all('files', files, async (batch) => {
      const variables = { ...run, files: batch.map(({ name }) => name) };
      const options = context.sized(batch.length, signal);
      const { markRunFilesUploaded } = await client.run(MarkRunFilesUploadedDocument, variables, options);
      if (!markRunFilesUploaded?.success) {
        throw new Failure('EIO', "The server didn't take note of the uploaded files.");
      }
    });
  }
}

async function declare(
  context: RunsContext,
  run: RunName,
  batch: readonly { readonly path: TreePath; readonly name: string }[],
  signal: AbortSignal | undefined,
): Promise<readonly Ticket[]> {
  const variables = { ...run, files: batch.map(({ name }) => name) };
  const options = context.sized(batch.length, signal);
  const { createRunFiles: created } = await context.client.run(CreateRunFilesDocument, variables, options);
  if (!created) throw new Failure('EPROTO', "The server didn't answer which files it takes.");
  // What `markUploaded` needs comes while the files are sent.
  context.features.expect();
  const headers = uploadHeaders(created.uploadHeaders);
  const urls = new Map(created.files.map(({ name, uploadUrl }) => [name, uploadUrl]));
  return batch.map(({ path, name }) => {
    const url = urls.get(name);
    if (!url) throw new Failure('EPROTO', `The server gave no address to upload '${name}' to.`);
    return { path, url: context.absolute(url), headers };
  });
}
