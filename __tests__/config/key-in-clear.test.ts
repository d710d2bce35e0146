import { resolveConfig } from '../../src/config/config.js';

const warningsOf = (baseUrl: string): readonly string[] => {
  const heard: string[] = [];
  const logger = { warn: (message: string) => void heard.push(message) };
  resolveConfig({ baseUrl, apiKey: 'k'.repeat(40), logger }, { HOME: '/nonexistent' }, '/nonexistent');
  return heard;
};

test.each(['http://wandb.example.com', 'http://10.0.0.7:8080/wandb', 'http://localhost.example.com'])(
  '%s warns once that the key travels in clear, and shows no key',
  (baseUrl) => {
    expect(warningsOf(baseUrl)).toEqual([
      `The API key travels to ${baseUrl} in clear, for all on the way to read; use https.`,
    ]);
  },
);

test.each([
  'https://wandb.example.com',
  'http://localhost:8080',
  'http://wandb.localhost',
  'http://127.0.0.1:8080',
  'http://127.1.2.3',
  'http://[::1]:8080',
])('%s does not', (baseUrl) => {
  expect(warningsOf(baseUrl)).toEqual([]);
});

test('nor where there is no key', () => {
  const heard: string[] = [];
  const logger = { warn: (message: string) => void heard.push(message) };
  resolveConfig({ baseUrl: 'http://wandb.example.com', logger }, { HOME: '/nonexistent' }, '/nonexistent');
  expect(heard).toEqual([]);
});
