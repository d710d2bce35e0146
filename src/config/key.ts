import { isSameServer } from './base-url.js';
import type { Surroundings } from './environment/surroundings.js';
import type { WandbFsOptions } from './options.js';
import { checkKey, invalidValue } from './validate.js';

/** Where the API is. */
export interface Base {
  /** In one form. */
  readonly baseUrl: string;
  /** As somebody wrote it. */
  readonly written: string;
}

/** How requests are authorised, and where that was found, for messages. */
export interface Key {
  readonly apiKey: string | null;
  readonly identityTokenFile: string | null;
  readonly keySource: string | null;
}

/**
 * Looks for the key as W&B's SDK does (protocol section 1.2): option, environment, netrc, settings files. Finding none
 * is no error here: it is one when the first request is made.
 */
export function findKey(options: WandbFsOptions, { baseUrl, written }: Base, around: Surroundings): Key {
  const withKey = (apiKey: string, keySource: string): Key => {
    checkKey(keySource, apiKey);
    return { apiKey, identityTokenFile: null, keySource };
  };
  const withToken = (file: string, keySource: string): Key => ({
    apiKey: null,
    identityTokenFile: around.expand(file),
    keySource,
  });

  if (options.apiKey !== undefined && options.identityTokenFile !== undefined) {
    throw invalidValue('options.identityTokenFile', 'give either `apiKey` or `identityTokenFile`, not both');
  }
  if (options.apiKey !== undefined) return withKey(options.apiKey, 'options.apiKey');
  if (options.identityTokenFile !== undefined)
    return withToken(options.identityTokenFile, 'options.identityTokenFile');

  const key = around.variable('WANDB_API_KEY');
  const tokenFile = around.variable('WANDB_IDENTITY_TOKEN_FILE');
  if (key !== null && tokenFile !== null) {
    throw invalidValue('WANDB_IDENTITY_TOKEN_FILE', 'WANDB_API_KEY is set too; unset one of them');
  }
  if (key !== null) return withKey(key, 'WANDB_API_KEY');
  if (tokenFile !== null) return withToken(tokenFile, 'WANDB_IDENTITY_TOKEN_FILE');

  const password = around.netrc(written)?.password;
  if (password) return withKey(password, around.netrcPath);

  const inFiles = around.setting('base_url');
  const belongs = inFiles === null || isSameServer(inFiles, baseUrl);
  const inSettings = belongs ? around.setting('api_key') : null;
  if (inSettings) return withKey(inSettings, `api_key in ${around.settingFile('api_key')}`);
  return { apiKey: null, identityTokenFile: null, keySource: null };
}

/** For requests without a key: every way to give one, and where was looked for it. */
export function missingKeyHint(baseUrl: string, appUrl: string, around: Surroundings): string {
  const { host } = new URL(baseUrl);
  const others =
    around.setting('api_key') === null ? '' : `; the key there is for ${around.setting('base_url')}`;
  return (
    `No API key for ${baseUrl}: pass \`apiKey\`, set WANDB_API_KEY (or WANDB_IDENTITY_TOKEN_FILE), or run ` +
    `\`wandb login\`, which writes your netrc file; keys are at ${appUrl}/authorize. Looked for in the options, in these ` +
    `variables, for '${host}' in ${around.netrcPath}, and for \`api_key\` in ${around.settingsPaths.join(' and ')}${others}.`
  );
}
