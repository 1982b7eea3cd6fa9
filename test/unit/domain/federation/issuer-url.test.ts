import { describe, expect, it } from 'vitest';
import { discoveryUrl, issuerUrlProblem } from '#domain/federation/issuer-url';

const problemOf = (url: string, isLoopbackAllowed = false) => issuerUrlProblem(url, { isLoopbackAllowed });

describe('issuerUrlProblem', () => {
  it.each([
    'https://token.actions.githubusercontent.com',
    'https://gitlab.example.com/',
    'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC',
    'https://issuer.example.com:8443/realms/ci',
  ])('has nothing against %s', (url) => {
    expect(problemOf(url)).toBeUndefined();
  });

  it.each([
    ['http://issuer.example.com', /https/],
    ['ftp://issuer.example.com', /https/],
    ['file:///etc/passwd', /https/],
    ['issuer.example.com', /not a URL/],
    ['https://issuer.example.com/a b', /not a URL/],
    ['https://user:secret@issuer.example.com', /credentials/],
    ['https://issuer.example.com?a=b', /query/],
    ['https://issuer.example.com/#', /fragment/],
    [`https://issuer.example.com/${'a'.repeat(512)}`, /longer/],
    ['https://127.0.0.1', /network address/],
    ['https://10.0.0.8', /network address/],
    ['https://192.168.1.1', /network address/],
    ['https://172.16.0.1', /network address/],
    ['https://169.254.169.254', /network address/],
    ['https://2130706433', /network address/],
    ['https://0x7f.1', /network address/],
    ['https://0177.0.0.1', /network address/],
    ['https://１２７.0.0.1', /network address/],
    ['https://127.0.0.1.', /network address/],
    ['https://[::1]', /network address/],
    ['https://[fe80::1]', /network address/],
    ['https://[fd00::1]', /network address/],
    ['https://[::ffff:10.0.0.1]', /network address/],
    ['https://localhost', /private host/],
    ['https://LOCALHOST.', /private host/],
    ['https://ci.localhost', /private host/],
    ['https://printer.local', /private host/],
    ['https://metadata.google.internal', /private host/],
    ['https://kubernetes', /private host/],
    ['https://router.home.arpa', /private host/],
  ])('refuses %s', (url, problem) => {
    expect(problemOf(url)).toMatch(problem);
  });

  it.each(['http://127.0.0.1:8080', 'http://[::1]:8080/a', 'http://localhost:9000'])(
    'has nothing against %s where loopback is allowed, and nowhere else',
    (url) => {
      expect(problemOf(url, true)).toBeUndefined();
      expect(problemOf(url)).toBeDefined();
    },
  );

  it.each(['http://10.0.0.8', 'http://issuer.example.com', 'https://127.0.0.1', 'http://127.0.0.1.example.com'])(
    'still refuses %s where loopback is allowed',
    (url) => {
      expect(problemOf(url, true)).toBeDefined();
    },
  );
});

describe('discoveryUrl', () => {
  it.each([
    ['https://a.example', 'https://a.example/.well-known/openid-configuration'],
    ['https://a.example/', 'https://a.example/.well-known/openid-configuration'],
    ['https://a.example/id/1', 'https://a.example/id/1/.well-known/openid-configuration'],
  ])('of %s is %s', (issuer, url) => {
    expect(discoveryUrl(issuer)).toBe(url);
  });
});
