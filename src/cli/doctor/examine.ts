import { resolveConfig } from '../../config/config.js';
import { Surroundings } from '../../config/environment/surroundings.js';
import type { WandbFs } from '../../index.js';

/** One thing that was looked at. Keys, passwords and signed addresses are in none. */
export interface Finding {
  readonly subject: string;
  readonly value: string;
  /** Where it comes from: a variable, a file. */
  readonly source: string | null;
  readonly isWell: boolean;
  /** What to do about it. */
  readonly cure: string | null;
}

/** Looks at what configures W&B here, then asks the server who it is that asks. */
export async function examine(
  environment: NodeJS.ProcessEnv,
  filesystem: () => Promise<WandbFs>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [well('node', process.version, process.execPath)];
  const warnings: string[] = [];
  try {
    findings.push(...configured(environment, warnings));
  } catch (error) {
    return [...findings, ill('settings', error)];
  }
  findings.push(...warnings.map((warning) => ({ ...well('warning', warning, null), isWell: false })));
  return [...findings, await reached(filesystem)];
}

function configured(environment: NodeJS.ProcessEnv, warnings: string[]): Finding[] {
  const logger = { warn: (message: string): void => void warnings.push(message) };
  const config = resolveConfig({ logger }, environment);
  const { keySource, identityTokenFile, missingKeyHint, proxies, isTlsVerified } = config.wire.reveal();
  const around = new Surroundings(environment, process.cwd(), () => {});
  const baseSource = around.variable('WANDB_BASE_URL')
    ? 'WANDB_BASE_URL'
    : (around.settingFile('base_url') ?? 'the default');
  const key =
    keySource === null
      ? { ...well('key', 'none', null), isWell: false, cure: missingKeyHint }
      : well('key', identityTokenFile === null ? 'found, not shown' : 'an identity token', keySource);
  const proxy = new URL(config.baseUrl).protocol === 'https:' ? proxies?.https : proxies?.http;
  const certificates = around.variable('NODE_EXTRA_CA_CERTS');
  return [
    well('server', config.baseUrl, baseSource),
    well('app', config.appUrl, around.variable('WANDB_APP_URL') ? 'WANDB_APP_URL' : 'that of the server'),
    key,
    proxy
      ? {
          ...well('proxy', proxy.origin || 'unusable', proxy.source),
          isWell: !proxy.problem,
          cure: proxy.problem,
        }
      : well('proxy', 'none', null),
    well('no proxy', proxies?.no || 'none', proxies?.no ? 'NO_PROXY' : null),
    isTlsVerified
      ? well(
          'certificates',
          certificates ?? "Node's own",
          certificates === null ? null : 'NODE_EXTRA_CA_CERTS',
        )
      : { ...well('certificates', 'not verified', 'WANDB_INSECURE_DISABLE_SSL'), isWell: false },
    well('journal', config.journal?.dir ?? 'off', config.journal ? 'WANDB_FS_JOURNAL' : null),
    well(
      'entity',
      around.variable('WANDB_ENTITY') ?? 'none',
      around.variable('WANDB_ENTITY') ? 'WANDB_ENTITY' : null,
    ),
    well(
      'project',
      around.variable('WANDB_PROJECT') ?? 'none',
      around.variable('WANDB_PROJECT') ? 'WANDB_PROJECT' : null,
    ),
  ];
}

/** Twice: the first request has to connect, the second one tells how long one takes. */
async function reached(filesystem: () => Promise<WandbFs>): Promise<Finding> {
  const subject = 'request';
  try {
    const fs = await filesystem();
    const times: number[] = [];
    let entities: readonly string[] = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      fs.wandb.refresh();
      const begun = performance.now();
      entities = await fs.promises.readdir('/');
      times.push(Math.round(performance.now() - begun));
    }
    const [first, second] = times;
    return well(
      subject,
      `${first} ms with the connection, then ${second} ms; entities: ${entities.join(', ')}`,
      null,
    );
  } catch (error) {
    return ill(subject, error);
  }
}

const well = (subject: string, value: string, source: string | null): Finding => ({
  ...{ subject, value, source },
  ...{ isWell: true, cure: null },
});

function ill(subject: string, error: unknown): Finding {
  const { code, message } = Object(error) as NodeJS.ErrnoException;
  return {
    subject,
    value: `failed${code === undefined ? '' : ` (${code})`}`,
    source: null,
    isWell: false,
    cure: message,
  };
}
