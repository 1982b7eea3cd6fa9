import { countCalls } from '#adapters/metering/count-calls';
import type { OperationMeter } from '#adapters/metering/operation-meter';
import type { OperationKind } from '#core/operation-counts';

/** developers.cloudflare.com/r2/pricing: classes of operations. `delete` and `abort` are free. */
const BUCKET_PRICES: Readonly<Record<string, OperationKind>> = {
  get: 'r2ClassB',
  head: 'r2ClassB',
  put: 'r2ClassA',
  list: 'r2ClassA',
  createMultipartUpload: 'r2ClassA',
};
const UPLOAD_PRICES: Readonly<Record<string, OperationKind>> = { uploadPart: 'r2ClassA', complete: 'r2ClassA' };

export function meterBucket(bucket: R2Bucket, meter: OperationMeter): R2Bucket {
  const meterUpload = (upload: R2MultipartUpload) =>
    countCalls(upload, { meter, priceOf: (method) => UPLOAD_PRICES[method] });
  return countCalls(bucket, {
    meter,
    priceOf: (method) => BUCKET_PRICES[method],
    wrapAnswer(answer, method) {
      if (method === 'createMultipartUpload') return (answer as Promise<R2MultipartUpload>).then(meterUpload);
      return method === 'resumeMultipartUpload' ? meterUpload(answer as R2MultipartUpload) : answer;
    },
  });
}
