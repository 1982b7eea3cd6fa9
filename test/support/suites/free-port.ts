import { createServer } from 'node:net';

/** A loopback port that nothing listens on now. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') return reject(new Error('no port'));
    server.close(() => resolve(address.port));
  });
  return promise;
}
