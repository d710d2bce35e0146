/** What a handle's `read` may be given, made anew for each. */
export const readForms = (): readonly (readonly unknown[])[] => [
  [Buffer.alloc(8), 0, null, 0],
  [Buffer.alloc(8), 2, null, 1],
  [Buffer.alloc(8), { length: null, position: 0 }],
  [{ buffer: Buffer.alloc(4), length: null, position: 0 }],
  [Buffer.alloc(8), Object.create({ offset: 2, length: 3, position: 1 })],
  [Buffer.alloc(8), null, 4, 0],
  [Buffer.alloc(8), 9],
  [Buffer.alloc(8), { offset: 7, length: 2 }],
  [Buffer.alloc(4), 0, 4, 'x'],
  [Buffer.alloc(4), 0, 4, 2n],
  [Buffer.alloc(4), 0, 0, 'x'],
  [[]],
  [null],
  [1],
];
