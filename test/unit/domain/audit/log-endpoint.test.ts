import { describe, expect, it } from 'vitest';
import { parseLogEndpoint } from '#domain/audit/log-endpoint';

describe('the endpoint of a receiver', () => {
  it.each([
    ['logs.example.com:514', { host: 'logs.example.com', port: 514 }],
    [' 192.0.2.1:6514 ', { host: '192.0.2.1', port: 6514 }],
    ['[2001:db8::1]:514', { host: '2001:db8::1', port: 514 }],
    ['syslog:65535', { host: 'syslog', port: 65_535 }],
    ['my_logs:1', { host: 'my_logs', port: 1 }],
  ])('is read from %s', (text, endpoint) => {
    expect(parseLogEndpoint(text)).toEqual(endpoint);
  });

  it.each([
    '',
    'logs.example.com',
    'logs.example.com:',
    ':514',
    'logs.example.com:0',
    'logs.example.com:65536',
    'tcp://logs.example.com:514',
    'user:secret@logs.example.com:514',
    '2001:db8::1:514',
    '[logs]:514',
    'logs example:514',
    'logs.example.com:514/path',
    '-logs:514',
    `${'a'.repeat(300)}:514`,
  ])('is not read from %j', (text) => {
    expect(parseLogEndpoint(text)).toBeUndefined();
  });
});
