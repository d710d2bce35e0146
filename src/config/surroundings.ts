import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { type NetrcEntry, parseNetrc } from './netrc.js';
import { parseSettings } from './settings-file.js';

interface SettingsFile {
  readonly path: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** What configures W&B outside the program: environment and files. Files are read when asked for, once. */
export class Surroundings {
  private readonly home: string;
  private netrcFile: ReturnType<typeof parseNetrc> | null | undefined;
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

  /** A setting, from the local file before the global one. */
  setting(name: string): string | null {
    return (
      this.settings()
        .find(({ settings }) => settings.get(name))
        ?.settings.get(name) ?? null
    );
  }

  /** The file that a setting is in; null where it is in none. */
  settingFile(name: string): string | null {
    return this.settings().find(({ settings }) => settings.get(name))?.path ?? null;
  }

  /** Where settings are looked for. */
  get settingsPaths(): readonly string[] {
    return this.settings().map(({ path }) => path);
  }

  /** The entry of a machine, which is the base URL's host with its port, else the default entry. */
  netrc(machine: string): NetrcEntry | null {
    if (this.netrcFile === undefined) {
      this.netrcFile = this.readWarning(this.netrcPath, parseNetrc);
    }
    return this.netrcFile?.machines.get(machine) ?? this.netrcFile?.fallback ?? null;
  }

  get netrcPath(): string {
    const named = this.variable('NETRC');
    if (named) return this.expand(named);
    const candidates = [join(this.home, '.netrc'), join(this.home, '_netrc')];
    return candidates.find((path) => existsSync(path)) ?? join(this.home, '.netrc');
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
    if (!existsSync(path)) return null;
    try {
      return parse(readFileSync(path, 'utf8'));
    } catch (error) {
      this.warn(`${path} is left out: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}
