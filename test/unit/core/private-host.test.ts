import { describe, expect, it } from 'vitest';
import { isLoopback, isNetworkAddress, isPrivateHost } from '#core/private-host';

const hostOf = (url: string) => new URL(url).hostname;

describe('a host', () => {
  it.each([
    'http://localhost',
    'http://LOCALHOST.',
    'http://api.localhost',
    'http://printer',
    'http://vault.internal',
    'http://nas.local.',
    'http://router.lan',
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f.0.0.1',
    'http://0177.0.0.1',
    'http://2130706433',
    'http://0.0.0.0',
    'http://10.1.2.3',
    'http://100.64.0.1',
    'http://169.254.169.254',
    'http://172.16.0.1',
    'http://172.31.255.255',
    'http://192.168.1.1',
    'http://198.18.0.1',
    'http://224.0.0.1',
    'http://255.255.255.255',
    'http://[::1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:8.8.8.8]',
    'http://[64:ff9b::10.0.0.1]',
    'http://[2002:7f00:1::]',
    'http://[2001::1]',
    'http://[fc00::1]',
    'http://[fd12:3456::1]',
    'http://[fe80::1]',
    'http://[fec0::1]',
    'http://[ff02::1]',
  ])('is private as %s', (url) => {
    expect(isPrivateHost(hostOf(url))).toBe(true);
  });

  it.each([
    'https://hooks.example.com',
    'https://example.com.',
    'https://8.8.8.8',
    'https://172.32.0.1',
    'https://100.128.0.1',
    'https://192.167.255.255',
    'https://[2606:4700::1111]',
    'https://[2001:4860:4860::8888]',
  ])('is of the internet as %s', (url) => {
    expect(isPrivateHost(hostOf(url))).toBe(false);
  });

  it('is a number or a name', () => {
    expect(['[::1]', '10.0.0.1', 'example.com'].map(isNetworkAddress)).toEqual([true, true, false]);
    expect(['[::1]', '127.9.9.9', 'localhost', '10.0.0.1'].map(isLoopback)).toEqual([true, true, true, false]);
    const spellings = ['http://0.0.0.0', 'http://[::]', 'http://[::ffff:127.0.0.1]', 'http://[::ffff:0.0.0.0]'];
    expect(spellings.map((url) => isLoopback(new URL(url).hostname))).toEqual([true, true, true, true]);
    expect(isLoopback(new URL('http://[::ffff:10.0.0.1]').hostname)).toBe(false);
  });
});
