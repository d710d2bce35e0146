/** Settings by name, from the `[default]` section of one of W&B's settings files (INI). */
export function parseSettings(content: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let isInDefault = false;
  for (const line of content.split(/\r?\n/)) {
    const section = /^\s*\[([^\]]*)\]/.exec(line);
    if (section) {
      isInDefault = section[1]?.trim().toLowerCase() === 'default';
      continue;
    }
    const setting = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (isInDefault && setting?.[1] !== undefined) settings.set(setting[1].toLowerCase(), setting[2] ?? '');
  }
  return settings;
}
