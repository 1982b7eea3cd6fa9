import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LdapAddress } from '#domain/ldap/ldap-settings';

/** Opens a connection; rejects when there is none after `timeoutMs`. */
export function dial({ host, port, isSecure }: LdapAddress, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const name = host.replaceAll(/^\[|\]$/g, '');
  const socket = isSecure
    ? connectTls({ host: name, port, ...(isIP(name) === 0 && { servername: name }) })
    : connectTcp({ host: name, port });
  const timer = setTimeout(
    () => fail(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })),
    timeoutMs,
  );
  const fail = (error: Error) => {
    clearTimeout(timer);
    socket.destroy();
    reject(error);
  };
  const closed = () => fail(new Error('the connection was closed'));
  socket.on('error', fail);
  socket.on('close', closed);
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    socket.off('error', fail);
    socket.off('close', closed);
    resolve(socket);
  });
  return promise;
}
