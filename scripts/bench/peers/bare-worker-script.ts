/** The floor under Roadstead: a worker that pipes a body into R2 and out of it, and does nothing else. */
interface Env {
  readonly BLOBS: R2Bucket;
}

// biome-ignore lint/style/noDefaultExport: the platform asks for one.
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const key = pathname.slice(1);
    const uploadId = searchParams.get('upload');
    switch (request.method) {
      case 'POST': {
        if (uploadId === null)
          return Response.json(await env.BLOBS.createMultipartUpload(key).then((it) => it.uploadId));
        await env.BLOBS.resumeMultipartUpload(key, uploadId).complete(await request.json());
        return Response.json(null);
      }
      case 'PUT':
        if (uploadId !== null && request.body) {
          const partNumber = Number(searchParams.get('part'));
          return Response.json(
            await env.BLOBS.resumeMultipartUpload(key, uploadId).uploadPart(partNumber, request.body),
          );
        }
        await env.BLOBS.put(key, request.body);
        return new Response(null, { status: 201 });
      case 'GET': {
        const object = await env.BLOBS.get(key);
        if (object === null) return new Response(null, { status: 404 });
        return new Response(object.body, { headers: { 'content-type': 'application/octet-stream' } });
      }
      case 'DELETE':
        await env.BLOBS.delete(key);
        return new Response(null, { status: 202 });
      default:
        return new Response(null, { status: 405 });
    }
  },
} satisfies ExportedHandler<Env>;
