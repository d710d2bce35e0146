/** What options of other programs, which fingers write by themselves, are here; by command and option. */
const HABITS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Of every command.
  '*': {
    '-v': "leave it out: what moves is told, and '--debug' tells each request",
    '--verbose': "leave it out: what moves is told, and '--debug' tells each request",
  },
  '': { '-v': "'-V' is the version, '--debug' tells more", '--verbose': "'--debug' tells more" },
  cat: {
    '-n': "'| cat -n' numbers lines",
    '-A': "'| cat -A' shows controls",
    '-c': "'--count' is how many bytes, 'head -c' the first of them",
  },
  cp: {
    '-a': "'-r' goes down; W&B keeps neither modes nor times",
    '-p': 'leave it out: W&B keeps neither modes nor times',
    '-u': "leave it out, for what is the same is not copied again; '-n' keeps what is there",
    '-i': "nothing is asked here: '-n' keeps what is there, 'sync --dry-run' tells what would be done",
    '-L': 'leave it out: links are followed',
  },
  du: { '-b': 'leave it out: sizes are bytes of content', '-k': "'-h' is for people; else sizes are bytes" },
  get: {
    '-f': 'leave it out: what is there is replaced',
    '-r': 'leave it out: directories are copied whole',
    '-o': 'the place is the second path',
  },
  ls: {
    '-F': "'-l' tells what is a directory",
    '--color': 'a terminal has colours, unless NO_COLOR is set',
    '-i': "'stat' tells the inode",
  },
  mkdir: { '-m': 'leave it out: W&B keeps no modes' },
  mv: {
    '-i': "nothing is asked here: '-n' keeps what is there",
    '-r': 'leave it out: directories move whole',
  },
  put: {
    '-f': 'leave it out: what is there is replaced',
    '-r': 'leave it out: directories are copied whole',
  },
  rm: {
    '-i': "nothing is asked here: 'ls' or 'find' with the same path tells what would go",
    '-I': "nothing is asked here: 'ls' or 'find' with the same path tells what would go",
    '-d': "'-r' removes directories",
  },
  stat: { '-c': "'--json' has all there is, for jq and the like", '-f': "'--json' has all there is" },
  sync: {
    '-a': 'leave it out: it goes down by itself, and W&B keeps neither modes nor times',
    '-r': 'leave it out: it goes down by itself',
    '-P': 'leave it out: a terminal shows how far it is, and what was interrupted goes on',
    '--progress': 'leave it out: a terminal shows how far it is',
    '-z': 'leave it out: nothing is compressed on the way',
    '-u': "leave it out, for what is the same is not copied again; 'cp -n' keeps what is there",
    '--checksum': 'leave it out: checksums are compared where sizes are the same',
  },
  tail: { '-s': "'--interval' is how often it is looked after" },
};

/**
 * What was meant by an option that a command doesn't know; null where nothing comes to mind.
 *
 * @param flag as it was written, with those that stand in one word with it: '-av'
 * @param known the command's own long options
 */
export function habitOf(command: string, flag: string, known: readonly string[]): string | null {
  // As find of a disk has them.
  const plain = (name: string): string => name.replaceAll('-', '');
  const long = flag.startsWith('--') ? undefined : known.find((name) => plain(name) === plain(flag));
  if (long !== undefined) return `write '${long}'`;
  const habits = { ...(command === '' ? {} : HABITS['*']), ...HABITS[command] };
  const [name = ''] = flag.split('=');
  const letters = flag.startsWith('--') ? [] : [...flag.slice(1)].map((letter) => `-${letter}`);
  return [name, ...letters].map((each) => habits[each]).find((advice) => advice !== undefined) ?? null;
}
