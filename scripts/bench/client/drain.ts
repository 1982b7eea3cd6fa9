import { connect } from 'node:net';

const HEAD_LIMIT_BYTES = 64 * 1024;

/**
 * GETs a body and drops it, answering how many bytes it had. Reads the socket into one buffer that is used again and
 * again, so that the client stays far faster than any server.
 */
export function drain(url: string, authorization: string | undefined): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let head = '';
  let expectedBytes: number | undefined;
  let receivedBytes = 0;
  const socket = connect({
    host: hostname,
    port: Number(port),
    onread: {
      buffer: Buffer.alloc(1024 * 1024),
      callback: (count, buffer) => {
        if (expectedBytes === undefined) {
          head += Buffer.from(buffer.buffer, buffer.byteOffset, count).toString('latin1');
          const end = head.indexOf('\r\n\r\n');
          if (end < 0 && head.length < HEAD_LIMIT_BYTES) return true;
          expectedBytes = contentLength(head.slice(0, end));
          receivedBytes = head.length - end - 4;
        } else {
          receivedBytes += count;
        }
        if (Number.isNaN(expectedBytes)) socket.destroy(new Error(`GET ${url} answered ${head.slice(0, 300)}`));
        else if (receivedBytes >= expectedBytes) socket.end();
        return true;
      },
    },
  });
  socket.on('error', reject);
  socket.on('close', () => {
    if (receivedBytes === expectedBytes) resolve(receivedBytes);
    else reject(new Error(`GET ${url} ended after ${receivedBytes} of ${expectedBytes} bytes`));
  });
  const credentials = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`;
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${credentials}Connection: close\r\n\r\n`);
  return promise;
}

/** The Content-Length of a 200 answer; NaN for anything else. */
function contentLength(head: string): number {
  if (!head.startsWith('HTTP/1.1 200 ')) return Number.NaN;
  return Number(/^content-length: *(\d+)\r?$/im.exec(head)?.[1]);
}
