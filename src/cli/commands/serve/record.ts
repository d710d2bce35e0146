import { relative } from 'node:path';
import type { Recorded } from '../../../index.js';
import type { Command } from '../../command.js';
import { bytes, several } from '../../values.js';

const STANDARD_PLACE = '__fixtures__/wandb';

interface Options {
  readonly to: string;
  readonly replace?: boolean;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly maxFileBytes?: number;
  readonly maxBytes?: number;
  readonly json?: boolean;
}

/** Records what the operands name, and tells what came of it, and what was left out. */
export const record: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path...>', 'runs and versions, or projects and entities for all of theirs')
      .option('--to <dir>', 'where the recording appears, whole or not at all', STANDARD_PLACE)
      .option('--replace', 'in place of one that is there')
      .option('--include <glob>', 'only files that match; may be given several times', several)
      .option('--exclude <glob>', 'no files that match; may be given several times', several)
      .option('--max-file-bytes <bytes>', 'larger files are only named', bytes('--max-file-bytes'))
      .option('--max-bytes <bytes>', 'files are only named when there are so many', bytes('--max-bytes'))
      .option('--json', 'print what came of it as JSON'),
  examples: [
    'record wandbfs://team/project/run',
    "record wandbas://team/project/dataset --to fixtures --exclude '*.png'",
  ],
  isWriting: true,
  filesystem: () => ({ readOnly: true }),

  async run(session, operands, { to, json, ...options }) {
    const paths = await Promise.all(operands.map((operand) => pathOf(session, operand)));
    const fs = await session.filesystems.runs();
    const { replace, include, exclude, maxFileBytes, maxBytes } = options;
    const chosen = { replace, include, exclude, maxFileBytes, maxBytes };
    const recorded = await fs.wandb.record(paths, to, { ...chosen, signal: session.signal });
    await session.out.write(json ? `${JSON.stringify(recorded)}\n` : told(recorded));
  },
};

/** A plain path is one of runs, as this command has always read it. */
async function pathOf(session: Parameters<typeof record.run>[0], operand: string): Promise<string> {
  const place = await session.place(operand);
  return place.kind === 'local' ? place.path : session.print(place);
}

function told({ directory, runs, versions, files, bytes: size, leftOut }: Recorded): string {
  const place = relative('', directory) || '.';
  const lines = [
    `Recorded ${runs} runs and ${versions} versions in ${place}: ${files} files, ${size} bytes.`,
  ];
  if (leftOut.length > 0) lines.push('Left out, and only named in it:');
  for (const { path, size: bytesOf } of leftOut) lines.push(`  ${path} (${bytesOf ?? 'unknown'} bytes)`);
  return `${lines.join('\n')}\n`;
}
