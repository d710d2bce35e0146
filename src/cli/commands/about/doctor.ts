import type { Command } from '../../command.js';
import { examine, type Finding } from '../../doctor/examine.js';
import { EXIT } from '../../exit-status.js';
import { document } from '../../output/json.js';
import { styled } from '../../output/style.js';
import { table } from '../../output/table.js';

interface Options {
  readonly json?: boolean;
}

export const doctor: Command<Options> = {
  declare: (command) => command.option('--json', 'what was found, as one object'),
  examples: ['doctor', 'doctor --json'],

  async run(session, _, { json }) {
    const { out, environment, filesystems } = session;
    const findings = await examine(environment, () => filesystems.runs());
    if (json) await out.write(document({ isWell: findings.every(({ isWell }) => isWell), findings }));
    else {
      const rows = findings.map(({ subject, isWell, value, source }) => [
        styled(isWell ? 'ok' : '!!', isWell ? 'good' : 'bad', out),
        subject,
        session.name(value) + (source === null ? '' : styled(` (${session.name(source)})`, 'faint', out)),
      ]);
      // What is wrong is told whole, however narrow the terminal is.
      for (const line of table(rows, ['left', 'left', 'left'], Number.POSITIVE_INFINITY))
        await out.line(line);
      for (const { cure } of findings as readonly Finding[])
        if (cure !== null) await out.line(`\n${session.name(cure)}`);
    }
    if (findings.some(({ isWell }) => !isWell)) session.endWith(EXIT.failed);
  },
};
