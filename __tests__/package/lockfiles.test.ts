import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

describe('a lockfile', () => {
  it.each(['package-lock.json', 'site/package-lock.json'])('says where each package is: %s', (file) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    const places = Object.entries(packages).filter(([path]) => path !== '');
    expect(places.length).toBeGreaterThan(0);
    const unsaid = places.filter(([, { resolved }]) => !resolved?.startsWith('https://registry.npmjs.org/'));
    expect(unsaid).toEqual([]);
  });
});
