import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { disk } from '../../platform/disk.js';
import { invalidValue } from '../validate.js';
import { type NetrcEntry, parseNetrc } from './netrc.js';
import { parseSettings } from './settings-file.js';

const { existsSync, readFileSync } = disk;

interface SettingsFile {
  readonly path: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** What configures W&B outside the program: environment and files. Files are read when asked for, once. */
export class Surroundings {
  private readonly home: string;
  private netrcFile: ReturnType<typeof parseNetrc> | undefined;
  private settingsFiles: readonly SettingsFile[] | undefined;

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly cwd: string,
    private readonly warn: (message: string) => void,
  ) {
    this.home = env.HOME || env.USERPROFILE || homedir();
  }

  /** An environment variable; one that is empty counts as unset. */
  variable(name: string): string | null {
    return this.env[name] || null;
  }

  /** A variable that holds a JSON object; null: unset. Throws a TypeError, without the value, for anything else. */
  object(name: string): object | null {
    const text = this.variable(name);
    if (text === null) return null;
    const value = parsed(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw invalidValue(name, 'expected a JSON object of strings');
  }

  /** A setting, from the local file before the global one. */
  setting(name: string): string | null {
    return this.fileOf(name)?.settings.get(name) ?? null;
  }

  /** The file that a setting is in; null where it is in none. */
  settingFile(name: string): string | null {
    return this.fileOf(name)?.path ?? null;
  }

  private fileOf(setting: string): SettingsFile | undefined {
    return this.settings().find(({ settings }) => settings.get(setting));
  }

  /** Where settings are looked for. */
  get settingsPaths(): readonly string[] {
    return this.settings().map(({ path }) => path);
  }

  /**
   * The entry of a server: by its host and port as `url` writes them, which is how the SDK looks for it, else by any other
   * spelling of both; else the default entry.
   */
  netrc(url: string): NetrcEntry | null {
    this.netrcFile ??= this.readWarning(this.netrcPath, parseNetrc) ?? parseNetrc('');
    const { machines, fallback } = this.netrcFile;
    const { protocol, host } = new URL(url);
    const same = [...machines].filter(([name]) => hostOf(protocol, name) === host).at(-1)?.[1];
    return machines.get(writtenHost(url)) ?? same ?? fallback;
  }

  get netrcPath(): string {
    const named = this.variable('NETRC');
    if (named) return this.expand(named);
    const candidates = [join(this.home, '.netrc'), join(this.home, '_netrc')];
    return candidates.find(isThere) ?? join(this.home, '.netrc');
  }

  get credentialsFile(): string {
    const named = this.variable('WANDB_CREDENTIALS_FILE');
    return named ? this.expand(named) : join(this.home, '.config', 'wandb', 'credentials.json');
  }

  /** Where this user's programs keep state on this system, and our journal in it. */
  get journalDirectory(): string {
    const place = join('wandb-fs', 'journal');
    if (process.platform === 'darwin') return join(this.home, 'Library', 'Application Support', place);
    if (process.platform === 'win32') {
      return join(this.variable('LOCALAPPDATA') ?? join(this.home, 'AppData', 'Local'), place);
    }
    // By the XDG specification a relative path counts as unset.
    const state = this.variable('XDG_STATE_HOME');
    return join(state !== null && isAbsolute(state) ? state : join(this.home, '.local', 'state'), place);
  }

  absolute(path: string): string {
    return resolve(this.cwd, path);
  }

  expand(path: string): string {
    return path.replace(/^~(?=\/|$)/, this.home);
  }

  private settings(): readonly SettingsFile[] {
    const global = this.variable('WANDB_CONFIG_DIR') ?? join(this.home, '.config', 'wandb');
    const local = join(this.variable('WANDB_DIR') ?? this.cwd, 'wandb');
    this.settingsFiles ??= [local, global].map((directory) => {
      const path = join(this.expand(directory), 'settings');
      return { path, settings: this.readWarning(path, parseSettings) ?? new Map() };
    });
    return this.settingsFiles;
  }

  /** A file that isn't there is nothing; one that can't be read is nothing, with a warning, as for the SDK. */
  private readWarning<T>(path: string, parse: (content: string) => T): T | null {
    if (!isThere(path)) return null;
    try {
      return parse(readFileSync(path, 'utf8'));
    } catch (error) {
      this.warn(`${path} is left out: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}

/** What Node's permission model hides from this process is no configuration of its. */
function isThere(path: string): boolean {
  try {
    return existsSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED') return false;
    throw error;
  }
}

const writtenHost = (url: string): string => /^[^:]*:\/\/([^/?#]*)/.exec(url.trim())?.[1] ?? '';

/** A machine's name in one form, without the scheme's own port; null: it is no host. */
function hostOf(protocol: string, machine: string): string | null {
  const url = `${protocol}//${machine}`;
  return /[/?#@]/.test(machine) || !URL.canParse(url) ? null : new URL(url).host;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
